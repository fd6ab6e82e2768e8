"""Sweeps whose runs are scripted: records come from a formula, nothing is trained."""

from __future__ import annotations

import math
from types import SimpleNamespace

from tfbs.benchmark.executors import Outcome, carry_out
from tfbs.benchmark.sweep import supervisor as module
from tfbs.benchmark.sweep.storage import storage_address
from tfbs.benchmark.sweep.study import open_study
from tfbs.benchmark.sweep.supervisor import Supervisor
from tfbs.benchmark.sweep.sweep import make_recipe


def measured(spec):
    """The record of a run: better with a learning rate near 0.004 and with many filters."""
    rate = spec.regime["parameters"]["learning_rate"]
    filters = spec.architecture["hyperparameters"]["num_filters"]
    value = 1 - 0.1 * math.log10(rate / 0.004) ** 2 - 0.2 / filters
    entry = {"target": "bound", "split": "valid", "design": "all", "undefined_reason": None}
    return {
        "spec": spec.to_json(),
        "metrics": [{"name": "average_precision", "value": value, "interval": None, **entry}],
        "cost": {"parameters": 10.0 * filters, "macs": None},
    }


class Killed(BaseException):
    """The supervisor's process is gone, whatever it was doing."""


class Scene:
    """A study on disk and runs that are done as soon as they are begun."""

    def __init__(self, task, folder, monkeypatch):
        self.task, self.folder = task, folder
        self.finished, self.jobs = {}, []
        self.address = storage_address(None, folder)
        self.outcome = lambda job: Outcome(job, "finished")
        self.owner = "[]"
        monkeypatch.setattr(module, "find_finished", lambda spec, *_: self.finished.get(spec.id))
        monkeypatch.setattr(module, "this_process", lambda: self.owner)
        monkeypatch.setattr(module, "is_alive", lambda owner: owner == self.owner)
        monkeypatch.setattr(module, "json", SimpleNamespace(loads=lambda _: [None]))

    def recipe(self, **options):
        options = {"search": ["regime"], "fixed": {"batch_size": 64}, **options}
        return make_recipe(self.task, "cnn_local", **options)

    def supervisor(self, recipe, trials, name="s"):
        study = open_study(name, recipe, self.address)
        store = SimpleNamespace(output=self.folder)
        self.owner = f"process {len(self.jobs)}"
        return Supervisor(study, recipe, "address", trials, store, None, "group")

    def sweep(self, recipe, trials, capacity=1, die_at=None):
        """Goes on until there are so many trials, or the run number `die_at` kills everything."""
        driver = self.supervisor(recipe, trials)
        running = []

        def start(job):
            if len(self.jobs) + 1 == die_at:
                self.jobs.append(job)
                raise Killed
            self.jobs.append(job)
            running.append(job)

        def wait():
            outcome = self.outcome(running.pop(0))
            if outcome.status == "finished":
                self.finished[outcome.job.spec.id] = measured(outcome.job.spec)
            return [outcome]

        executor = SimpleNamespace(capacity=capacity, start=start, wait=wait)
        carry_out(driver.next_job, executor, driver.ended, lambda job, event: None)
        return driver.study
