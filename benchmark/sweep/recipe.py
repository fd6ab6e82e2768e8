"""What a sweep is: what is fixed, what is tried, what is made better."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.protocol import SWEEP_PROTOCOL
from tfbs.benchmark.spec import RunSpec, canonical_json, resolve_spec
from tfbs.benchmark.sweep.objective import Objective
from tfbs.benchmark.sweep.space import REGIME, Dimension, merge, read_space
from tfbs.errors import UserError
from tfbs.parameters import Json

if TYPE_CHECKING:
    from optuna.trial import Trial

    from tfbs.architectures import Architecture
    from tfbs.datasets.task import Task

PARTS = ("architecture", "priors", "regime")
"""What declares a search space."""


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


def default_settings(architecture: str, regime: str | None) -> dict[str, Json]:
    """Returns the defaults of all settings, as `--set` calls them."""
    from tfbs.architectures import ARCHITECTURES
    from tfbs.architectures.priors import PREFIX, Priors
    from tfbs.benchmark.training import REGIMES, default_regime
    from tfbs.parameters import defaults

    chosen = ARCHITECTURES[architecture]
    own = defaults(chosen.builder)
    priors = {} if chosen.fit else {f"{PREFIX}{k}": v for k, v in defaults(Priors).items()}
    return {**REGIMES[regime or default_regime(chosen)].defaults(), **priors, **own}


def declared_space(
    task: Task,
    architecture: str,
    regime: str | None,
    parts: Sequence[str],
    fixed: Mapping[str, Json],
) -> list[Dimension]:
    """Returns what architecture, priors and regime declare, each widened to its default.

    Priors that do not compose with the architecture, else at its defaults, are left out.

    Args:
        task: What is learned.
        architecture: Who learns.
        regime: How; None for the architecture's own.
        parts: Of `PARTS`.
        fixed: Settings of all trials.
    """
    from tfbs.architectures import ARCHITECTURES
    from tfbs.architectures.parameters import search_space
    from tfbs.architectures.priors import PREFIX, Priors
    from tfbs.benchmark.training import REGIMES, default_regime

    chosen = ARCHITECTURES[architecture]
    known = default_settings(architecture, regime)
    spaces = {
        "architecture": chosen.search_space,
        "regime": REGIMES[regime or default_regime(chosen)].search_space,
    }
    found = [
        Dimension.declared(name, value, known[name])
        for part, space in spaces.items()
        if part in parts
        for name, value in space.items()
    ]
    if "priors" in parts and chosen.fit is None:
        for name, value in search_space(Priors).items():
            dimension = Dimension.declared(f"{PREFIX}{name}", value, known[f"{PREFIX}{name}"])
            found += _composable(task, chosen, regime, dimension, fixed)
    return found


def _composable(
    task: Task,
    architecture: Architecture,
    regime: str | None,
    dimension: Dimension,
    fixed: Mapping[str, Json],
) -> list[Dimension]:
    """Returns a prior with the choices that the network can have; nothing where one is left."""
    kept = []
    for choice in dimension.choices:
        overrides = {**fixed, dimension.name: choice}
        if can_build(task, resolve_spec(task, architecture.name, regime, overrides=overrides)):
            kept.append(choice)
    return [Dimension(dimension.name, "categorical", tuple(kept))] if len(kept) > 1 else []


def can_build(task: Task, spec: RunSpec) -> bool:
    """Returns whether the network of a run can be built."""
    try:
        build(task, spec)
    except UserError:
        return False
    return True


def build(task: Task, spec: RunSpec) -> None:
    """Builds the network of a run and drops it.

    Raises:
        UserError: If it cannot be built.
    """
    from tfbs.architectures import ARCHITECTURES

    hyperparameters: Any = spec.architecture["hyperparameters"]
    architecture = ARCHITECTURES[str(spec.architecture["name"])]
    architecture.build(task.length, len(task.targets), hyperparameters, len(task.tracks))


def find_space(
    task: Task,
    architecture: str,
    regime: str | None,
    parts: Sequence[str],
    file: Path | None,
    fixed: Mapping[str, Json],
) -> tuple[Dimension, ...]:
    """Returns what a sweep tries: what `parts` declare, changed by a file, without what is fixed.

    Raises:
        UserError: If the file is wrong, or nothing is left.
    """
    written = {} if file is None else read_space(file, default_settings(architecture, regime))
    space = merge(declared_space(task, architecture, regime, parts, fixed), written)
    free = [each for each in space if each.name not in fixed]
    return tuple(free) if free else tuple(merge([], {}))
