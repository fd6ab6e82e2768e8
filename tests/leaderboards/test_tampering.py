"""One digit of a record, one value of an array, one byte of a weight file: `verify` says which."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.leaderboards.forgery import edit_json, first_run, repack, set_array

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.record import SCHEMA, describe_code, read_record, write_arrays, write_record
from tfbs.benchmark.run import describe_dataset
from tfbs.benchmark.spec import resolve_spec
from tfbs.datasets.probe import probe_rows
from tfbs.leaderboards.compare import array_differences
from tfbs.leaderboards.inspection import Question, inspect
from tfbs.leaderboards.manifest import EntryName
from tfbs.leaderboards.per_example import MAPS, per_example, run_key
from tfbs.leaderboards.reevaluation import prepared, rebuild, reevaluate
from tfbs.leaderboards.retraining import retrain, unlike
from tfbs.leaderboards.safe_weights import NPZ, write_npz
from tfbs.leaderboards.submission import read_submission
from tfbs.leaderboards.submit import Packed, _is_kept, submit
from tfbs.leaderboards.untrusted import walk
from tfbs.leaderboards.verdict_text import describe

REMADE = ("attribution_", "probe_")
"""Beginnings of the names of arrays that go along only where asked for."""


@pytest.fixture(scope="session")
def floor(planted_task, suite, tmp_path_factory):
    """An honest entry with weights: a logistic regression on GC content, which needs one seed."""
    folder = tmp_path_factory.mktemp("floor")
    spec = resolve_spec(planted_task, "gc_logistic", protocol=suite.protocol)
    model = rebuild(spec, planted_task)
    model.set_weights([np.array([[4.0]], "float32"), np.array([-2.0], "float32")])
    measured, arrays, cost = reevaluate(model, spec, planted_task)
    run = folder / "run"
    run.mkdir()
    record = {
        "schema": SCHEMA, "id": spec.id, "spec": spec.to_json(),
        "dataset": describe_dataset(planted_task),
        "training": {"curves": {}, "probe_curves": {}, "epochs": 0, "best_epoch": 0, "steps": 0,
                     "chosen": {}},
        "metrics": [each.to_json() for each in measured], "cost": cost,
        "arrays": write_arrays(run, arrays), "environment": {}, "code": describe_code(),
    }  # fmt: skip
    write_record(run, record)
    entry = EntryName(name="Floor", team="Team")
    tasks = {"planted": planted_task}
    submit([Packed(read_record(run), run)], suite, tasks, entry, folder / "floor")
    write_npz(first_run(folder / "floor") / NPZ, model)
    repack(folder / "floor")
    return folder / "floor"


@pytest.fixture
def weighted(floor, tmp_path):
    return Path(shutil.copytree(floor, tmp_path / "floor"))


def test_an_honest_entry_is_believed_as_far_as_it_goes(weighted, entry, judge):
    verdict = judge(weighted, "re-evaluated")
    assert (verdict.status, verdict.trust) == ("agrees", "re-evaluated")
    assert verdict.differences == verdict.problems == verdict.suspicions == []
    (cost,) = verdict.cost.values()
    assert cost["parameters"] == 2
    arrays_alone = judge(entry, "re-evaluated")  # of other software, without weights
    assert (arrays_alone.status, arrays_alone.trust) == ("agrees", "re-scored")
    assert judge(entry, "claimed").trust == "claimed"


def test_a_submission_without_maps_says_what_it_leaves_out(floor, suite, planted_task, tmp_path):
    run = floor.parent / "run"
    entry = EntryName(name="Floor", team="Team")
    packed = [Packed(read_record(run), run)]
    tasks = {"planted": planted_task}
    (note,) = submit(packed, suite, tasks, entry, tmp_path / "slim", maps=False)
    names = {file.path.rpartition("/")[2] for file in walk(tmp_path / "slim")[0]}
    assert {"test_logits.npy", "record.json", "manifest.json"} <= names
    assert not any(name.startswith(REMADE) for name in names)
    left = [name for name in packed[0].record["arrays"] if name.startswith(REMADE)]
    assert f"without {len(left)} arrays of other outputs and maps (--maps packs them)" in note


@pytest.mark.parametrize(("name", "weights", "kept"), [
    ("test_logits", True, True), ("test_chr21_logits", True, True), ("filter_motifs", True, True),
    ("test_logits_reverse_complement", True, False), ("test_logits_shuffled", True, False),
    ("test_logits_reverse_complement", False, True), ("probe_logits_pgd_0.02", False, False),
])  # fmt: skip
def test_only_what_weights_give_again_is_left_out(name, weights, kept):
    assert _is_kept(name, weights=weights) == kept


def test_what_is_left_out_with_weights_is_made_again(weighted, suite, planted_task):
    for file in first_run(weighted).glob("arrays/*.npy"):
        if file.name.startswith((*REMADE, "test_logits_reverse_complement")):
            file.unlink()
    repack(weighted)
    kept: dict[str, np.ndarray] = {}
    question = Question(weighted, suite, {"planted": planted_task}, "re-evaluated")
    verdict = inspect(question, kept)
    assert (verdict.status, verdict.trust) == ("agrees", "re-evaluated")
    ((run_id, metrics),) = verdict.scores.items()
    scores = {metric["name"]: metric["value"] for metric in metrics}
    test = planted_task.splits["test"]
    attacked = np.asarray(test.label[probe_rows(test, 200), 0])
    logits = kept[run_key(run_id, "auroc_pgd_0.02")][:, 0]
    assert roc_auc_score(attacked, logits) == pytest.approx(scores["auroc_pgd_0.02"])
    positions = kept[run_key(run_id, "attribution_auroc_saliency")]
    assert positions.mean() == pytest.approx(scores["attribution_auroc_saliency"], abs=1e-6)
    assert kept[run_key(run_id, MAPS)].shape == (2, planted_task.length, 4)


def test_a_control_is_scored_on_its_own_labels_and_pairs_with_nobody(suite, planted_task):
    spec = resolve_spec(planted_task, "cnn_local", "permuted_labels", protocol=suite.protocol)
    own = np.asarray(prepared(spec, planted_task).splits["test"].label)
    label = np.asarray(planted_task.splits["test"].label)
    assert (own != label).any()
    assert (np.sort(own, axis=0) == np.sort(label, axis=0)).all()
    arrays = {"test_logits": label.astype("float32")}
    protocol = PROTOCOLS[suite.protocol]
    assert per_example(planted_task, protocol, arrays, own) == {}
    assert set(per_example(planted_task, protocol, arrays, label)) == {"auroc"}


def test_a_digit_of_a_record(weighted, judge):
    def change(record):
        metric = next(m for m in record["metrics"] if m["name"] == "auroc")
        digits = f"{metric['value']:.4f}"
        metric["value"] = float(digits[:-1] + str((int(digits[-1]) + 1) % 10))

    edit_json(first_run(weighted) / "record.json", change)
    noticed = judge(weighted).problems
    assert len(noticed) == 1
    assert "record.json: " in noticed[0]
    assert "its contents" in noticed[0] or "bytes" in noticed[0]
    repack(weighted)  # with the hashes made to fit
    verdict = judge(weighted)
    assert (verdict.status, verdict.trust) == ("differs", "claimed")
    assert len(verdict.differences) == 1
    assert "auroc of bound on test: value recorded 0." in verdict.differences[0]


def changed(array: np.ndarray) -> bytes:
    array = array.copy()
    array[5] += 2.5
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def test_a_value_of_an_array(weighted, judge):
    file = first_run(weighted) / "arrays" / "test_logits.npy"
    array = np.load(file)
    file.write_bytes(changed(array))
    assert judge(weighted).problems == [
        f"{file.relative_to(weighted)}: its contents are not those that manifest.json has the "
        "hash of",
        f"{file.relative_to(weighted)}: its contents are not those that the record has the hash of",
    ]
    set_array(weighted, "test_logits", changed(array))
    verdict = judge(weighted)
    assert verdict.status == "differs"
    assert any("auroc of bound on test: " in each for each in verdict.differences)


def test_attacked_outputs_that_fit_the_record_but_not_the_weights(weighted, judge, planted_task):
    """A forger who makes array, record and manifest fit is found out by the weights alone."""
    from tfbs.benchmark.evaluation.rescore import rescore
    from tfbs.benchmark.protocol import PROTOCOLS

    run = first_run(weighted)
    names = [f"probe_logits_pgd_{radius}" for radius in ("0.01", "0.02", "0.05", "0.1", "0.2")]
    clean = np.load(run / "arrays" / "probe_logits_pgd_0.npy")
    for name in names:  # as if no attack did anything
        stream = io.BytesIO()
        np.save(stream, clean)
        set_array(weighted, name, stream.getvalue())
    record = json.loads((run / "record.json").read_text())
    arrays = {name: np.load(run / said["path"]) for name, said in record["arrays"].items()}
    fresh = [m.to_json() for m in rescore(arrays, planted_task, PROTOCOLS["quick-1"], 0)]
    edit_json(run / "record.json", lambda r: r.update(metrics=fresh))
    repack(weighted)
    assert judge(weighted).trust == "re-scored"
    verdict = judge(weighted, "re-evaluated")
    assert (verdict.status, verdict.trust) == ("differs", "re-scored")
    assert any("probe_logits_pgd_0.2: " in each for each in verdict.differences)
    assert any("auroc_pgd_0.2 of bound on probe" in each for each in verdict.differences)


def test_a_byte_of_a_weight_file(weighted, judge):
    file = first_run(weighted) / NPZ
    content = bytearray(file.read_bytes())
    place = content.index(np.float32(4.0).tobytes())
    content[place + 2] ^= 0x10
    file.write_bytes(content)
    where = f"{file.relative_to(weighted)}: its contents"
    assert [p.startswith(where) for p in judge(weighted, "re-evaluated").problems] == [True]
    repack(weighted)
    problems = judge(weighted, "re-evaluated").problems
    assert problems == ["weights.npz: not a sound zip file: Bad CRC-32 for file 'w0000.npy'"]


def test_other_weights(weighted, judge, planted_task, suite):
    spec = resolve_spec(planted_task, "gc_logistic", protocol=suite.protocol)
    model = rebuild(spec, planted_task)
    model.set_weights([np.array([[3.5]], "float32"), np.array([-2.0], "float32")])
    write_npz(first_run(weighted) / NPZ, model)
    repack(weighted)
    verdict = judge(weighted, "re-evaluated")
    assert verdict.trust == "re-scored"
    assert any("test_logits: 100.0% of the values differ" in each for each in verdict.differences)


def test_other_data(weighted, suite, planted_task):
    import dataclasses

    from tfbs.leaderboards.inspection import Question, inspect

    test = planted_task.splits["test"]
    label = test.label.copy()
    label[3] = 1 - label[3]
    splits = {**planted_task.splits, "test": dataclasses.replace(test, label=label)}
    task = dataclasses.replace(planted_task, splits=splits)
    verdict = inspect(Question(weighted, suite, {"planted": task}, "re-scored"))
    assert verdict.status == "unusable"
    assert "split test: recorded {'n': 200, 'positives': [100]}, here" in verdict.problems[0]


def headline(value, name="auroc"):
    return {"name": name, "target": "bound", "split": "test", "design": "all", "value": value}


def test_a_maintainers_run_has_to_be_like_the_submitted_one():
    assert unlike([headline(0.785)], [headline(0.80)]) == []
    (low,) = unlike([headline(0.77)], [headline(0.80)])
    assert low == (
        "auroc of bound: trained again 0.7700, submitted 0.8000, allowed is a difference of 0.02"
    )
    assert len(unlike([headline(0.9)], [headline(0.8)])) == 1


def test_the_best_seed_is_trained_again(floor, suite, planted_task, tmp_path, monkeypatch):
    """Two seeds that were trained on the test split are not hidden by an honest one."""
    (run,) = read_submission(floor, suite, {"planted": planted_task}).runs
    better = dataclasses.replace(
        run,
        spec=dataclasses.replace(run.spec, seed=1),
        record={**run.record, "metrics": [headline(0.99)]},
    )
    trained = []

    def execute(spec, task, store, threads):
        trained.append(spec.seed)
        return {"metrics": [headline(0.8)]}

    monkeypatch.setattr("tfbs.benchmark.run.execute", execute)
    begun: list[int] = []
    (said,) = retrain([run, better], {"planted": planted_task}, tmp_path, 2, begun.append)
    assert begun == [2]
    assert trained == [1]
    assert said.startswith("task planted, seed 1: auroc of bound: trained again 0.8000, submitted")


def test_what_was_trained_elsewhere_is_believed_as_far_as_its_outputs(entry, judge):
    verdict = judge(entry, "re-trained")
    assert (verdict.status, verdict.trust) == ("agrees", "re-scored")
    assert "note: not re-trained, which needs the weights" in describe("x", verdict)


def test_files_that_were_packed_are_all_in_the_manifest(weighted):
    files, problems = walk(weighted)
    assert problems == []
    manifest = json.loads((weighted / "manifest.json").read_text())
    assert {file.path for file in files} == {*manifest["files"], "manifest.json"}


def test_weights_that_give_no_numbers_agree_with_nothing():
    submitted, again = {"test_logits": np.ones((4, 1))}, {"test_logits": np.full((4, 1), np.nan)}
    (difference,) = array_differences(submitted, again)
    assert difference.startswith("test_logits: 100.0% of the values differ")


def test_records_without_headlines_cannot_be_trained_again_into_trust():
    again = {"name": "auroc", "target": "bound", "split": "test", "design": "all", "value": 0.9}
    other = {**again, "name": "log_loss"}
    (difference,) = unlike([again], [other])
    assert "the submitted record does not say its own" in difference
    assert unlike([again], [again]) == []
