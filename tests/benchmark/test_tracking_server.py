"""A tracking server on loopback that several processes write to at once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

WRITERS, RUNS, EPOCHS = 4, 3, 20

WRITE = """
import json, pathlib, sys
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.tracking import PARENT_TAG, Store
folder, uri, writer = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = Store(folder / f"writer-{writer}", uri)
with store.group("sweep") as group:
    for number in range(int(sys.argv[4])):
        task = {"name": "t", "config": "", "version": "1", "fingerprint": "0" * 64}
        spec = RunSpec(task, {"name": "a", "hyperparameters": {"x": 1}},
                       {"name": "r", "parameters": {}}, 100 * writer + number, "p")
        with store.start(spec, {PARENT_TAG: group}) as run:
            for epoch in range(int(sys.argv[5])):
                run.log_epoch(epoch, {"loss": writer + number + epoch / 100, "val_auroc": 0.5})
            run.flush()
            store._client.set_terminated(run._mlflow_id, "FINISHED")
"""


@pytest.fixture
def server(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port),
         "--workers", "1", "--backend-store-uri", f"sqlite:///{tmp_path}/server.db",
         "--artifacts-destination", str(tmp_path / "artifacts")],
        env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PYTHONSAFEPATH": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{uri}/health", timeout=2).read()  # noqa: S310
                break
            except OSError:
                assert process.poll() is None, "the server has ended"
                time.sleep(0.5)
        yield uri
    finally:
        os.killpg(process.pid, 15)
        process.wait()


@pytest.mark.slow
def test_four_writers_lose_no_metric(server, tmp_path):
    from mlflow import MlflowClient

    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(tmp_path), server, str(writer), str(RUNS),
             str(EPOCHS)],
            env=os.environ | {"PYTHONSAFEPATH": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        for writer in range(WRITERS)
    ]  # fmt: skip
    for process in writers:
        _, err = process.communicate(timeout=900)
        assert process.returncode == 0, err
    client = MlflowClient(tracking_uri=server)
    (experiment,) = client.search_experiments(filter_string="name = 'tfbs'")
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    trials = [run for run in runs if "tfbs.id" in run.data.tags]
    assert len(trials) == WRITERS * RUNS
    groups = {run.info.run_id for run in runs if "tfbs.id" not in run.data.tags}
    assert {run.data.tags["mlflow.parentRunId"] for run in trials} <= groups
    for run in trials:
        writer, number = divmod(int(run.data.params["seed"]), 100)
        history = client.get_metric_history(run.info.run_id, "loss")
        expected = {epoch: writer + number + epoch / 100 for epoch in range(EPOCHS)}
        assert {point.step: point.value for point in history} == pytest.approx(expected)
        assert len(history) == EPOCHS
    assert json.dumps(sorted(run.info.status for run in trials)).count("FINISHED") == len(trials)
