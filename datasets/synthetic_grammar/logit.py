"""The true logit of a sequence, and the exact effect of every single substitution on it."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from tfbs.datasets.synthetic_grammar.occupancy import (
    CHANNELS,
    Codes,
    Lattice,
    Values,
    site_sums,
    site_weights,
    sum_configurations,
)
from tfbs.datasets.synthetic_grammar.rule import (
    BIAS,
    FACTORS,
    interactions,
    position_weights,
    sites,
)

DECIMALS = 5
"""To which logits and importances are rounded: what lies below may depend on the machine."""

_CHUNK = 128
"""Sequences at a time, in one thread."""

_STEP = 4
"""Positions whose mutants are one product of matrices."""

_BLOCK = 20
"""Positions whose mutants are held in memory at a time; a multiple of the step."""

_Result = TypeVar("_Result")


def true_logits(codes: Codes, threads: int | None = None) -> npt.NDArray[np.float32]:
    """Returns the true logit of each sequence: `(n,)` float32, rounded to `DECIMALS`.

    The bias plus, for every factor, its effect times `1 - exp(-load)`.

    Args:
        codes: `(n, 200)` uint8 in 0 ... 3.
        threads: At a time; by default one for each core. The result does not depend on it.
    """
    return np.concatenate(_in_threads(_chunk_logits, codes, threads))


def importances(
    codes: Codes, threads: int | None = None
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Returns the true logit and the effect of every substitution on it, exactly.

    A substitution changes the weights of the sites that cover it, and of these at most one is
    bound at a time. So every sum over configurations changes by the sum, over these sites, of
    (ratio of the weights - 1) times the sum over the configurations that hold the site.

    Args:
        codes: `(n, 200)` uint8 in 0 ... 3.
        threads: At a time; by default one for each core. The result does not depend on it.

    Returns:
        `(n,)` float32 logits, and `(n, 200, 4)` float32: logit of the mutant with that letter
        minus logit of the sequence; 0 for the letter that is there. Rounded to `DECIMALS`.
    """
    logits, effects = zip(*_in_threads(_chunk_importances, codes, threads), strict=True)
    return np.concatenate(logits), np.concatenate(effects)


@threadpool_limits.wrap(limits=1, user_api="blas")
def _in_threads(
    compute: Callable[[Codes], _Result], codes: Codes, threads: int | None
) -> list[_Result]:
    """Returns the results of all chunks in order; NumPy lets go of the interpreter's lock."""
    chunks = [codes[first : first + _CHUNK] for first in range(0, len(codes), _CHUNK)]
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        return list(pool.map(compute, chunks))


def _chunk_logits(codes: Codes) -> npt.NDArray[np.float32]:
    total = sum_configurations(_lattice(codes)).total
    return _rounded(_logit(total[1:] / total[0]))


def _chunk_importances(codes: Codes) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    num, length = codes.shape
    total, held = site_sums(_lattice(codes), padding=_widest() - 1)
    logit = _logit(total[1:])
    effect = np.zeros((length, 4, num))
    for first in range(0, length, _BLOCK):
        letters = codes[:, first : first + _BLOCK].T[:, None]
        mutant = total + _changes(letters, held[first:])
        change = _logit(mutant[:, :, 1:] / mutant[:, :, :1]) - logit
        others = (letters + np.arange(1, 4)[:, None]) % 4
        np.put_along_axis(effect[first : first + _BLOCK], others, change, axis=1)
    return _rounded(logit), _rounded(np.ascontiguousarray(effect.transpose(2, 0, 1)))


def _changes(letters: Codes, held: Values) -> Values:
    """Returns by how much each substitution changes each sum: `(positions, 3, channels, n)`.

    Substitution s is by the letter 1 + s after the one that is there, in the order A, C, G, T, A.

    Args:
        letters: `(positions, 1, n)`.
        held: `(at least positions + widest site - 1, sites, channels, n)`: sums over the
            configurations that hold a site, by its start, from the first site that can reach the
            first position.
    """
    positions, _, num = letters.shape
    change = np.empty((positions, 3, CHANNELS, num))
    for first in range(0, positions, _STEP):
        window = held[first : first + _STEP + _widest() - 1].reshape(-1, CHANNELS * num)
        by_letter = (_ratios() @ window).reshape(_STEP, 4, 3, CHANNELS, num)
        for step in range(_STEP):
            at = first + step
            np.choose(letters[at], by_letter[step], out=change[at], mode="clip")
    return change


@functools.cache
def _ratios() -> Values:
    """Returns ratio - 1 of a site's weights, for `_STEP` positions after one another.

    `(_STEP * 4 * 3, (_STEP + widest - 1) * sites)`: rows by position, letter that is there and
    substitution, columns by start, from `widest - 1` before the first position, and kind of site.
    """
    there = np.arange(4)[:, None]
    other = (there + np.arange(1, 4)) % 4
    ratios = np.zeros((_STEP, 4, 3, _STEP + _widest() - 1, len(sites())))
    for kind, site in enumerate(sites()):
        for offset, energy in enumerate(site.energies):
            for step in range(_STEP):
                start = step + _widest() - 1 - offset
                ratios[step, :, :, start, kind] = np.expm1(energy[other] - energy[there])
    return ratios.reshape(_STEP * 12, -1)


def _widest() -> int:
    return max(site.width for site in sites())


def _lattice(codes: Codes) -> Lattice:
    return Lattice(
        site_weights(codes),
        position_weights(),
        interactions(),
        np.array([site.width for site in sites()]),
        np.array([site.factor for site in sites()]),
    )


def _logit(load: Values) -> Values:
    """Returns the logit of `(..., factors, n)` loads: `(..., n)`."""
    effect = np.array([factor.effect for factor in FACTORS])
    logit: Values = BIAS + effect @ (1 - np.exp(-load))
    return logit


def _rounded(values: Values) -> npt.NDArray[np.float32]:
    return np.round(values, DECIMALS).astype(np.float32) + np.float32(0)  # no negative zeros
