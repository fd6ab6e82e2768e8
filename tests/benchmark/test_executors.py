"""What happens to a suite when one of its runs fails."""

from __future__ import annotations

import contextlib
import json

import psutil
import pytest
import tensorflow as tf

from tfbs.benchmark.executors import AGAIN, Job, Outcome, Place, carry_out, run_all
from tfbs.benchmark.executors.choose import Resources
from tfbs.benchmark.executors.local import LocalExecutor
from tfbs.benchmark.executors.processes import ProcessExecutor
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.sweep.pruning import TrialWatch
from tfbs.benchmark.tracking import REASON_TAG, Store
from tfbs.benchmark.training import workbench
from tfbs.errors import UserError

TINY = {"epochs": 1, "num_filters": 2, "pool_size": 20, "dense_units": 4, "probe_epochs": 0}


@pytest.fixture
def suite(planted_task, tmp_path):
    """Three short runs, a store, and a function that carries them out."""
    specs = [
        resolve_spec(planted_task, "cnn_local", None, seed, TINY, "quick-1") for seed in range(3)
    ]
    store = Store(tmp_path / "runs")
    place = Place(tmp_path / "runs", None, None, None, threads=2)
    events = []

    def carry_out():
        executor = LocalExecutor(place, store, lambda name: planted_task)
        return run_all(
            [Job(spec) for spec in specs],
            executor,
            lambda job, event: events.append((job.spec.seed, event)),
        )

    return specs, store, events, carry_out


def failing_in_seed_1(error, monkeypatch):
    honest = workbench.fit

    def fit(model, procedure, train, valid, seed, *arguments, **options):
        if seed == 1:
            raise error
        return honest(model, procedure, train, valid, seed, *arguments, **options)

    monkeypatch.setattr(workbench, "fit", fit)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError("cannot allocate"), "MemoryError: cannot allocate"),
        (
            tf.errors.ResourceExhaustedError(None, None, "OOM when allocating"),
            "ResourceExhaustedError: OOM when allocating",
        ),
        (RuntimeError("the loss is nan"), "RuntimeError: the loss is nan"),
        (UserError("sequences are too short"), "UserError: sequences are too short"),
    ],
)
def test_a_run_that_fails_is_recorded_and_the_rest_go_on(error, reason, suite, monkeypatch):
    specs, store, events, carry_out = suite
    failing_in_seed_1(error, monkeypatch)
    (failure,) = carry_out()
    assert failure.spec is specs[1] and failure.reason.startswith(reason)
    assert [store.find(spec.id) is not None for spec in specs] == [True, False, True]
    (run,) = store._search("attributes.status = 'FAILED'")
    assert run.data.tags[REASON_TAG].startswith(reason)
    assert [seed for seed, event in events if event == "finished"] == [0, 2]


def test_an_interrupt_stops_the_suite_and_the_next_call_goes_on(suite, monkeypatch):
    specs, store, _, carry_out = suite
    with monkeypatch.context() as patch:
        failing_in_seed_1(KeyboardInterrupt(), patch)
        with pytest.raises(KeyboardInterrupt):
            carry_out()
    assert [store.find(spec.id) is not None for spec in specs] == [True, False, False]
    (run,) = store._search("attributes.status = 'KILLED'")
    assert run.data.tags[REASON_TAG] == "interrupted"
    assert carry_out() == []
    assert all(store.find(spec.id) for spec in specs)


class Scripted:
    """An executor whose jobs end as a script says, two at a time."""

    capacity = 2

    def __init__(self, script):
        self.script = {seed: list(statuses) for seed, statuses in script.items()}
        self.running, self.most = [], 0

    def start(self, job):
        self.running.append(job)
        self.most = max(self.most, len(self.running))

    def wait(self):
        job = self.running.pop(0)
        status = self.script[job.spec.seed].pop(0)
        if isinstance(status, BaseException):
            raise status
        return [Outcome(job, status, "" if status == "finished" else f"{status} it has")]


def scripted(planted_task, script, retries):
    specs = [resolve_spec(planted_task, "gc_logistic", None, seed) for seed in script]
    executor, ended, said = Scripted(script), [], []
    waiting = iter(Job(spec) for spec in specs)
    carry_out(
        lambda: next(waiting, None),
        executor,
        lambda outcome: ended.append((outcome.job.spec.seed, outcome.status)),
        lambda job, event: said.append((job.spec.seed, event)),
        retries=retries,
    )
    return executor, sorted(ended), said


def test_a_run_whose_process_died_is_begun_again_and_no_other(planted_task):
    script = {
        0: ["died", "finished"],
        1: ["failed"],
        2: ["died", "died"],
        3: ["pruned"],
        4: ["finished"],
    }
    executor, ended, said = scripted(planted_task, script, retries=1)
    assert ended == [(0, "finished"), (1, "failed"), (2, "died"), (3, "pruned"), (4, "finished")]
    assert [seed for seed, event in said if event.endswith(AGAIN)] == [0, 2]
    assert executor.most == 2
    assert scripted(planted_task, {0: ["died"]}, retries=0)[1] == [(0, "died")]


def test_a_run_whose_process_died_after_its_end_is_not_done_twice(suite, monkeypatch):
    specs, store, _, carry_out = suite
    assert carry_out() == []
    monkeypatch.setattr("tfbs.benchmark.executors.job.execute", lambda *_, **__: pytest.fail())
    assert carry_out() == []
    assert len(store._search("attributes.status = 'FINISHED'")) == len(specs)


def test_an_interrupt_goes_through_and_closing_ends_what_is_running(planted_task, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        scripted(planted_task, {0: [KeyboardInterrupt()], 1: ["finished"]}, retries=1)
    place = Place(tmp_path, None, None, tmp_path / "data", threads=2)
    before = set(psutil.Process().children())  # other tests may have left some
    with contextlib.closing(ProcessExecutor(place, workers=1)) as executor:
        executor.start(Job(resolve_spec(planted_task, "gc_logistic")))
        (child,) = set(psutil.Process().children()) - before
        assert "--job" in child.cmdline()
    assert not child.is_running()


def test_a_job_survives_json(planted_task):
    spec = resolve_spec(planted_task, "gc_logistic")
    watch = TrialWatch("/j.log", "s", 3, "val_auroc", "median")
    for job in (Job(spec), Job(spec, {"tfbs.trial": "3"}, watch)):
        assert Job.from_json(json.loads(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize("option", [{"ray_address": "auto"}, {"gpus_per_run": 0.5}])
def test_resources_of_ray_are_refused_elsewhere(option):
    usual = {"ray_address": None, "gpus_per_run": 0.0}
    Resources("ray", 1, 1, cpus_per_run=1.0, **{**usual, **option})
    with pytest.raises(UserError, match="go with --executor ray"):
        Resources("local", 1, 1, cpus_per_run=1.0, **{**usual, **option})
