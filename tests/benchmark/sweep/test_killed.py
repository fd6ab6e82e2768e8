"""A sweep in processes, killed twice: no trial is lost or doubled, and none sees the test split."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import optuna
import psutil
import pytest
from optuna.storages.journal import JournalFileBackend

from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.tracking import PARENT_TAG, Store

TASK = "synthetic_code/small"
TRIALS = 20
SPACE = """
num_filters: {low: 2, high: 16, log: true}
activation: [relu, exponential]
learning_rate: {low: 1.0e-3, high: 3.0e-2, log: true}
dropout: {low: 0.0, high: 0.5}
"""


def start(folder: Path, *more: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tfbs", "sweep", "--task", TASK, "--architecture", "cnn_local",
         "--space", "space.yaml", "--set", "epochs=1", "--set", "dense_units=4",
         "--set", "probe_epochs=0", "--executor", "processes", "--workers", "2",
         "--threads", "1", "--output", "runs", "--records", "records", "--name", "killed",
         "--json", *more],
        cwd=folder,
        env=os.environ | {"PYTHONSAFEPATH": "1", "TFBS_DATA_DIR": str(folder / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip


def trials(folder: Path) -> list[optuna.trial.FrozenTrial]:
    journal = folder / "runs/sweeps/journal.log"
    if not journal.exists():
        return []
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(journal)))
    names = optuna.get_all_study_names(storage)
    if not names:
        return []
    return optuna.load_study(study_name=names[0], storage=storage).get_trials()


def wait_for(folder: Path, complete: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 1800
    while sum(trial.state.name == "COMPLETE" for trial in trials(folder)) < complete:
        assert time.monotonic() < deadline and process.poll() is None, process.stderr.read()
        time.sleep(0.5)


def children(process: subprocess.Popen) -> list[psutil.Process]:
    return [each for each in psutil.Process(process.pid).children() if "--job" in each.cmdline()]


def spoil(folder: Path) -> dict[Path, np.ndarray]:
    """Makes every test label unknown and every test letter an N; returns what was there."""
    kept = {}
    for name, value in (("test-label.npy", -1), ("test-sequence.npy", 4)):
        (file,) = folder.rglob(name)
        kept[file] = np.load(file)
        np.save(file, np.full_like(kept[file], value))
    return kept


@pytest.mark.slow
def test_a_sweep_killed_twice_is_the_sweep(tmp_path):
    (tmp_path / "space.yaml").write_text(SPACE)
    environment = os.environ | {"PYTHONSAFEPATH": "1"}
    build = [sys.executable, "-m", "tfbs", "data", "build", TASK, "--data-dir", "data"]
    subprocess.run(build, cwd=tmp_path, env=environment, check=True)
    intact = spoil(tmp_path / "data")
    more = ("--trials", str(TRIALS), "--refit-seeds", "0")

    first = start(tmp_path, *more)
    wait_for(tmp_path, 3, first)
    victim = max(children(first), key=lambda child: child.create_time())
    victim.send_signal(signal.SIGKILL)
    wait_for(tmp_path, 8, first)
    orphans = children(first)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    psutil.wait_procs(orphans, timeout=60)
    assert not any(orphan.is_running() for orphan in orphans)
    before = {trial.number: trial for trial in trials(tmp_path) if trial.state.is_finished()}
    assert 8 <= len(before) < TRIALS

    second = start(tmp_path, *more)
    out, err = second.communicate(timeout=3600)
    assert second.returncode == 0, err
    after = trials(tmp_path)
    assert [trial.number for trial in after] == list(range(TRIALS))
    assert {trial.state.name for trial in after} <= {"COMPLETE", "PRUNED"}
    for number, trial in before.items():
        assert (after[number].params, after[number].values) == (trial.params, trial.values)
    records = {record["id"]: record for record in RecordFolder(tmp_path / "records")}
    runs = {trial.user_attrs["run"] for trial in after if trial.state.name == "COMPLETE"}
    assert set(records) == runs
    for record in records.values():
        assert {metric["split"] for metric in record["metrics"]} == {"valid", "valid_probe"}
        assert set(record["dataset"]["splits"]) == {"train", "valid"}
        assert all(metric["value"] is not None for metric in record["metrics"])
    tracked = Store(tmp_path / "runs")._search("attributes.status = 'FINISHED'")
    nested = [run for run in tracked if PARENT_TAG in run.data.tags]
    assert sorted(run.data.tags["tfbs.id"] for run in nested) == sorted(runs)
    assert not Store(tmp_path / "runs")._search("attributes.status = 'RUNNING'")

    for file, array in intact.items():
        np.save(file, array)
    third = start(tmp_path, "--trials", str(TRIALS), "--refit-seeds", "1", "--protocol", "quick-1")
    out, err = third.communicate(timeout=1800)
    assert third.returncode == 0, err
    swept = json.loads(out)
    assert len(swept["trials"]) == TRIALS
    assert [entry["label"] for entry in swept["test"]] == ["defaults", f"trial {swept['best'][0]}"]
    for entry in swept["test"]:
        (record,) = entry["records"]
        assert {metric["split"] for metric in record["metrics"]} == {"test", "probe"}
        assert record["spec"]["seed"] == 1
    fourth = start(tmp_path, "--trials", str(TRIALS + 1))
    out, err = fourth.communicate(timeout=300)
    assert fourth.returncode == 2 and "its choice was evaluated on test" in err
