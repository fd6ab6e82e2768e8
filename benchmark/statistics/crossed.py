"""Designs of crossed factors: their coding, and what they cannot tell apart."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


class DegenerateDesignError(ValueError):
    """A design that an analysis cannot say anything of, with the reason."""


@dataclass(frozen=True)
class Design:
    """What was measured under which choices.

    Attributes:
        response: `(n,)` finite.
        factors: The level of every choice, `(n,)` each.
        groups: The level of what was drawn from many, as seeds and tasks are, `(n,)` each.
    """

    response: np.ndarray
    factors: Mapping[str, Sequence[str]]
    groups: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Coded:
    """A factor coded by sums to zero: `(n, levels - 1)`, and what each level is coded as."""

    columns: np.ndarray
    levels: tuple[str, ...]
    contrast: np.ndarray


def sum_coded(observed: Sequence[str]) -> Coded:
    """Returns a factor coded by sums to zero."""
    levels = tuple(sorted(set(observed)))
    contrast = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])
    return Coded(contrast[[levels.index(level) for level in observed]], levels, contrast)


def matrix(blocks: Mapping[tuple[str, ...], np.ndarray]) -> np.ndarray:
    """Returns a column of ones and those of every effect."""
    columns = list(blocks.values())
    return np.column_stack([np.ones(len(columns[0])), *columns])


def check_factors(design: Design) -> None:
    """Raises `DegenerateDesignError` unless every factor and the response vary."""
    if not design.factors:
        raise DegenerateDesignError("no choice was varied")
    for name, levels in design.factors.items():
        if len(set(levels)) < 2:
            raise DegenerateDesignError(f"{name} is {next(iter(levels))} in all runs")
    if np.ptp(design.response) < 1e-12 * max(1.0, float(np.abs(design.response).max())):
        raise DegenerateDesignError("all runs have the same number")


def check_rank(blocks: Mapping[tuple[str, ...], np.ndarray]) -> None:
    """Raises `DegenerateDesignError` where the levels of factors change together."""
    exog = matrix(blocks)
    missing = exog.shape[1] - np.linalg.matrix_rank(exog)
    if not missing:
        return
    for left_out in blocks:
        others = {key: block for key, block in blocks.items() if key != left_out}
        lost = blocks[left_out].shape[1]
        rank = np.linalg.matrix_rank(matrix(others)) if others else 1
        if np.linalg.matrix_rank(exog) < rank + lost:
            raise DegenerateDesignError(
                f"{left_out[0]} cannot be told from {', '.join(key[0] for key in others)}: their "
                "levels change together"
            )


def add_interactions(blocks: dict[tuple[str, ...], np.ndarray], design: Design) -> list[str]:
    """Adds the interactions of two factors that can be told, and returns why others cannot."""
    refused = []
    for first, second in itertools.combinations(design.factors, 2):
        seen = set(zip(design.factors[first], design.factors[second], strict=True))
        cells = len(set(design.factors[first])) * len(set(design.factors[second]))
        if len(seen) < cells:
            refused.append(
                f"{first} × {second}: {cells - len(seen)} of {cells} combinations have no run"
            )
            continue
        a, b = blocks[first,], blocks[second,]
        product = (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)
        rank = np.linalg.matrix_rank(matrix({**blocks, (first, second): product}))
        if rank < matrix(blocks).shape[1] + product.shape[1]:
            refused.append(f"{first} × {second}: cannot be told from the other effects")
            continue
        blocks[first, second] = product
    return refused
