"""Does the output fall when what a map marks is taken away, and rise when it is put in?

Source: Petsiuk, Das & Saenko (2018), https://arxiv.org/abs/1806.07421: deletion and insertion. What
is taken away is replaced by the letters of a dinucleotide shuffle of the sequence, not by blanks,
so that inputs stay DNA.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, extra
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import EXPLAINED
from tfbs.datasets.alphabet import Codes
from tfbs.datasets.dinucleotide_shuffle import shuffle_dinucleotides

STEPS = 10
"""Equal steps from nothing to everything; a method takes `2 (STEPS - 1)` forward passes."""

PERTURBED = 200
"""Sequences of the probe set that are perturbed."""

_RANDOM = "random"
_REASON = "there is no sequence"

for _method in (*EXPLAINED, _RANDOM):
    _order = (
        "at random, the reference of the others"
        if _method == _RANDOM
        else f"from the highest {_method} x input down, ties at random"
    )
    _range = f"{STEPS} steps, first {PERTURBED} sequences of the probe set, in [0, 1]"
    METRICS.add(
        f"deletion_auc_{_method}",
        Metric(
            "interpretability",
            "Mean area under the predicted probability of the bound targets while positions get "
            f"the letters of a dinucleotide shuffle, {_order}; {_range}; lower is better "
            "(Petsiuk et al. 2018).",
            higher_is_better=None if _method == _RANDOM else False,
            formula="mean over x of the area under p(x without its first k positions)",
            between=SHARE,
            source="Petsiuk, Das & Saenko (2018), https://arxiv.org/abs/1806.07421",
            asked=extra("perturbation_curves", *{_method} - {_RANDOM}),
        ),
    )
    METRICS.add(
        f"insertion_auc_{_method}",
        Metric(
            "interpretability",
            "Mean area under the predicted probability of the bound targets while positions of a "
            f"dinucleotide shuffle get the letters of the sequence, {_order}; {_range} (Petsiuk "
            "et al. 2018).",
            higher_is_better=None if _method == _RANDOM else True,
            formula="mean over x of the area under p(shuffle with the first k positions of x)",
            between=SHARE,
            source="Petsiuk, Das & Saenko (2018), https://arxiv.org/abs/1806.07421",
            asked=extra("perturbation_curves", *{_method} - {_RANDOM}),
        ),
    )


@EXTRAS.register("perturbation_curves")
def measure_perturbation_curves(probe: Explained) -> list[Measurement]:
    """Returns the areas under deletion and insertion by each method, and at random."""
    some = probe.first(PERTURBED)
    rng = np.random.default_rng(probe.seed)
    codes = np.asarray(some.test.sequence[some.rows])
    shuffled = shuffle_dinucleotides(codes, rng)
    chance = rng.permuted(np.tile(np.arange(codes.shape[1]), (len(codes), 1)), axis=1)
    orders = {_RANDOM: chance}
    for method in some.maps:
        orders[method] = ranks(some.contributions(method), chance)
    areas = perturbation_areas(_probability(some), codes, shuffled, orders)
    return [
        measure_mean(f"{kind}_auc_{name}", values, probe.seed, _REASON)
        for name, pair in areas.items()
        for kind, values in zip(("deletion", "insertion"), pair, strict=True)
    ]


def ranks(scores: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Returns the rank of each position, `(n, length)`, 0 where the score is highest.

    Args:
        scores: `(n, length)`.
        chance: `(n, length)`, a random order of the positions of each sequence, for ties.
    """
    order = np.lexsort((chance, -scores), axis=1)
    return np.argsort(order, axis=1)


def perturbation_areas(
    value: Callable[[Codes], np.ndarray],
    codes: Codes,
    shuffled: Codes,
    orders: dict[str, np.ndarray],
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Returns the areas under deletion and under insertion, `(n,)` each, by order.

    Args:
        value: Returns `(n,)` outputs of `(n, length)` codes.
        codes: `(n, length)`, of the sequences.
        shuffled: `(n, length)`, what takes their place.
        orders: `(n, length)` ranks of the positions, by name.
    """
    start, end = value(codes), value(shuffled)
    areas = {}
    for name, rank in orders.items():
        deleted, inserted = [start], [end]
        for step in range(1, STEPS):
            chosen = rank < round(step * codes.shape[1] / STEPS)
            deleted.append(value(np.where(chosen, shuffled, codes)))
            inserted.append(value(np.where(chosen, codes, shuffled)))
        curves = [*deleted, end], [*inserted, start]
        down, up = (np.trapezoid(np.stack(curve), dx=1 / STEPS, axis=0) for curve in curves)
        areas[name] = down, up
    return areas


def _probability(probe: Explained) -> Callable[[Codes], np.ndarray]:
    """Returns the mean predicted probability of each sequence's bound targets."""
    from scipy.special import expit

    predict, bound = Predictor(probe.model), probe.bound == 1

    def value(codes: Codes) -> np.ndarray:
        found = expit(predict(codes, probe.tracks).astype(np.float64))
        mean: np.ndarray = (found * bound).sum(axis=1) / np.maximum(bound.sum(axis=1), 1)
        return mean

    return value
