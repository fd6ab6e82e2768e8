"""What a sweep is: what is fixed, what is tried, what is made better."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.protocol import SWEEP_PROTOCOL
from tfbs.benchmark.spec import RunSpec, canonical_json, resolve_spec
from tfbs.benchmark.sweep.declared import build, can_build, default_settings
from tfbs.benchmark.sweep.objective import Objective
from tfbs.benchmark.sweep.space import REGIME, Dimension
from tfbs.errors import UserError
from tfbs.parameters import Json

if TYPE_CHECKING:
    from optuna.trial import Trial

    from tfbs.datasets.task import Task


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what the trials of a sweep are.

    Attributes:
        task: What is learned, loaded.
        architecture: Who learns.
        regime: How, where the space does not say; None for the architecture's own.
        fixed: Settings of all trials.
        seed: Of every trial's training, and of the sampler.
        space: What is tried.
        objectives: What is made better.
        sampler: A name of `SAMPLERS`.
        pruner: A name of `PRUNERS`.
        numerics: How all trainings compute.
    """

    task: Task
    architecture: str
    regime: str | None
    fixed: Mapping[str, Json]
    seed: int
    space: tuple[Dimension, ...]
    objectives: tuple[Objective, ...]
    sampler: str
    pruner: str
    numerics: Numerics

    def to_json(self) -> dict[str, Json]:
        """Returns the recipe as JSON types, the task by its name and fingerprint."""
        return {
            "task": self.task.name,
            "fingerprint": self.task.fingerprint,
            "architecture": self.architecture,
            "regime": self.regime,
            "set": dict(self.fixed),
            "seed": self.seed,
            "space": [dimension.to_json() for dimension in self.space],
            "objectives": [objective.name for objective in self.objectives],
            "sampler": self.sampler,
            "pruner": self.pruner,
            "numerics": self.numerics.to_json(),
        }

    @property
    def name(self) -> str:
        """A name that no other recipe has."""
        words = re.sub(r"[^\w.]+", "-", f"{self.task.name}-{self.architecture}")
        return f"{words}-{hashlib.sha256(canonical_json(self.to_json()).encode()).hexdigest()[:8]}"

    @property
    def regimes(self) -> tuple[str | None, ...]:
        """The regimes that trials may have."""
        found = [each for each in self.space if each.name == REGIME]
        return tuple(map(str, found[0].choices)) if found else (self.regime,)

    def suggest(self, trial: Trial) -> dict[str, Json]:
        """Returns what a trial tries: of settings, those that its regime has."""
        values: dict[str, Json] = {}
        for dimension in sorted(self.space, key=lambda each: each.name != REGIME):
            if self._applies(dimension.name, values.get(REGIME, self.regime)):
                values[dimension.name] = dimension.suggest(trial)
        return values

    def spec(
        self, values: Mapping[str, Json], seed: int, protocol: str = SWEEP_PROTOCOL
    ) -> RunSpec:
        """Returns the run with what was suggested.

        Args:
            values: From `suggest`; none for the defaults.
            seed: Of the training.
            protocol: On validation for trials, on test for what is refitted.

        Raises:
            UserError: If values do not go together.
        """
        settings = dict(values)
        regime = settings.pop(REGIME, self.regime)
        fixed = {name: v for name, v in self.fixed.items() if self._applies(name, regime)}
        name = None if regime is None else str(regime)
        overrides = {**fixed, **settings}
        return resolve_spec(
            self.task, self.architecture, name, seed, overrides, protocol, self.numerics
        )

    def _applies(self, name: str, regime: Json) -> bool:
        """Returns whether a setting is one of a trial with a regime; with one regime all are."""
        if len(self.regimes) == 1 or name == REGIME:
            return True
        from tfbs.architectures import ARCHITECTURES
        from tfbs.benchmark.training import REGIMES

        part, _, bare = name.rpartition(".")
        known = REGIMES[str(regime)].defaults()
        own = ARCHITECTURES[self.architecture].settings
        return bare in known if part == "regime" else name in known or name in own or bool(part)

    def check(self) -> None:
        """Tries the ends of every dimension under every regime.

        Raises:
            UserError: If a value is not valid, a setting unknown or a prior does not compose.
        """
        for name in [*(each.name for each in self.space), *self.fixed]:
            if not any(self._applies(name, regime) for regime in self.regimes):
                raise UserError(f"none of the regimes of the search space has a setting {name!r}")
        for regime in self.regimes:
            start = {} if len(self.regimes) == 1 else {REGIME: regime}
            plain = self.spec(start, self.seed)
            buildable = any(each.name.startswith("prior.") for each in self.space) and can_build(
                self.task, plain
            )
            for dimension in self.space:
                if dimension.name == REGIME or not self._applies(dimension.name, regime):
                    continue
                for value in dimension.extremes:
                    spec = self.spec({**start, dimension.name: value}, self.seed)
                    if buildable and dimension.name.startswith("prior."):
                        build(self.task, spec)

    def defaults(self) -> dict[str, Any]:
        """Returns the defaults that can be suggested, as the storage keeps them."""
        known = default_settings(self.architecture, self.regimes[0]) | {REGIME: self.regimes[0]}
        return {
            each.name: each.word(known[each.name])
            for each in self.space
            if each.name in known and each.holds(known[each.name])
        }
