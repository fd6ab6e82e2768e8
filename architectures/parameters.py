"""Types of hyperparameters: what is valid, and what a search tries."""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tfbs.parameters import Json, canonical


@dataclass(frozen=True)
class Range:
    """What a search tries of a number; stands in `Annotated` beside the type.

    Attributes:
        low: Smallest value that is tried.
        high: Largest value that is tried.
        log: Whether values are spread evenly on a logarithmic scale.
    """

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """The values that a search tries; stands in `Annotated` beside the type."""

    values: tuple[bool | int | float | str, ...]


Positive = Annotated[int, Field(ge=1)]
"""A count or a width: an int of at least 1."""

NonNegative = Annotated[float, Field(ge=0)]
"""A penalty or a scale: a float of at least 0."""

Fraction = Annotated[float, Field(ge=0, lt=1)]
"""A dropout rate: a float in [0, 1)."""

Count = Annotated[int, Field(ge=0)]
"""A number of things that may be absent: an int of at least 0."""

Filters = Annotated[Positive, Range(8, 512, log=True)]
"""Filters of a convolution."""

ManyFilters = Annotated[Positive, Range(32, 1024, log=True)]
"""Filters of a convolution in networks for hundreds of labels."""

KernelWidth = Annotated[Positive, Range(5, 31)]
"""Width of a motif detector, in nucleotides."""

PoolWidth = Annotated[Positive, Range(2, 25)]
"""Width of a max pool, in positions."""

Units = Annotated[Positive, Range(32, 1024, log=True)]
"""Units of a dense layer."""

RecurrentUnits = Annotated[Positive, Range(16, 512, log=True)]
"""Units of a recurrent layer, in each direction."""

Dropout = Annotated[Fraction, Range(0.0, 0.6)]
"""A dropout rate that is worth tuning."""


def search_space(function: Callable[..., object]) -> dict[str, dict[str, Json]]:
    """Returns what a search tries of each keyword-only parameter that declares it.

    Args:
        function: With `Range` or `Choice` in the annotations of what is worth tuning.

    Returns:
        By name, plain JSON: either `type` ("int" or "float"), `low`, `high` and `log`, or
        `type` ("categorical") and `choices`.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    space: dict[str, dict[str, Json]] = {}
    for name, hint in hints.items():
        for mark in getattr(hint, "__metadata__", ()):
            if isinstance(mark, Choice):
                space[name] = {"type": "categorical", "choices": canonical(mark.values)}
            elif isinstance(mark, Range):
                kind = "int" if typing.get_args(hint)[0] is int else "float"
                space[name] = {"type": kind, "low": mark.low, "high": mark.high, "log": mark.log}
    return space
