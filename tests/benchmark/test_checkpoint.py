"""A training that is killed goes on as if unbroken."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from tfbs.benchmark.record import RecordFolder, comparable
from tfbs.benchmark.training import REGIMES
from tfbs.benchmark.training.callbacks import Curves
from tfbs.benchmark.training.checkpoint import Checkpoints, State
from tfbs.benchmark.training.workbench import Workbench
from tfbs.datasets.task import Split

SMALL = {"epochs": 4, "batch_size": 40, "learning_rate": 3e-3, "probe_epochs": 0}
STOPS_EARLY = {"epochs": 9, "patience": 4, "rate_patience": 1, "probe_epochs": 2}


class Killed(BaseException):
    """Stands for the end of the process."""


def build():
    """A network with what has a state of its own: batch norm and dropout."""
    x = inputs = keras.Input((30, 4))
    x = keras.layers.BatchNormalization(momentum=0.9)(keras.layers.Conv1D(4, 8)(x))
    x = keras.layers.Dropout(0.3)(keras.layers.GlobalMaxPooling1D()(x))
    return keras.Model(inputs, keras.layers.Dense(1)(x))


def noise(n, seed):
    """Nothing to learn, so that validation goes up and down."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 4, (n, 30)).astype("uint8")
    return Split(np.arange(n).astype(str), codes, rng.integers(0, 2, (n, 1)).astype("int8"))


def bench(folder, dies_at=None, reports=None):
    """A bench whose run ends at its `dies_at`-th report; states are written every epoch."""
    count = iter(range(1, 10**6))

    def report(epoch, epochs, values):
        if next(count) == dies_at:
            raise Killed
        if reports is not None:
            reports.append(values["val_auroc"])

    checkpoints = Checkpoints(folder, {"code": 1}, seconds=0.0)
    return Workbench(build, noise(200, 0), noise(100, 1), 3, report, checkpoints)


def outcome(found):
    model, training = found
    return model.get_weights(), dataclasses.replace(training, seconds=0.0)


def assert_same(one, other):
    for first, second in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(first, second)
    assert one[1] == other[1]


@pytest.fixture
def trained(monkeypatch):
    """The epochs that were truly trained, one entry each: a restart would end the same."""
    epochs = []
    keep = Curves.on_epoch_end

    def count(self, epoch, logs):
        epochs.append(epoch + 1)
        keep(self, epoch, logs)

    monkeypatch.setattr(Curves, "on_epoch_end", count)
    return epochs


@pytest.mark.parametrize(
    ("name", "settings", "dies_at", "left"),
    [
        # rate and stop have waited when it is killed, and it stops early afterwards
        ("rc_augmentation", STOPS_EARLY, 4, [4, 5]),
        ("evoaug", {"fine_tuning_epochs": 2}, 6, [2]),  # in the second stage
        ("ensemble", {"members": 2, "epochs": 2}, 4, [2]),  # in the second member
    ],
)
def test_a_killed_training_goes_on_and_ends_as_the_unbroken_one(
    name, settings, dies_at, left, trained, tmp_path
):
    procedure = REGIMES[name].make(REGIMES[name].resolve(name, SMALL | settings))
    unbroken, reports = [], []
    whole = outcome(procedure.train(bench(tmp_path / "whole", None, unbroken)))
    with pytest.raises(Killed):
        procedure.train(bench(tmp_path / "broken", dies_at))
    trained.clear()
    again = procedure.train(bench(tmp_path / "broken", None, reports))
    assert trained == left
    assert_same(outcome(again), whole)
    assert reports == unbroken
    if settings is STOPS_EARLY:
        assert dies_at < whole[1].epochs < 9
        # the state of a training that had stopped is that of its end
        trained.clear()
        assert_same(outcome(procedure.train(bench(tmp_path / "broken"))), whole)
        assert trained == []


def test_a_state_that_cannot_be_read_is_reported_and_ignored(tmp_path, caplog):
    procedure = REGIMES["standard"].make(SMALL | {"epochs": 1})
    whole = outcome(procedure.train(bench(tmp_path)))
    file = tmp_path / "network.npz"
    file.write_bytes(file.read_bytes()[:2000])
    assert_same(outcome(procedure.train(bench(tmp_path))), whole)
    assert "network.npz is ignored, training begins afresh" in caplog.text
    for broken in (b"", b"PK\x03\x04"):
        file.write_bytes(broken)
        assert Checkpoints(tmp_path, {}).file("network").read([]) is None


def test_states_of_other_code_or_another_network_are_not_taken_up(tmp_path, caplog):
    variables = [keras.Variable(np.zeros(3)), keras.Variable(np.zeros(2))]
    state = State(3, False, {"Clock": {"seconds": 1.5}}, [np.ones(3), np.ones(2)], [])
    checkpoints = Checkpoints(tmp_path / "states", {"threads": 2})
    checkpoints.file("a").write(state)
    found = checkpoints.file("a").read(variables)
    assert (found.finished, found.stopped, found.callbacks) == (3, False, state.callbacks)
    np.testing.assert_array_equal(found.variables[0], 1)
    assert Checkpoints(tmp_path / "states", {"threads": 1}).file("a").read(variables) is None
    assert "it is of other code, packages or threads" in caplog.text
    assert checkpoints.file("a").read(variables[::-1]) is None
    assert "of another network" in caplog.text
    assert checkpoints.file("b").read(variables) is None
    assert [path.name for path in (tmp_path / "states").iterdir()] == ["a.npz"]
    checkpoints.remove()
    assert not (tmp_path / "states").exists()


def test_a_state_is_due_when_the_last_one_is_old(tmp_path):
    assert not Checkpoints(tmp_path, {}, seconds=1000.0).file("a").is_due
    assert Checkpoints(tmp_path, {}, seconds=0.0).file("a").is_due


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
    (state,) = tmp_path.glob("killed/checkpoints/*/network.npz")
    with np.load(state) as content:
        finished = json.loads(str(content["words"]))["finished"]
    assert finished >= 1
    for folder in ("killed", "whole"):
        process = start(tmp_path / folder, tmp_path / "data")
        _, errors = process.communicate(timeout=600)
        assert process.returncode == 0, errors
        gone_on = f"training goes on after epoch {finished}" in errors
        assert gone_on == (folder == "killed")
    (killed,), (whole,) = (RecordFolder(tmp_path / f / "records") for f in ("killed", "whole"))
    assert comparable(killed) == comparable(whole)
    assert not list(tmp_path.glob("*/checkpoints/*"))
