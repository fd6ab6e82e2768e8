"""Do maps find the same patterns again and again? No truth is needed.

Source: Majdandzic, Rajesh, Tang, Toneyan, Labelson, Tripathy & Koo (2022), PMLR 200:131-149.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import rel_entr

from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.metric import METRICS, POSITIVE, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.explain.similarity import corrected
from tfbs.datasets.alphabet import UNKNOWN

Basis = Literal["paper", "corrected"]

QUANTILE = 0.9
"""Of the lengths of a map's columns, above which a position is looked at."""

BUFFER = 2
"""Positions to the right that are looked at too."""

WORD = 6
"""Letters of a word."""

WINDOW = 3
"""Neighbouring positions whose maps are added up."""

LARGEST = 0.1
"""Share of the points, those furthest from the origin, that are counted."""

BOX = 0.1
"""Side of a box, in radians."""

BOXES = int(math.pi / BOX)
"""Along each angle."""

JACKKNIFE = 20
"""Blocks of examples that are left out in turn."""

NEIGHBOURS = range(-3, 3)
"""Boxes whose mean density is the prior of the box in the middle."""

_SOURCE = "(Majdandzic et al. 2022, PMLR 200:131-149)"
_PAPER = (
    "Majdandzic et al. (2022), PMLR 200:131-149, "
    "https://proceedings.mlr.press/v200/majdandzic22a.html"
)

METRICS.add(
    "attribution_consistency_words",
    Metric(
        "robustness",
        f"Divergence of the {WORD}-mers where saliency is large from all those of the explained "
        f"examples, in nats {_SOURCE}; higher where maps repeat themselves.",
        formula="sum over words of q log(q / r), q where saliency is large, r everywhere",
        between=POSITIVE,
        source=_PAPER,
        asked=stressed,
    ),
)
for _basis, _words in {
    "paper": "in the published coordinates, which lack a term",
    "corrected": "in orthonormal coordinates",
}.items():
    METRICS.add(
        f"attribution_consistency_{_basis}",
        Metric(
            "robustness",
            f"Divergence of the density of directions of corrected saliency, added up over "
            f"{WINDOW} positions, from its local mean, in nats, {_words} {_SOURCE}; higher where "
            "maps repeat themselves.",
            formula="sum over boxes of directions of q log(q / r), r the local mean of q",
            source=_PAPER,
            asked=stressed,
        ),
    )


def measure_consistency(examples: Examples, gradient: np.ndarray) -> list[Measurement]:
    """Returns consistency by words and by directions.

    Intervals are 1.96 standard errors by the jackknife over blocks of examples: a bootstrap draws
    examples twice, which looks like consistency.

    Args:
        examples: Those explained.
        gradient: `(n, length, 4)` saliency, corrected or not.
    """
    found = {"attribution_consistency_words": _word_samples(examples, gradient)}
    for basis in ("paper", "corrected"):
        found[f"attribution_consistency_{basis}"] = _direction_samples(examples, gradient, basis)
    return [_measure(examples, name, values) for name, values in found.items()]


def _measure(examples: Examples, name: str, values: np.ndarray) -> Measurement:
    """Returns the first value; the others are those without each of the blocks."""
    value, without = float(values[0]), values[1:]
    n = len(examples.codes)
    if not np.isfinite(value):
        return undefined(name, "the maps single nothing out")
    if n < len(without) or not np.isfinite(without).all():
        reason = f"no interval: {n} examples are too few to leave some out"
        return Measurement(name, "mean", "probe", value, None, n, examples.positives, reason)
    error = float(np.sqrt((len(without) - 1) * without.var()))
    interval = (value - 1.96 * error, value + 1.96 * error)
    return Measurement(name, "mean", "probe", value, interval, n, examples.positives)


def _weights(n: int) -> np.ndarray:
    """Returns `(1 + JACKKNIFE, n)`: all examples, then all but those of each block."""
    block = np.arange(n) % JACKKNIFE
    without = (block != np.arange(JACKKNIFE)[:, None]).astype(float)
    return np.concatenate([np.ones((1, n)), without])


def _word_samples(examples: Examples, gradient: np.ndarray) -> np.ndarray:
    singled, everywhere = word_counts(examples.codes, gradient)
    weights = _weights(len(gradient))
    return word_divergence(weights @ singled, weights @ everywhere)


def word_divergence(singled: np.ndarray, everywhere: np.ndarray) -> np.ndarray:
    """Returns the Kullback-Leibler divergence of word frequencies, in nats; NaN without words.

    Args:
        singled: `(..., words)` counts where maps are large.
        everywhere: `(..., words)` counts in the same sequences.
    """
    with np.errstate(invalid="ignore"):
        frequency = singled / singled.sum(axis=-1, keepdims=True)
        prior = everywhere / everywhere.sum(axis=-1, keepdims=True)
    return rel_entr(frequency, prior).sum(axis=-1)


def word_counts(codes: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns how often each word is where the map is large, and how often at all.

    A position is looked at where the corrected map is longer than the 0.9 quantile of its
    sequence, and at the two positions to the right of such a one; runs that touch merge (in the
    published code only those that overlap). Words with unknown letters are left out.

    Args:
        codes: `(n, length)` uint8.
        gradient: `(n, length, 4)`.

    Returns:
        Two arrays, `(n, 4 ** WORD)`.
    """
    size = np.linalg.norm(corrected(gradient), axis=-1)
    large = size > np.quantile(size, QUANTILE, axis=1, keepdims=True)
    seen = large.copy()
    for step in range(1, BUFFER + 1):
        seen[:, step:] |= large[:, :-step]
    windows = np.lib.stride_tricks.sliding_window_view(codes, WORD, axis=1)
    known = (windows != UNKNOWN).all(axis=2)
    word = (np.where(windows == UNKNOWN, 0, windows) * 4 ** np.arange(WORD)[::-1]).sum(axis=2)
    inside = np.lib.stride_tricks.sliding_window_view(seen, WORD, axis=1).all(axis=2) & known
    return _tally(word, inside), _tally(word, known)


def _tally(word: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Returns `(n, 4 ** WORD)` counts of the words at counted places."""
    found = np.zeros((len(word), 4**WORD))
    row, place = np.nonzero(counted)
    np.add.at(found, (row, word[row, place]), 1)
    return found


def _direction_samples(examples: Examples, gradient: np.ndarray, basis: Basis) -> np.ndarray:
    mass = direction_mass(gradient, basis)
    pooled = _weights(len(mass)) @ mass.reshape(len(mass), -1)
    return np.array([direction_divergence(own.reshape(BOXES, BOXES)) for own in pooled])


def direction_mass(gradient: np.ndarray, basis: Basis) -> np.ndarray:
    """Returns the squared lengths of the largest points of each map by box of their direction.

    Maps are corrected, divided by the summed length of their columns, and added up over three
    neighbouring positions, around the end. In three coordinates of the plane they lie on, the
    tenth furthest from the origin (over all maps) is kept. Its angles are the azimuth, halved so
    that both are in [0, pi], and the polar angle, in boxes of 0.1.

    Args:
        gradient: `(n, length, 4)`.
        basis: `paper` leaves G out of the second coordinate, as the published code does;
            `corrected` has it.

    Returns:
        `(n, BOXES, BOXES)`; a map of zeros has no mass.
    """
    maps = corrected(gradient.astype(np.float64))
    total = np.linalg.norm(maps, axis=-1).sum(axis=1)[:, None, None]
    maps = np.divide(maps, total, out=np.zeros_like(maps), where=total > 0)
    windows = sum(np.roll(maps, -step, axis=1) for step in range(WINDOW))
    points = windows @ coordinates(basis).T
    radius = np.linalg.norm(points, axis=-1)
    rank = int(LARGEST * radius.size)
    cutoff = np.sort(radius, axis=None)[-rank] if rank else np.inf
    row, place = np.nonzero(radius > cutoff)
    first, second, third = points[row, place].T
    angles = (
        np.arctan2(third, second) / 2 + np.pi / 2,
        np.arccos(np.clip(first / radius[row, place], -1, 1)),
    )
    boxes = [np.minimum((angle / BOX).astype(int), BOXES - 1) for angle in angles]
    mass = np.zeros((len(gradient), BOXES, BOXES))
    np.add.at(mass, (row, *boxes), radius[row, place] ** 2)
    return mass


def coordinates(basis: Basis) -> np.ndarray:
    """Returns the three axes, `(3, 4)`; orthonormal and without a mean if `corrected`.

    Args:
        basis: `paper` or `corrected`.
    """
    return np.stack(
        [
            np.sqrt(1 / 2) * np.array([-1, 1, 0, 0]),
            np.sqrt(2 / 3) * np.array([-1 / 2, -1 / 2, float(basis == "corrected"), 0]),
            np.sqrt(3 / 4) * np.array([-1 / 3, -1 / 3, -1 / 3, 1]),
        ]
    )


def direction_divergence(mass: np.ndarray) -> float:
    """Returns the divergence of a density over boxes from its local mean, in nats.

    The prior of a box is the mean over boxes 3 before to 2 after it along both angles, those of
    the first row and column and beyond the end left out. Boxes at the rim are not added up.

    Args:
        mass: `(BOXES, BOXES)`, at least 0.

    Returns:
        0 for a density that is locally flat; NaN without mass.
    """
    total = mass.sum()
    if not total > 0:
        return float("nan")
    share = mass / total
    inner = share[1:, 1:]
    prior = _window_sums(inner) / _window_sums(np.ones_like(inner))
    own = inner[:-1, :-1]
    return float(rel_entr(own, prior[:-1, :-1]).sum())


def _window_sums(values: np.ndarray) -> np.ndarray:
    """Returns the sum over the neighbours of every box; nothing lies outside."""
    low, high = -NEIGHBOURS[0], NEIGHBOURS[-1]
    padded = np.pad(values, (low, high))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (len(NEIGHBOURS),) * 2)
    return windows.sum(axis=(2, 3))
