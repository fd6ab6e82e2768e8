"""What a regime is, and the list of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tfbs.architectures import Architecture
from tfbs.datasets.task import Task
from tfbs.errors import Refused
from tfbs.parameters import Json, canonical, defaults, resolve
from tfbs.registry import Registry

FITTED = "scikit_learn"
"""The regime of every floor: its own fit, without gradients."""


class Procedure:
    """What every regime's dataclass inherits."""

    def prepare_task(self, task: Task, seed: int) -> Task:
        """Returns the task that is trained and evaluated on; a control may change it.

        Args:
            task: As it was built.
            seed: The run's seed.
        """
        return task


@dataclass(frozen=True)
class Regime:
    """A named training procedure with its parameters.

    Attributes:
        kind: A frozen keyword-only dataclass, a `Procedure`, whose fields are the parameters;
            networks are trained by subclasses of `Standard`.
        source: The paper.
        preset: Defaults that differ from the fields of `kind`.
        summary: One line, where a preset needs another than the docstring of `kind`.
    """

    kind: type
    source: str = ""
    preset: dict[str, Json] = field(default_factory=dict)
    summary: str = ""

    @property
    def description(self) -> str:
        """One line on what it does."""
        return self.summary or (inspect.getdoc(self.kind) or "").partition("\n")[0]

    def defaults(self) -> dict[str, Json]:
        """Returns all parameters at their defaults."""
        return {**defaults(self.kind), **{name: canonical(v) for name, v in self.preset.items()}}

    def resolve(self, name: str, overrides: Mapping[str, Json]) -> dict[str, Json]:
        """Returns all parameters with `overrides` applied.

        Raises:
            UserError: If a name, a type or a range is wrong.
        """
        values = resolve(self.kind, {**self.preset, **overrides}, f"regime {name}")
        self.make(values)  # the dataclass may refuse a combination
        return values

    def make(self, parameters: Mapping[str, Json]) -> Any:
        """Returns the procedure with these parameters."""
        return self.kind(**parameters)

    def check_architecture(self, name: str, architecture: Architecture) -> None:
        """Refuses pairs that make no sense.

        Raises:
            Refused: If a floor is asked to train by gradients, or a network by scikit-learn.
        """
        fitted = architecture.fit is not None
        if fitted and name != FITTED:
            raise Refused(
                f"architecture {architecture.name} is fitted by scikit-learn: "
                f"regime {name} does not apply to it"
            )
        if not fitted and name == FITTED:
            raise Refused(
                f"regime {FITTED} is for floors: architecture {architecture.name} needs a "
                "training regime such as standard"
            )


REGIMES: Registry[Regime] = Registry("regime", Regime)


def default_regime(architecture: Architecture) -> str:
    """Returns the regime of a run that names none."""
    return "standard" if architecture.fit is None else FITTED


def register(name: str, *, source: str = "") -> Callable[[type], type]:
    """Returns a decorator that registers a procedure's dataclass as a regime."""

    def file(kind: type) -> type:
        REGIMES.add(name, Regime(kind, source))
        return kind

    return file
