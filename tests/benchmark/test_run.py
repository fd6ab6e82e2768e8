"""A run end to end on a planted motif: identity, record, store, repetition, failure."""

from __future__ import annotations

import dataclasses
import importlib
import json
import shutil
import sys
import threading

import keras
import numpy as np
import pytest

from tfbs.benchmark.convergence import Convergence
from tfbs.benchmark.finished import load_model
from tfbs.benchmark.record import (
    RecordFolder,
    comparable,
    read_record,
    validate_record,
    write_record,
)
from tfbs.benchmark.run import MODEL_FILE, execute, find_finished
from tfbs.benchmark.spec import RunSpec, resolve_spec
from tfbs.benchmark.tracking import PROCESS_TAG, REASON_TAG, Store
from tfbs.errors import UserError

QUICK = {"epochs": 6, "num_filters": 8, "pool_size": 20, "learning_rate": 3e-3, "batch_size": 20}


@pytest.fixture(scope="module")
def spec(planted_task):
    return resolve_spec(planted_task, "cnn_local", overrides=QUICK, protocol="quick-1")


@pytest.fixture(scope="module")
def finished(planted_task, spec, tmp_path_factory):
    """One finished run: its store, records folder and record."""
    folder = tmp_path_factory.mktemp("finished")
    store, records = Store(folder / "runs"), RecordFolder(folder / "records")
    return store, records, execute(spec, planted_task, store, records, threads=2)


def test_the_id_is_the_hash_of_the_spec_and_nothing_else(planted_task, spec):
    assert (
        resolve_spec(planted_task, "cnn_local", overrides=QUICK, protocol="quick-1").id == spec.id
    )
    assert RunSpec.from_json(json.loads(json.dumps(spec.to_json()))).id == spec.id
    assert len(spec.id) == 64
    for other in (
        resolve_spec(planted_task, "cnn_local", seed=1, overrides=QUICK),
        resolve_spec(planted_task, "cnn_local", overrides=QUICK | {"epochs": 5}),
        resolve_spec(planted_task, "cnn_dist", overrides={"epochs": 4}),
        resolve_spec(
            dataclasses.replace(planted_task, fingerprint="1" * 64), "cnn_local", overrides=QUICK
        ),
    ):
        assert other.id != spec.id


def test_a_default_said_aloud_is_the_same_run(planted_task):
    plain = resolve_spec(planted_task, "cnn_local")
    assert resolve_spec(planted_task, "cnn_local", overrides={"kernel_size": 19}).id == plain.id
    assert resolve_spec(planted_task, "cnn_local", "standard").id == plain.id
    prefixed = {"architecture.kernel_size": 19, "regime.epochs": 100}
    assert resolve_spec(planted_task, "cnn_local", overrides=prefixed).id == plain.id


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"epoch": 1}, "has no setting 'epoch'; nearest: epochs"),
        ({"regim.epochs": 1}, "no part is called 'regim'; nearest: regime"),
        ({"regime.kernel_size": 1}, "regime standard has no hyperparameter 'kernel_size'"),
        ({"epochs": "many"}, "epochs='many' is not valid"),
    ],
)
def test_a_wrong_override_is_refused_with_the_nearest_name(planted_task, overrides, message):
    with pytest.raises(UserError, match=message):
        resolve_spec(planted_task, "cnn_local", overrides=overrides)


def test_the_record_is_valid_and_holds_the_axes(finished, planted_task, spec):
    _, _, record = finished
    assert validate_record(record, "here").id == spec.id == record["id"]
    values = {metric["name"]: metric["value"] for metric in record["metrics"]}
    assert values["auroc"] > 0.8
    assert values["attribution_auroc_saliency"] > 0.7
    assert record["dataset"]["splits"]["test"] == {"n": 200, "positives": [100]}
    cost = record["cost"]
    assert cost["training_seconds"] > 0
    assert cost["forward_passes_per_example"] == cost["backward_passes_per_example"] == 1
    assert record["environment"]["threads"] == 2
    assert len(record["training"]["curves"]["val_auroc"]) == record["training"]["epochs"] == 6
    judged = Convergence.judge(record["training"]["curves"], spec.regime["parameters"])
    assert record["training"]["convergence"] == judged.to_json()


def test_the_store_keeps_curves_arrays_and_a_model_that_predicts_the_same(finished, planted_task):
    store, _, record = finished
    folder = store.folder(record["id"])
    assert read_record(folder) == record
    logits = np.load(folder / record["arrays"]["test_logits"]["path"])
    model = keras.saving.load_model(folder / "model.keras", safe_mode=True)
    again = model(np.eye(4, dtype="float32")[planted_task.splits["test"].sequence])
    np.testing.assert_allclose(logits, again.numpy(), rtol=1e-5, atol=1e-6)
    (run,) = store._search(f"tags.`tfbs.id` = '{record['id']}'")
    history = store._client.get_metric_history(run.info.run_id, "val_auroc")
    assert [point.value for point in sorted(history, key=lambda point: point.step)] == (
        record["training"]["curves"]["val_auroc"]
    )


def test_a_finished_run_is_found_in_the_store_and_on_a_fresh_clone(finished, spec, tmp_path):
    store, records, record = finished
    assert find_finished(spec, store, None) == record
    assert find_finished(spec, Store(tmp_path / "empty"), records) == record
    added = RecordFolder(tmp_path / "records")
    assert find_finished(spec, store, added) == record  # and is copied over
    assert added.find(spec.id) == record
    assert store.expand_id(record["id"][:8]) == record["id"]
    with pytest.raises(UserError, match="no finished run has an id that starts with 'zz'"):
        store.expand_id("zz")


def test_the_same_spec_gives_the_same_record(finished, planted_task, spec, tmp_path):
    _, _, record = finished
    states = tmp_path / "runs" / "checkpoints" / spec.id[:16]
    states.mkdir(parents=True)
    (states / "network.npz").write_bytes(b"half a fi")
    again = execute(spec, planted_task, Store(tmp_path / "runs"), threads=2)
    assert comparable(again) == comparable(record)
    assert not states.exists()


def test_other_data_under_the_same_name_are_refused(planted_task, spec, tmp_path):
    other = dataclasses.replace(planted_task, fingerprint="1" * 64)
    with pytest.raises(UserError, match="the data differ"):
        execute(spec, other, Store(tmp_path), threads=2)


def test_a_failed_run_is_marked_with_its_reason_and_not_taken_for_finished(planted_task, tmp_path):
    store = Store(tmp_path / "runs")
    spec = resolve_spec(
        planted_task, "cnn_local", overrides=QUICK | {"learning_rate": 1e30}, protocol="quick-1"
    )
    with pytest.raises(RuntimeError, match=r"training has diverged"):
        execute(spec, planted_task, store, threads=2)
    assert store.find(spec.id) is None
    (run,) = store._search("attributes.status = 'FAILED'")
    assert "TrainingFailed" in run.data.tags[REASON_TAG]


def test_runs_of_dead_processes_are_swept_up_and_living_ones_left(planted_task, spec, tmp_path):
    store = Store(tmp_path / "runs")
    with store.start(spec) as alive:
        dead = store._client.create_run(store._experiment, tags={PROCESS_TAG: '["", 1, 0.0]'})
        gone = json.dumps([json.loads(_tag(store, alive))[0], 2**22 + 1, 0.0])
        store._client.set_tag(dead.info.run_id, PROCESS_TAG, gone)
        assert store.sweep_up() == 1
        assert store._client.get_run(dead.info.run_id).info.status == "KILLED"
        assert store._client.get_run(alive._mlflow_id).info.status == "RUNNING"


def _tag(store, run):
    return store._client.get_run(run._mlflow_id).data.tags[PROCESS_TAG]


def edited(record, **changes):
    return {**record, **changes}


def test_a_record_that_was_tampered_with_is_refused(finished, tmp_path):
    _, _, record = finished
    cases = [
        (edited(record, id="0" * 64), "is not the hash of the spec"),
        (edited(record, metrics=[]), "not a valid record at metrics"),
        (edited(record, extra=1), "not a valid record at top level: .*extra"),
        (edited(record, spec=record["spec"] | {"seed": 9}), "is not the hash of the spec"),
    ]
    for wrong, message in cases:
        with pytest.raises(UserError, match=message):
            write_record(tmp_path, wrong)
    assert not list(tmp_path.glob("*.json"))
    (tmp_path / "record.json").write_text("{")
    with pytest.raises(UserError, match=r"record\.json: not JSON"):
        read_record(tmp_path)
    with pytest.raises(UserError, match=r"nowhere/record\.json: no such record|nowhere: no such"):
        read_record(tmp_path / "nowhere")


def test_a_broken_record_is_not_finished_and_is_replaced(finished, spec, tmp_path, caplog):
    store, _, record = finished
    records = RecordFolder(tmp_path / "records")
    records.folder(record["id"]).mkdir(parents=True)
    (records.folder(record["id"]) / "record.json").write_text("{")
    assert records.find(record["id"]) is None
    assert "taken as not finished" in caplog.text
    assert find_finished(spec, store, records) == record
    assert records.find(record["id"]) == record


def test_records_that_cannot_be_written_are_refused_before_training(planted_task, spec, tmp_path):
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "runs")
    records = RecordFolder(tmp_path / "file" / "records")
    with pytest.raises(UserError, match=r"--records .*file/records: Not a directory"):
        execute(spec, planted_task, store, records, threads=2)
    assert not store._search("attributes.status != 'SCHEDULED'")


def test_an_edit_of_ones_own_network_is_another_run(planted_task, tmp_path, monkeypatch):
    module = tmp_path / "my_networks.py"
    text = (
        "import keras\n"
        "def net(length, num_targets, *, width: int = 4):\n"
        "    x = keras.Input((length, 4))\n"
        "    return keras.Model(x, keras.layers.Dense(num_targets)(keras.layers.Flatten()(x)))\n"
    )
    module.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    before = resolve_spec(planted_task, "my_networks:net")
    assert resolve_spec(planted_task, "my_networks:net").id == before.id
    module.write_text(text + "# edited\n")  # this process still has what it imported
    with pytest.raises(UserError, match=r"my_networks\.py was edited after it was imported"):
        resolve_spec(planted_task, "my_networks:net")
    importlib.reload(sys.modules["my_networks"])
    assert resolve_spec(planted_task, "my_networks:net").id != before.id
    with pytest.raises(UserError, match="no longer the code that the run asks for"):
        execute(before, planted_task, Store(tmp_path / "runs"), threads=2)


def test_an_edit_of_ones_own_floor_or_regime_is_another_run(planted_task, tmp_path, monkeypatch):
    module = tmp_path / "my_ways.py"
    text = (
        "import dataclasses\n"
        "from tfbs.architectures import ARCHITECTURES\n"
        "from tfbs.benchmark.training.regime import Regime\n"
        "from tfbs.benchmark.training.standard import Standard\n"
        "def build(length, num_targets):\n"
        "    return ARCHITECTURES['gc_logistic'].builder(length, num_targets)\n"
        "FLOOR = dataclasses.replace(ARCHITECTURES['gc_logistic'], builder=build)\n"
        "@dataclasses.dataclass(frozen=True, kw_only=True)\n"
        "class Mine(Standard):\n"
        "    'As ever.'\n"
        "REGIME = Regime(Mine)\n"
    )
    module.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)

    def ids():
        return {
            resolve_spec(planted_task, "my_ways:FLOOR").id,
            resolve_spec(planted_task, "cnn_local", "my_ways:REGIME").id,
            resolve_spec(planted_task, "cnn_local", "my_ways:REGIME+gaussian_noise").id,
        }

    before = ids()
    assert before == ids() and len(before) == 3
    module.write_text(text + "# edited\n")
    importlib.reload(sys.modules["my_ways"])
    assert not before & ids()


def test_a_run_whose_artifacts_are_gone_is_not_finished(planted_task, tmp_path, caplog):
    store, spec = Store(tmp_path / "runs"), resolve_spec(planted_task, "gc_logistic")
    execute(spec, planted_task, store, threads=2)
    assert store.find(spec.id) is not None
    shutil.rmtree(store.folder(spec.id))
    assert store.find(spec.id) is None and store.folder(spec.id) is None
    assert "its artifacts are gone, it is done again" in caplog.text
    execute(spec, planted_task, store, threads=2)
    assert store.find(spec.id) is not None


def test_a_records_folder_holds_the_smallest_arrays_up_to_a_sum(finished, tmp_path, monkeypatch):
    store, _, record = finished
    sizes = {p.stem: p.stat().st_size for p in store.folder(record["id"]).glob("arrays/*.npy")}
    smallest = sorted(sizes, key=lambda name: (sizes[name], f"arrays/{name}.npy"))
    budget = sum(sizes[name] for name in smallest[:3])
    monkeypatch.setattr("tfbs.benchmark.record.TRAVELLING_BYTES", budget)
    records = RecordFolder(tmp_path / "records")
    records.add(store.folder(record["id"]))
    kept = {path.stem for path in (tmp_path / "records").glob("*/arrays/*.npy")}
    assert kept == set(smallest[:3]) and len(sizes) == len(record["arrays"]) > 3
    assert list(records) == [record]
    assert not list((tmp_path / "records").glob(".*"))


@pytest.mark.parametrize("left", [b"", b"PK\x03\x04", None], ids=["empty", "no zip", "half"])
def test_a_model_that_is_damaged_says_what_to_do(left, finished):
    store, _, record = finished
    file = store.folder(record["id"]) / MODEL_FILE
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if left is None else left)
    try:
        with pytest.raises(UserError, match=r"model\.keras: cannot be read as a model .*--from"):
            load_model(record, store)
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "broken"])
def test_of_two_that_add_a_record_the_faster_is_kept_if_it_is_whole(
    whole, finished, tmp_path, monkeypatch
):
    store, _, record = finished
    records = RecordFolder(tmp_path / "records")
    target = records.folder(record["id"])

    def meanwhile(finished, record):
        shutil.copytree(finished, target)
        if not whole:
            (target / "record.json").write_text("{")
        return []

    monkeypatch.setattr("tfbs.benchmark.record._travelling", meanwhile)
    records.add(store.folder(record["id"]))
    assert list(records) == [record]
    assert (target / MODEL_FILE).exists() == whole
    assert [path.name for path in records.path.iterdir()] == [target.name]


def test_a_run_is_done_by_one_at_a_time(spec, tmp_path):
    store = Store(tmp_path / "runs")
    asked, entered = threading.Event(), threading.Event()

    def second():
        with store.alone(spec, asked.set):
            entered.set()

    thread = threading.Thread(target=second)
    with store.alone(spec, lambda: pytest.fail("nobody else has it")):
        thread.start()
        assert asked.wait(60) and not entered.is_set()
    assert entered.wait(60)
    thread.join()
