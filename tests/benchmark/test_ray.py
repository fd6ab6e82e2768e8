"""Runs on a Ray cluster: resources that are there, and those that are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tfbs.benchmark.executors.ray import RayExecutor, _times
from tfbs.errors import UserError

CPU_AND_GPUS = {"CPU": 16.0, "GPU": 2.0}


@pytest.mark.parametrize(
    ("node", "cpus", "gpus", "runs"),
    [
        (CPU_AND_GPUS, 1.0, 0.0, 16),
        (CPU_AND_GPUS, 2.0, 1.0, 2),
        (CPU_AND_GPUS, 1.0, 0.5, 4),
        (CPU_AND_GPUS, 1.0, 0.4, 4),
        (CPU_AND_GPUS, 1.0, 2.0, 1),
        (CPU_AND_GPUS, 8.0, 0.5, 2),
        ({"CPU": 4.0}, 1.0, 1.0, 0),
        ({"GPU": 1.0}, 1.0, 1.0, 0),
    ],
)
def test_how_many_runs_a_machine_takes(node, cpus, gpus, runs):
    assert _times(node, cpus, gpus) == runs


def test_what_no_single_machine_has_is_refused():
    machines = [{"CPU": 8.0}, {"CPU": 1.0, "GPU": 1.0}]
    executor = RayExecutor.__new__(RayExecutor)
    nodes = [{"Alive": True, "Resources": each} for each in machines]
    executor._ray = SimpleNamespace(nodes=lambda: nodes)
    assert executor._fitting(1.0, 1.0, None) == 1
    with pytest.raises(UserError, match="no machine of this cluster has both"):
        executor._fitting(4.0, 1.0, None)


SCRIPT = """
import json, pathlib, sys, threading, time
import ray
folder = pathlib.Path(sys.argv[1])
ray.init(address="local", num_cpus=8, num_gpus=2, include_dashboard=False, log_to_driver=False,
         logging_level="ERROR")
from tfbs.benchmark.executors import Job, Place, carry_out
from tfbs.benchmark.executors import ray as module
from tfbs.benchmark.spec import RunSpec
from tfbs.errors import UserError

def perform(job, place):
    import os, pathlib, time
    folder, seed = pathlib.Path(job["tags"]["folder"]), job["spec"]["seed"]
    begun = time.time()
    if seed == 5 and not (folder / "died").exists():
        (folder / "died").touch()
        os._exit(9)
    time.sleep(3)
    line = {"seed": seed, "gpu": os.environ.get("CUDA_VISIBLE_DEVICES"), "begun": begun,
            "ended": time.time(), "process": os.getpid()}
    (folder / f"{seed}.json").write_text(json.dumps(line))
    return ("failed", "RuntimeError: no") if seed == 4 else ("finished", "")

perform.__globals__["json"] = json
module._perform = perform
place = Place(folder, None, None, None, 1)
found = {}
for gpus in (1.0, 0.5):
    executor = module.RayExecutor(place, None, 1.0, gpus, None)
    own = folder / str(gpus)
    own.mkdir()
    jobs = iter([Job(RunSpec({"name": "t", "config": ""}, {"name": "a"}, {"name": "r"}, seed, "p"),
                     {"folder": str(own)}) for seed in range(6)])
    ended = {}
    carry_out(lambda: next(jobs, None), executor,
              lambda outcome: ended.update({outcome.job.spec.seed: outcome.status}),
              lambda job, event: None, retries=1)
    executor.close()
    lines = [json.loads(file.read_text()) for file in sorted(own.glob("*.json"))]
    found[str(gpus)] = {"capacity": executor.capacity, "ended": ended, "lines": lines}
try:
    module.RayExecutor(place, None, 1.0, 3.0, None)
except UserError as error:
    found["refused"] = str(error)
print(json.dumps(found))
ray.shutdown()
"""


@pytest.mark.slow
def test_runs_share_gpus_as_they_are_told(tmp_path):
    pytest.importorskip("ray")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env=os.environ | {"PYTHONSAFEPATH": "1", "RAY_USAGE_STATS_ENABLED": "0"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["refused"] == "--gpus-per-run 3: 2 GPUs on this cluster"
    for gpus, capacity in (("1.0", 2), ("0.5", 4)):
        part = found[gpus]
        assert part["capacity"] == capacity
        expected = {"0": "finished", "1": "finished", "2": "finished", "3": "finished"}
        assert part["ended"] == {**expected, "4": "failed", "5": "finished"}
        assert len({line["process"] for line in part["lines"]}) == 6
        for line in part["lines"]:
            assert line["gpu"] in ("0", "1")
            beside = [
                other["gpu"] for other in part["lines"]
                if other["begun"] <= line["begun"] < other["ended"]
            ]  # fmt: skip
            assert len(beside) <= capacity
            assert max(beside.count(gpu) for gpu in "01") <= capacity // 2
        assert {line["gpu"] for line in part["lines"]} == {"0", "1"}


@pytest.mark.slow
def test_a_run_on_ray_is_the_run_of_a_process(tmp_path):
    pytest.importorskip("ray")
    (tmp_path / "one.yaml").write_text(
        "name: one\nversion: 1\ndescription: d\nprotocol: quick-1\nmatrix:\n"
        "  - tasks: [synthetic_code/small]\n"
        "    architectures: [{name: cnn_local, set: {num_filters: 2, dense_units: 4}}]\n"
        "    set: {epochs: 1, probe_epochs: 0}\n"
    )
    results = {}
    for executor in ("processes", "ray"):
        done = subprocess.run(
            [sys.executable, "-m", "tfbs", "suite", "one.yaml", "--executor", executor,
             "--output", executor, "--json"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONSAFEPATH": "1", "TFBS_DATA_DIR": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            timeout=1800,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        results[executor] = json.loads(done.stdout)
    from tfbs.benchmark.record import comparable

    ours, theirs = ([comparable(r) for r in results[name]] for name in ("processes", "ray"))
    assert ours == theirs and len(ours) == 1
    assert Path(tmp_path / "ray" / "mlflow.db").exists()
