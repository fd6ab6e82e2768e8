"""Where theory says that contributions add up: how far they do not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import keras
import numpy as np

from tfbs.registry import Registry

TOLERANCE = 0.01
"""Larger relative errors are warned of."""

NEGLIGIBLE = 1e-3
"""Changes of the output below this, on average, are taken as this large."""

_LOG = logging.getLogger("tfbs")


@dataclass(frozen=True)
class Contributions:
    """Maps with the balance of their sums.

    Attributes:
        map: `(n, length, 4)` float32, hypothetical: what each letter would contribute; at the
            letter that is there, what it does.
        expected: `(n,)` output of the sequence minus that of its references.
        found: `(n,)` sum of the contributions of its positions, the unknown ones among them.
    """

    map: np.ndarray
    expected: np.ndarray
    found: np.ndarray

    @property
    def error(self) -> float:
        """Sum of absolute differences over sum of absolute expectations, over all sequences."""
        total = max(float(np.abs(self.expected).sum()), NEGLIGIBLE * len(self.expected))
        return float(np.abs(self.found - self.expected).sum()) / total


class Complete(Protocol):
    """An attribution whose contributions should add up."""

    def __call__(
        self,
        model: keras.Model,
        sequence: np.ndarray,
        target: int | np.ndarray = 0,
        *,
        tracks: np.ndarray | None = None,
    ) -> Contributions:
        """Returns contributions of `(n, length, 4)` one-hot sequences."""
        ...


COMPLETE: Registry[Complete] = Registry("complete attribution")


def warn(method: str, found: Contributions, unsupported: Sequence[str] = ()) -> Contributions:
    """Returns contributions as they are, and says where they do not add up.

    Args:
        method: Name of the method.
        found: What it found.
        unsupported: Layers that it has no rule for.
    """
    if found.error > TOLERANCE:
        why = f"; it has no rule for {', '.join(sorted(set(unsupported)))}" if unsupported else ""
        _LOG.warning(
            "%s: contributions differ from the change of the output by %.1f %%%s",
            method,
            100 * found.error,
            why,
        )
    return found


def total(multiplier: np.ndarray, sequence: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Returns `(n,)` sums of multiplier times change over positions, known and unknown.

    Args:
        multiplier: `(n, ..., length, 4)`.
        sequence: Likewise, or broadcast to it.
        reference: Likewise, or broadcast to it.
    """
    changes: np.ndarray = (multiplier * (sequence - reference)).sum(axis=(-1, -2))
    return changes


def hypothetical(multiplier: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Returns what each letter would contribute against a reference.

    For the letter b: sum over c of multiplier_c (1_{b=c} - reference_c).

    Args:
        multiplier: `(..., length, 4)`.
        reference: Likewise, or broadcast to it.
    """
    found: np.ndarray = multiplier - (multiplier * reference).sum(axis=-1, keepdims=True)
    return found
