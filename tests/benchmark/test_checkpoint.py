"""A training that is killed goes on as if unbroken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.record import RecordFolder, comparable
from tfbs.benchmark.run import execute
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.tracking import Store
from tfbs.benchmark.training import REGIMES
from tfbs.benchmark.training.checkpoint import Checkpoints, State
from tfbs.benchmark.training.workbench import Workbench

SMALL = {"epochs": 4, "batch_size": 100, "learning_rate": 3e-3, "probe_epochs": 2}


STOPS_EARLY = {"epochs": 9, "patience": 3, "rate_patience": 1, "learning_rate": 0.03}


class Killed(BaseException):
    """Stands for the end of the process."""


def bench(task, folder, dies_at=None, reports=None):
    """A bench whose run ends at its `dies_at`-th report; states are written every epoch."""
    count = iter(range(1, 10**6))

    def report(epoch, epochs, values):
        if next(count) == dies_at:
            raise Killed
        if reports is not None:
            reports.append(dict(values))

    def build():
        return ARCHITECTURES["cnn_local"].build(60, 1, {"num_filters": 4, "pool_size": 20})

    splits = task.splits["train"], task.splits["valid"]
    return Workbench(build, *splits, 3, report, Checkpoints(folder, {"code": 1}, seconds=0.0))


def outcome(found):
    model, training = found
    curves = {name: np.round(v, 12).tolist() for name, v in training.curves.items()}
    return model.get_weights(), curves, training.best_epoch, training.passes, training.probe_curves


def assert_same(one, other):
    for first, second in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(first, second)
    assert one[1:] == other[1:]


@pytest.mark.parametrize(
    ("name", "settings", "dies_at"),
    [
        # rate and stop have waited when it is killed, and it stops early afterwards
        ("rc_augmentation", STOPS_EARLY, 4),
        ("evoaug", {"fine_tuning_epochs": 2, "deletion": 9}, 6),  # in the second stage
        ("ensemble", {"members": 2, "epochs": 2}, 4),  # in the second member
    ],
)
def test_a_killed_training_ends_as_the_unbroken_one(
    name, settings, dies_at, planted_task, tmp_path
):
    procedure = REGIMES[name].make(REGIMES[name].resolve(name, SMALL | settings))
    unbroken, reports = [], []
    whole = outcome(procedure.train(bench(planted_task, tmp_path / "whole", None, unbroken)))
    with pytest.raises(Killed):
        procedure.train(bench(planted_task, tmp_path / "broken", dies_at))
    again = procedure.train(bench(planted_task, tmp_path / "broken", None, reports))
    assert_same(outcome(again), whole)
    assert [r["val_auroc"] for r in reports] == [r["val_auroc"] for r in unbroken]
    if name == "rc_augmentation":
        assert dies_at < len(whole[1]["loss"]) < 9
        # the state of a training that had stopped is that of its end
        third = procedure.train(bench(planted_task, tmp_path / "broken"))
        assert_same(outcome(third), whole)


def test_a_state_that_cannot_be_taken_up_is_reported_and_ignored(planted_task, tmp_path, caplog):
    procedure = REGIMES["standard"].make(SMALL | {"epochs": 2, "probe_epochs": 0})
    whole = outcome(procedure.train(bench(planted_task, tmp_path)))
    file = tmp_path / "network.npz"
    content = file.read_bytes()
    file.write_bytes(content[:2000])
    assert_same(outcome(procedure.train(bench(planted_task, tmp_path))), whole)
    assert "network.npz is ignored, training begins afresh" in caplog.text


def test_states_of_other_code_or_another_network_are_not_taken_up(tmp_path, caplog):
    keras.utils.set_random_seed(0)
    variables = [keras.Variable(np.zeros(3)), keras.Variable(np.zeros(2))]
    state = State(3, False, {"Clock": {"seconds": 1.5}}, [np.ones(3), np.ones(2)], [])
    Checkpoints(tmp_path, {"threads": 2}).file("a").write(state)
    found = Checkpoints(tmp_path, {"threads": 2}).file("a").read(variables)
    assert (found.finished, found.stopped, found.callbacks) == (3, False, state.callbacks)
    np.testing.assert_array_equal(found.variables[0], 1)
    assert Checkpoints(tmp_path, {"threads": 1}).file("a").read(variables) is None
    assert "written by other code or with other threads" in caplog.text
    assert Checkpoints(tmp_path, {"threads": 2}).file("a").read(variables[::-1]) is None
    assert "of another network" in caplog.text
    assert Checkpoints(tmp_path, {"threads": 2}).file("b").read(variables) is None
    assert not list(tmp_path.glob(".*"))


def test_nothing_is_written_before_it_is_worth_it_and_nothing_stays(planted_task, tmp_path):
    keeper = Checkpoints(tmp_path / "states", {}, seconds=1000.0)
    assert not keeper.file("a").is_due
    assert Checkpoints(tmp_path, {}, seconds=0.0).file("a").is_due
    for broken in (b"", b"PK\x03\x04"):
        (tmp_path / "b.npz").write_bytes(broken)
        assert Checkpoints(tmp_path, {}).file("b").read([]) is None
    overrides = SMALL | {"epochs": 1, "probe_epochs": 0, "pool_size": 20}
    spec = resolve_spec(planted_task, "cnn_local", overrides=overrides, protocol="quick-1")
    state = tmp_path / "runs" / "checkpoints" / spec.id[:16]
    state.mkdir(parents=True)
    (state / "network.npz").write_bytes(b"broken")
    execute(spec, planted_task, Store(tmp_path / "runs"), threads=2)
    assert not state.exists()


SETTINGS = ["epochs=60", "patience=60", "num_filters=8", "dense_units=8", "probe_epochs=10"]


def start(folder, data, *more):
    words = [word for setting in SETTINGS for word in ("--set", setting)]
    return subprocess.Popen(
        [sys.executable, "-m", "tfbs", "run", "--task", "synthetic_code/small",
         "--architecture", "cnn_local", "--regime", "rc_augmentation", "--protocol", "quick-1",
         "--output", str(folder), "--records", str(folder / "records"), *words, *more],
        env=os.environ | {"PYTHONSAFEPATH": "1", "TFBS_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


@pytest.mark.slow
def test_a_run_whose_process_is_killed_leaves_the_record_of_an_unbroken_one(tmp_path):
    first = start(tmp_path / "killed", tmp_path / "data")
    deadline = time.monotonic() + 600
    while not list(tmp_path.glob("killed/checkpoints/*/network.npz")):
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    assert not list(tmp_path.glob("killed/records/*/record.json"))
    for folder in ("killed", "whole"):
        process = start(tmp_path / folder, tmp_path / "data")
        _, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
        if folder == "killed":
            assert "epoch" in errors
    (killed,), (whole,) = (RecordFolder(tmp_path / f / "records") for f in ("killed", "whole"))
    assert comparable(killed) == comparable(whole)
    assert not list(tmp_path.glob("*/checkpoints/*"))
