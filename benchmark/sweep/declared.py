"""What architecture, priors and regime declare to be tried, changed by a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfbs.benchmark.spec import RunSpec, resolve_spec
from tfbs.benchmark.sweep.space import Dimension, merge, read_space
from tfbs.errors import UserError
from tfbs.parameters import Json

if TYPE_CHECKING:
    from tfbs.architectures import Architecture
    from tfbs.datasets.task import Task

PARTS = ("architecture", "priors", "regime")
"""What declares a search space."""


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
