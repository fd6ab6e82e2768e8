"""Who asks for trials, hands them out as runs, and tells the study what came of them."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from filelock import FileLock

from tfbs.benchmark.executors import Job, Outcome
from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.run import find_finished
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.sweep.objective import Undefined
from tfbs.benchmark.sweep.pruning import FOLLOWED, TrialWatch
from tfbs.benchmark.tracking import PARENT_TAG, SWEEP_TAG, TRIAL_TAG, Store, is_alive, this_process
from tfbs.errors import UserError

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial, Trial

    from tfbs.benchmark.sweep.recipe import Recipe

OWNER, ATTEMPTS, RUN, REASON = "owner", "attempts", "run", "reason"
MOST_ATTEMPTS = 3
"""A trial whose process died so often has failed."""

SEEN = "seen "
SEEN_SECONDS = 60.0
"""A living supervisor says so once a minute."""

STALE_SECONDS = 600.0
"""One on another machine that did not for so long is dead."""


class Supervisor:
    """One process that drives a sweep; several may drive the same, on one or many machines.

    A trial is never proposed twice: one whose supervisor is dead is taken over as it is, with
    its number and what it had been told.

    Args:
        study: From `open_study`.
        recipe: Of the sweep.
        address: Of the study's storage.
        trials: How many there shall be, those before among them.
        store: Where runs are tracked.
        records: A folder of records, looked into as well.
        group: The tracked run that those of trials are nested under.
    """

    def __init__(
        self,
        study: Study,
        recipe: Recipe,
        address: str,
        trials: int,
        store: Store,
        records: RecordFolder | None,
        group: str,
    ) -> None:
        self.study, self.recipe, self.trials = study, recipe, trials
        self._address, self._store, self._records, self._group = address, store, records, group
        self._owner = this_process()
        self._at_work: dict[str, list[int]] = {}
        self._waits = False
        self._lock = FileLock(store.output / "sweeps" / f".{study.study_name}.lock")
        Path(self._lock.lock_file).parent.mkdir(parents=True, exist_ok=True)

    def next_job(self) -> Job | None:
        """Returns the run of the next trial, or None where there is none until another ended.

        Trials that need no run, because theirs is finished or cannot be, are told at once.
        """
        while not self._waits and (trial := self._take()) is not None:
            try:
                spec = self.recipe.spec(self.recipe.suggest(trial), self.recipe.seed)
            except UserError as error:
                self._fail(trial.number, str(error))
                continue
            trial.set_user_attr(RUN, spec.id)
            self._at_work.setdefault(spec.id, []).append(trial.number)
            if len(self._at_work[spec.id]) > 1:  # it is being run: both will be told
                self._waits = True
            elif find_finished(spec, self._store, self._records) is not None:
                self._tell(spec)
            else:
                return self._job(spec, trial)
        return None

    def ended(self, outcome: Outcome) -> None:
        """Tells the study what came of a run.

        Raises:
            Unmeasured: If no trial can have the objective.
        """
        self._waits = False
        spec = outcome.job.spec
        if outcome.status == "finished":
            self._tell(spec)
            return
        for number in self._at_work.pop(spec.id):
            if outcome.status == "pruned":
                self._end(number, "PRUNED")
            else:
                self._fail(number, outcome.reason)

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Says once a minute that this supervisor lives, for those on other machines."""
        done = threading.Event()

        def beat() -> None:
            while not done.wait(SEEN_SECONDS):
                try:
                    self._be_seen()
                except Exception as error:  # of whatever storage; it may answer in a minute
                    click.echo(f"the storage of the sweep does not answer: {error}", err=True)

        self._be_seen()
        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _be_seen(self) -> None:
        self.study.set_user_attr(SEEN + self._owner, time.time())

    def _take(self) -> Trial | None:
        """Returns a trial to be run: one that nobody drives any more, else a new one."""
        with self._lock:  # no trial of this machine is seen between birth and owner
            trial = self._orphan() or self._new()
            if trial is not None:
                trial.set_user_attr(OWNER, self._owner)
        return trial

    def _new(self) -> Trial | None:
        from optuna.trial import TrialState

        begun = [t for t in self.study.get_trials(deepcopy=False) if t.state != TrialState.WAITING]
        if len(begun) >= self.trials:
            return None
        trial = self.study.ask()
        if trial.number < self.trials:
            return trial
        self._fail(trial.number, f"not needed: {self.trials} trials were asked for")
        return None

    def _orphan(self) -> Trial | None:
        import optuna

        running = (optuna.trial.TrialState.RUNNING,)
        for frozen in self.study.get_trials(deepcopy=False, states=running):
            if self._is_driven(frozen.user_attrs.get(OWNER)):
                continue
            attempts = int(frozen.user_attrs.get(ATTEMPTS, 1))
            if attempts >= MOST_ATTEMPTS:
                self._fail(frozen.number, f"given up: its process died {attempts} times")
                continue
            trial = optuna.trial.Trial(self.study, frozen._trial_id)
            trial.set_user_attr(ATTEMPTS, attempts + 1)
            return trial
        return None

    def _is_driven(self, owner: str | None) -> bool:
        """Returns whether somebody drives a trial.

        One without an owner may just have been begun by a supervisor that does not share the lock,
        with another folder or on another machine: it is left alone while there is any.
        """
        if owner is not None:
            return owner == self._owner or self._lives(owner)
        seen = [name.removeprefix(SEEN) for name in self.study.user_attrs if name.startswith(SEEN)]
        return any(each != self._owner and self._lives(each) for each in seen)

    def _lives(self, owner: str) -> bool:
        if not is_alive(owner):
            return False
        if json.loads(owner)[0] == socket.gethostname():
            return True
        seen = float(self.study.user_attrs.get(SEEN + owner, 0.0))
        return time.time() - seen < STALE_SECONDS

    def _job(self, spec: RunSpec, trial: Trial) -> Job:
        tags = {
            PARENT_TAG: self._group,
            SWEEP_TAG: self.study.study_name,
            TRIAL_TAG: str(trial.number),
        }
        if self.recipe.pruner == "none":
            return Job(spec, tags)
        quantity = FOLLOWED[self.recipe.objectives[0].name]
        watch = TrialWatch(
            self._address, self.study.study_name, trial._trial_id, quantity, self.recipe.pruner
        )
        return Job(spec, tags, watch)

    def _tell(self, spec: RunSpec) -> None:
        record = find_finished(spec, self._store, self._records)
        for number in self._at_work.pop(spec.id):
            if record is None:
                self._fail(number, "its record is gone")
                continue
            try:
                values = [objective.of(record) for objective in self.recipe.objectives]
            except Undefined as error:
                self._fail(number, str(error))
            else:
                self._end(number, "COMPLETE", values)

    def _fail(self, number: int, reason: str) -> None:
        frozen = self._frozen(number)
        self.study._storage.set_trial_user_attr(frozen._trial_id, REASON, reason)
        self._end(number, "FAIL")

    def _end(self, number: int, state: str, values: list[float] | None = None) -> None:
        from optuna.trial import TrialState

        self.study.tell(number, values, TrialState[state], skip_if_finished=True)

    def _frozen(self, number: int) -> FrozenTrial:
        return self.study.get_trials(deepcopy=False)[number]
