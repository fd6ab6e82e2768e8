"""What strangers may try: each is refused, neutralised or flagged, and nothing is executed."""

from __future__ import annotations

import io
import json
import os
import pickle
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest
from tests.leaderboards.forgery import (
    edit_json,
    first_run,
    repack,
    respecify,
    set_array,
)

from tfbs.errors import UserError
from tfbs.leaderboards.safe_arrays import read_array
from tfbs.leaderboards.suspicion import Known, likeness
from tfbs.leaderboards.untrusted import walk


def npy(array: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


MARK = Path(tempfile.gettempdir()) / f"tfbs-was-executed-{os.getpid()}"


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __reduce__(self):
        return (os.system, (f"touch {MARK}",))


def header(text: str, body: bytes = b"") -> bytes:
    padded = text.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + body


def path_up(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m["files"].update(
        {"../../outside.npy": {"bytes": 1, "sha256": "0" * 64}}))  # fmt: skip


def path_absolute(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m["files"].update(
        {"/etc/passwd": {"bytes": 1, "sha256": "0" * 64}}))  # fmt: skip


def array_path_up(entry: Path) -> None:
    edit_json(first_run(entry) / "record.json", lambda r: r["arrays"]["test_logits"].update(
        path="arrays/../../../x.npy"))  # fmt: skip
    repack(entry)


def array_path_swapped(entry: Path) -> None:
    edit_json(first_run(entry) / "record.json", lambda r: r["arrays"]["test_logits"].update(
        path="arrays/other.npy"))  # fmt: skip
    repack(entry)


def link_to_a_file(entry: Path) -> None:
    place = first_run(entry) / "arrays" / "test_logits.npy"
    place.unlink()
    place.symlink_to("/etc/passwd")


def link_to_a_folder(entry: Path) -> None:
    (entry / "runs" / "more").symlink_to("/etc")


def hard_link(entry: Path) -> None:
    outside = entry.parent / "secret"
    outside.write_text("secret")
    os.link(outside, first_run(entry) / "arrays" / "secret.npy")


def pipe(entry: Path) -> None:
    os.mkfifo(entry / "pipe")


def code_beside(entry: Path) -> None:
    (first_run(entry) / "setup.py").write_text("raise SystemExit('executed')")
    repack(entry)


def keras_model(entry: Path) -> None:
    (first_run(entry) / "model.keras").write_bytes(b"PK\x03\x04 a Lambda layer")
    repack(entry)


def pickled_array(entry: Path) -> None:
    set_array(entry, "test_logits", npy(np.array([Bomb()], object), allow_pickle=True))


def plain_pickle(entry: Path) -> None:
    set_array(entry, "test_logits", pickle.dumps(Bomb()))


def array_bomb(entry: Path) -> None:
    set_array(entry, "test_logits", header(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 1), }"))  # fmt: skip


def negative_shape(entry: Path) -> None:
    set_array(entry, "test_logits", header(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1), }"))  # fmt: skip


def code_in_a_header(entry: Path) -> None:
    set_array(entry, "test_logits", header("{'descr': __import__('os').system('id'), }"))


def cut_header(entry: Path) -> None:
    set_array(entry, "test_logits", header("{'descr': ("))


def empty_dtype(entry: Path) -> None:
    set_array(entry, "test_logits", header(
        "{'descr': (), 'fortran_order': False, 'shape': (1,), }"))  # fmt: skip


def many_dimensions(entry: Path) -> None:
    shape = "1," * 35
    set_array(entry, "test_logits", header(
        f"{{'descr':'<f4','fortran_order':False,'shape':({shape})}}", bytes(4)))  # fmt: skip


def endless_dimension(entry: Path) -> None:
    set_array(entry, "test_logits", header(
        f"{{'descr': '<f4', 'fortran_order': False, 'shape': (0, {2**70}), }}"))  # fmt: skip


def manifest_is_a_pipe(entry: Path) -> None:
    (entry / "manifest.json").unlink()
    os.mkfifo(entry / "manifest.json")


def many_names_one_twice(entry: Path) -> None:
    names = ",".join(f'"{number:x}":1' for number in range(200_000))
    (entry / "manifest.json").write_text(f'{{{names},"30d3f":2}}')


def endless_runs(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m.update(runs=["0" * 64] * 100_000))


def network_as_a_floor(entry: Path) -> None:
    respecify(entry, _as_a_floor)


def _as_a_floor(spec: dict) -> None:
    """Makes it a network of ours, its settings complete, that is said to be fitted as a floor."""
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES

    spec["architecture"] = {
        "name": "deepbind", "hyperparameters": ARCHITECTURES["deepbind"].resolve({})
    }  # fmt: skip
    parameters = REGIMES["scikit_learn"].resolve("scikit_learn", {})
    spec["regime"] = {"name": "scikit_learn", "parameters": parameters}


def other_precision(entry: Path) -> None:
    respecify(entry, lambda s: s.update(numerics={"precision": "mixed_bfloat16"}))


def wrong_shape(entry: Path) -> None:
    set_array(entry, "test_logits", npy(np.zeros((7, 1), "float32")))


def text_array(entry: Path) -> None:
    set_array(entry, "test_logits", npy(np.array([["a"] * 200]).T))


def nan_output(entry: Path) -> None:
    set_array(entry, "test_logits", npy(np.r_[[[np.nan]], np.ones((199, 1))].astype("float32")))


def infinite_output(entry: Path) -> None:
    set_array(entry, "test_logits", npy(np.r_[np.ones((199, 1)), [[np.inf]]].astype("float32")))


def huge_output(entry: Path) -> None:
    set_array(entry, "test_logits", npy(np.r_[np.ones((199, 1)), [[1e300]]]))


def trailing_bytes(entry: Path) -> None:
    content = (first_run(entry) / "arrays" / "test_logits.npy").read_bytes()
    set_array(entry, "test_logits", content + b"PK\x03\x04 something else")


def nan_metric(entry: Path) -> None:
    file = first_run(entry) / "record.json"
    file.write_text(file.read_text().replace('"value": ', '"value": NaN, "was": ', 1))
    repack(entry)


def endless_number(entry: Path) -> None:
    file = first_run(entry) / "record.json"
    file.write_text(file.read_text().replace('"seed": ', '"seed": ' + "9" * 6000, 1))
    repack(entry)


def infinite_number(entry: Path) -> None:
    edit_json(first_run(entry) / "record.json", lambda r: r["cost"].update(parameters=12345))
    file = first_run(entry) / "record.json"
    file.write_text(file.read_text().replace("12345", "1e999", 1))
    repack(entry)


def nested_json(entry: Path) -> None:
    (entry / "manifest.json").write_text("[" * 100_000 + "]" * 100_000)


def name_twice(entry: Path) -> None:
    text = (entry / "manifest.json").read_text()
    (entry / "manifest.json").write_text(text.replace('"schema"', '"schema": 1, "schema"', 1))


def yaml_tags(entry: Path) -> None:
    (entry / "manifest.json").write_text('!!python/object/apply:os.system ["id"]')


def unknown_field(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m.update(trust="re-trained"))


def own_verdict(entry: Path) -> None:
    (entry / "verdict.json").write_text('{"trust": "re-trained"}')
    repack(entry)


def run_twice(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m["runs"].append(m["runs"][0]))


def made_up_id(entry: Path) -> None:
    edit_json(first_run(entry) / "record.json", lambda r: r["spec"].update(seed=77))
    repack(entry)


def unknown_metric(entry: Path) -> None:
    edit_json(
        first_run(entry) / "record.json", lambda r: r["metrics"][0].update(name="best_of_all")
    )
    repack(entry)


def metric_twice(entry: Path) -> None:
    edit_json(first_run(entry) / "record.json", lambda r: r["metrics"].append(r["metrics"][0]))
    repack(entry)


def architecture_to_import(entry: Path) -> None:
    respecify(entry, lambda s: (s["architecture"].update(name="antigravity:fly"),
                                s["regime"].update(name="standard")))  # fmt: skip


def regime_to_import(entry: Path) -> None:
    respecify(entry, lambda s: (s["architecture"].update(name="gc_logistic"),
                                s["regime"].update(name="antigravity:fly")))  # fmt: skip


def protocol_to_import(entry: Path) -> None:
    respecify(entry, lambda s: s.update(protocol="antigravity:fly"))


def task_to_import(entry: Path) -> None:
    respecify(entry, lambda s: s["task"].update(name="antigravity:fly"))


def other_data(entry: Path) -> None:
    respecify(entry, lambda s: s["task"].update(fingerprint="1" * 64))


def escape_in_a_name(entry: Path) -> None:
    repack(entry, name="best\x1b[2J\x1b[31mever")


def reversed_name(entry: Path) -> None:
    repack(entry, team="\u202eliamE")


def mixed_scripts(entry: Path) -> None:
    repack(entry, name="H\u043enest")  # a Cyrillic o


def endless_name(entry: Path) -> None:
    repack(entry, name="x" * 100_000)


def too_few_seeds(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m.update(runs=m["runs"][:2]))
    import shutil

    kept = {run[:16] for run in json.loads((entry / "manifest.json").read_text())["runs"]}
    for folder in (entry / "runs").iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder)
    repack(entry)


def other_suite(entry: Path) -> None:
    edit_json(entry / "manifest.json", lambda m: m["suite"].update(version=2))


def file_not_announced(entry: Path) -> None:
    (entry / "runs" / "x.bin").write_bytes(b"x")


REFUSED = {
    path_up: "the path '../../outside.npy' leaves the submission",
    path_absolute: "the path '/etc/passwd' leaves the submission",
    array_path_up: "not a valid record at arrays/test_logits/path",
    array_path_swapped: "array test_logits lies at another path",
    link_to_a_file: "test_logits.npy: a symbolic link, which is not followed",
    link_to_a_folder: "runs/more: a symbolic link, which is not followed",
    hard_link: "a hard link, another name of some file",
    pipe: "pipe: neither a file nor a folder",
    code_beside: "setup.py: neither the record, nor an array of it, nor weights; never opened",
    keras_model: "model.keras: neither the record, nor an array of it, nor weights; never opened",
    pickled_array: "holds pickled objects, which are never opened",
    plain_pickle: "not a .npy file",
    array_bomb: "which takes 400,000,000,124 bytes",
    negative_shape: "has a negative length",
    code_in_a_header: "not a .npy file",
    cut_header: "not a .npy file",
    empty_dtype: "not a .npy file",
    many_dimensions: "is none of an array",
    endless_dimension: "is none of an array",
    manifest_is_a_pipe: "manifest.json: not a regular file",
    many_names_one_twice: "the name '30d3f' is there twice in one object",
    endless_runs: "manifest.json: runs: List should have at most 5000 items",
    network_as_a_floor: "regime scikit_learn is for floors",
    other_precision: "task planted: the runs differ in more than their seed",
    wrong_shape: "shape (7, 1), expected (200, 1): logits of test",
    text_array: "expected one of float16, float32, float64",
    nan_output: "the value at [0, 0] is nan",
    infinite_output: "the value at [199, 0] is inf",
    huge_output: "the value at [199, 0] is 1e+300",
    trailing_bytes: "which takes 928 bytes; the file has 947",
    nan_metric: "NaN is not a number of JSON",
    endless_number: "is too large",
    infinite_number: "the number 1e999 is too large",
    nested_json: "nested too deeply",
    name_twice: "the name 'schema' is there twice in one object",
    yaml_tags: "manifest.json: not JSON",
    unknown_field: "manifest.json: trust: Extra inputs are not permitted",
    own_verdict: "verdict.json: belongs to no run",
    run_twice: "is there twice",
    made_up_id: "is not the hash of the spec",
    unknown_metric: "no metric is called 'best_of_all'",
    metric_twice: "a metric is there twice",
    architecture_to_import: "architecture 'antigravity:fly' is not registered; nothing is imported",
    regime_to_import: "regime 'antigravity:fly' is not registered; nothing is imported",
    protocol_to_import: "protocol 'antigravity:fly', the suite asks for quick-1",
    task_to_import: "task 'antigravity:fly' is not in the suite",
    other_data: "fingerprint '1111111111111111111…', here it is '000000000000': the data differ",
    escape_in_a_name: "entry name holds a control character, U+001B",
    reversed_name: "team holds an invisible formatting character, U+202E",
    mixed_scripts: "entry name mixes letters of CYRILLIC and LATIN in one word",
    endless_name: "entry name has 100000 characters",
    too_few_seeds: "task planted has 2 seeds",
    other_suite: "is for suite 'tiny' version 2, not tiny version 1",
    file_not_announced: "runs/x.bin: not in manifest.json",
}


@pytest.mark.parametrize("attack", REFUSED, ids=lambda attack: attack.__name__)
def test_is_refused_and_nothing_else_is_touched(attack, entry, judge, request):
    attack(entry)
    before = sorted(entry.parent.iterdir())
    watched = request.getfixturevalue("watched")
    started = time.monotonic()
    verdict = judge(entry)
    taken = time.monotonic() - started
    request.getfixturevalue("watched")
    outside = [path for path in watched if not path.startswith((str(entry), *_OF_PYTHON))]
    assert verdict.status == "unusable"
    assert verdict.trust is None
    assert verdict.scores == {}
    assert any(REFUSED[attack] in problem for problem in verdict.problems), verdict.problems
    assert all(problem.isprintable() for problem in verdict.problems)
    assert outside == []
    assert sorted(entry.parent.iterdir()) == before
    assert not MARK.exists()
    assert "antigravity" not in sys.modules
    assert taken < 30


_OF_PYTHON = (
    sys.prefix,
    sys.base_prefix,
    str(Path(__file__).resolve().parents[2]),
    "/usr",
    "/etc/localtime",
)


def test_every_problem_is_listed_not_only_the_first(entry, judge):
    for attack in (nan_output, code_beside, escape_in_a_name, pipe, file_not_announced):
        attack(entry)
    problems = judge(entry).problems
    for attack in (nan_output, code_beside, escape_in_a_name, pipe, file_not_announced):
        assert any(REFUSED[attack] in problem for problem in problems), attack.__name__


def test_markup_in_a_name_is_text(entry, judge):
    repack(entry, name="<script>alert(1)</script>")
    verdict = judge(entry)
    assert verdict.status == "agrees"
    assert verdict.entry.name == "<script>alert(1)</script>"


def known(entry: Path, change=lambda logits: logits) -> Known:
    content = (first_run(entry) / "arrays" / "test_logits.npy").read_bytes()
    return Known("entry other, run 123", "f" * 64, "planted", change(read_array(content, "x")))


def noisy(logits):
    return logits + np.random.default_rng(9).normal(0, 0.05, logits.shape)


@pytest.mark.parametrize(
    "change",
    [lambda x: x, noisy, lambda x: 3 * x + 1, lambda x: -x, np.exp, lambda x: np.sign(x) * x**4],
    ids=["copied", "with noise", "scaled", "turned", "through exp", "through a power"],
)
def test_predictions_of_another_entry_are_flagged(entry, judge, change):
    verdict = judge(entry, others=[known(entry, change)])
    assert verdict.status == "differs"
    assert verdict.trust == "claimed"
    assert any("with those of entry other, run 123: a copy?" in s for s in verdict.suspicions)


def test_one_spoilt_target_hides_no_copy():
    rng = np.random.default_rng(0)
    own = rng.normal(size=(300, 3))
    for column in (np.zeros(300), rng.normal(size=300)):
        assert likeness(own, np.column_stack([own[:, :2], column])) == pytest.approx(1)
    assert likeness(own, np.zeros((300, 3))) == 0
    assert likeness(own, rng.normal(size=(300, 3))) < 0.3


def test_seeds_cannot_be_chosen(make_entry, tmp_path):
    with pytest.raises(UserError, match="has the seeds 3, 17, 41; they have to be 0 to 2"):
        make_entry(tmp_path / "lucky", name="Lucky", seeds=(3, 17, 41), scratch=tmp_path)


def test_an_independent_entry_is_no_copy(entry, judge, planted_task):
    other = known(entry, lambda x: np.random.default_rng(5).permutation(x))
    assert judge(entry, others=[other]).status == "agrees"


def test_one_run_three_times_is_no_three_seeds(make_entry, judge, tmp_path, planted_task):
    def one(task, seed):
        label = np.asarray(task.splits["test"].label, "float32")
        return label + np.random.default_rng(0).normal(0, 1, label.shape).astype("float32")

    entry = make_entry(tmp_path / "thrice", name="Thrice", outputs=one, scratch=tmp_path)
    suspicions = judge(entry).suspicions
    assert len([s for s in suspicions if "of this entry: a copy?" in s]) == 3


@pytest.mark.parametrize("noise", [0.0, 1e-3, 0.02])
def test_labels_are_no_predictions(make_entry, judge, tmp_path, noise):
    def labels(task, seed):
        label = np.asarray(task.splits["test"].label, "float32")
        return label + np.random.default_rng(seed).normal(0, noise, label.shape).astype("float32")

    entry = make_entry(tmp_path / "labels", name="Labels", outputs=labels, scratch=tmp_path)
    verdict = judge(entry)
    assert verdict.status == "differs"
    assert any("outputs of bound on test are its labels" in s for s in verdict.suspicions)


def test_a_duplicate_id_is_flagged(entry, judge):
    own = first_run(entry)
    run_id = json.loads((own / "record.json").read_text())["id"]
    noise = np.random.default_rng(8).normal(size=(200, 1))
    verdict = judge(entry, others=[Known("entry other, run 123", run_id, "planted", noise)])
    assert any("is the run of entry other" in s for s in verdict.suspicions)


def test_a_name_that_passes_for_another_is_flagged(entry, judge):
    verdict = judge(entry, names=["H0NEST"])
    assert any("passes for that of another entry, 'H0NEST'" in s for s in verdict.suspicions)


def test_a_reviewer_can_clear_a_suspicion_with_a_reason(entry, judge):
    verdict = judge(entry, others=[known(entry)], cleared="the same group, by agreement")
    assert verdict.status == "agrees"
    assert verdict.trust == "re-scored"
    assert verdict.suspicions


def test_an_attack_that_helps_is_flagged(entry, judge, planted_task):
    from tfbs.benchmark.protocol import PROTOCOLS
    from tfbs.datasets.probe import probe_rows
    from tfbs.leaderboards.suspicion import _attacks

    test = planted_task.splits["test"]
    rows = probe_rows(test, 200)
    logits = np.random.default_rng(0).normal(size=(200, 1))
    right = (2 * test.label[rows] - 1) * 1.0
    arrays = {
        "test_logits": logits,
        "probe_logits_pgd_0": logits[rows],
        "probe_logits_pgd_0.01": logits[rows] - right,
        "probe_logits_pgd_0.02": logits[rows] + right,
    }
    assert _attacks(arrays, planted_task, PROTOCOLS["quick-1"]) == [
        "the stronger attack helps: probe_logits_pgd_0.02 against probe_logits_pgd_0.01"
    ]
    arrays["probe_logits_pgd_0"] = logits[rows][::-1]
    assert "not test_logits at the rows" in _attacks(arrays, planted_task, PROTOCOLS["quick-1"])[0]


def test_walk_stops_at_too_many_and_too_large_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tfbs.leaderboards.untrusted.MOST_FILES", 3)
    monkeypatch.setattr("tfbs.leaderboards.untrusted.LARGEST_FILE", 1000)
    for index in range(6):
        (tmp_path / f"{index}").write_bytes(b"x")
    with (tmp_path / "0").open("wb") as file:
        file.truncate(1 << 40)  # sparse: takes no room
    found, problems = walk(tmp_path)
    assert len(found) == 3
    assert any("1,099,511,627,776 bytes" in problem for problem in problems)
    assert any("more than 3 files" in problem for problem in problems)
