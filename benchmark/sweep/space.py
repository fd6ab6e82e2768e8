"""What a sweep tries: declared by architecture, priors and regime, or written in a YAML file."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tfbs.errors import UserError
from tfbs.parameters import Json
from tfbs.yaml_text import read_yaml

if TYPE_CHECKING:
    from optuna.trial import Trial

REGIME = "regime"
"""The one dimension that is no setting: which regime trains."""


@dataclass(frozen=True)
class Dimension:
    """One setting and what is tried of it.

    Attributes:
        name: As `--set` takes it, or `regime`.
        kind: `categorical`, `int` or `float`.
        choices: The values of a categorical one.
        low: Smallest value of the others.
        high: Largest value.
        log: Whether values are spread evenly on a logarithmic scale.
    """

    name: str
    kind: str
    choices: tuple[Json, ...] = ()
    low: float = 0
    high: float = 0
    log: bool = False

    @classmethod
    def declared(cls, name: str, value: Mapping[str, Any], default: Json) -> Self:
        """Returns what an architecture, a prior or a regime declares, widened to its default."""
        if value["type"] == "categorical":
            choices = [*value["choices"]]
            choices += [] if default in choices else [default]
            return cls(name, "categorical", tuple(choices))
        low, high = value["low"], value["high"]
        if isinstance(default, int | float):
            low, high = min(low, default), max(high, default)
        return cls(name, value["type"], low=low, high=high, log=value["log"] and low > 0)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Returns the dimension that `to_json` wrote."""
        return cls(**{**value, "choices": tuple(value["choices"])})

    def to_json(self) -> dict[str, Json]:
        """Returns the dimension as JSON types."""
        return {**asdict(self), "choices": list(self.choices)}

    def suggest(self, trial: Trial) -> Json:
        """Returns the value that a trial tries."""
        if self.kind == "categorical":
            word = trial.suggest_categorical(self.name, [_word(each) for each in self.choices])
            return next(each for each in self.choices if _same(_word(each), word))
        if self.kind == "int":
            return trial.suggest_int(self.name, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(self.name, self.low, self.high, log=self.log)

    def holds(self, value: Json) -> bool:
        """Returns whether a value can be suggested."""
        if self.kind == "categorical":
            return any(_same(value, each) for each in self.choices)
        known = isinstance(value, int | float) and not isinstance(value, bool)
        return known and self.low <= value <= self.high  # type: ignore[operator]

    def word(self, value: Json) -> Any:
        """Returns a value as the storage keeps it."""
        return _word(value) if self.kind == "categorical" else value

    @property
    def extremes(self) -> tuple[Json, ...]:
        """The values that show whether all are valid."""
        if self.kind == "categorical":
            return self.choices
        number = int if self.kind == "int" else float
        return (number(self.low), number(self.high))

    def __str__(self) -> str:
        if self.kind == "categorical":
            return f"{self.name}: {', '.join(map(str, self.choices))}"
        return f"{self.name}: {self.low:g} to {self.high:g}{' (log)' if self.log else ''}"


def _word(value: Json) -> Any:
    """Returns a choice as Optuna can keep it: lists and mappings as JSON."""
    return json.dumps(value, sort_keys=True) if isinstance(value, list | dict) else value


def _same(one: Json, other: Json) -> bool:
    """Returns whether two choices are the same; 1, 1.0 and True are three."""
    return type(one) is type(other) and one == other


def read_space(path: Path, known: Mapping[str, Json]) -> dict[str, Dimension | None]:
    """Returns the dimensions in a YAML file by name; None where one is to be left out.

    A list holds choices, `{low: 1, high: 8, log: true}` is a range, `null` leaves a declared
    dimension out.

    Args:
        path: The file.
        known: Defaults of the settings, to tell a float's range from an int's.

    Raises:
        UserError: If there is no such file or an entry is none of these; names file and line.
    """
    if not path.is_file():
        raise UserError(f"--space {path}: no such file")
    content, lines = read_yaml(path)
    if not isinstance(content, dict) or not content:
        raise UserError(f"{path}: a search space is a mapping from settings to what is tried")
    return {
        str(name): _parse(str(name), value, known.get(str(name)), f"{path}:{lines.get(name, 1)}")
        for name, value in content.items()
    }


def _parse(name: str, value: Any, default: Json, where: str) -> Dimension | None:
    if value is None:
        return None
    if isinstance(value, list):
        if not value:
            raise UserError(f"{where}: {name} has no choices")
        return Dimension(name, "categorical", tuple(value))
    if not isinstance(value, dict) or not {"low", "high"} <= set(value) <= {"low", "high", "log"}:
        raise UserError(
            f"{where}: {name} is {reprlib.repr(value)}: write a list of choices, "
            "{low: …, high: …, log: true} or null"
        )
    low, high, log = value["low"], value["high"], value.get("log", False)
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in (low, high)):
        shown = f"low {reprlib.repr(low)} and high {reprlib.repr(high)}"
        raise UserError(f"{where}: {name}: {shown} must be numbers")
    if not isinstance(log, bool) or not -inf < low <= high < inf or (log and low <= 0):
        raise UserError(
            f"{where}: {name}: low {low} must not be above high {high}, both are finite, log is "
            "true or false, and a logarithmic range begins above 0"
        )
    whole = isinstance(low, int) and isinstance(high, int) and not isinstance(default, float)
    return Dimension(name, "int" if whole else "float", low=low, high=high, log=log)


def merge(
    declared: Sequence[Dimension], written: Mapping[str, Dimension | None]
) -> list[Dimension]:
    """Returns the declared dimensions with those of a file in their place, or beside them.

    Raises:
        UserError: If nothing is left to try.
    """
    space = {each.name: each for each in declared}
    for name, dimension in written.items():
        space.pop(name, None)
        if dimension is not None:
            space[name] = replace(dimension, name=name)
    if not space:
        raise UserError("there is nothing to try: name a --space file or --search architecture")
    return list(space.values())
