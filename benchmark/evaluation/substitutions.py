"""Ranking after the worst substitutions, and how many it takes to flip a prediction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.attacks.substitution_search import worst_substitutions
from tfbs.benchmark.evaluation.bootstrap import NUM_RESAMPLES
from tfbs.benchmark.evaluation.examples import Examples, register_ranking
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.protocol import Stress

SEARCHES = ("greedy", "beam")


def _register(stress: Stress) -> None:
    how = {"greedy": "a greedy search", "beam": f"a beam search that keeps {stress.beam}"}
    for search in SEARCHES:
        words = (
            f"{how[search]} finds, each round computing exactly the {stress.candidates} "
            "substitutions that the gradient promises most of"
        )
        register_ranking(
            (f"worst_{search}_{k}" for k in range(stress.substitutions + 1)),
            f"with the worst {{}} substitutions or fewer that {words}; they lower the sum over "
            "known targets of (2 label - 1) logit",
        )
        METRICS.add(
            f"substitutions_to_flip_{search}",
            Metric(
                "robustness",
                f"Median number of substitutions that {words}, until an example whose sum over "
                "known targets of (2 label - 1) logit is positive has a negative one; undefined "
                f"where more than half withstand {stress.substitutions}.",
                formula="median over x of the fewest k with (2 y - 1) f(x_k) < 0",
                between=(1, stress.substitutions),
                asked=stressed,
            ),
        )
        METRICS.add(
            f"substitutions_withstood_{search}",
            Metric(
                "robustness",
                f"Share of the rightly predicted examples that no {stress.substitutions} "
                f"substitutions flip which {how[search]} finds: those that "
                f"substitutions_to_flip_{search} has no number for; in [0, 1].",
                formula=f"share of x with (2 y - 1) f(x_k) >= 0 up to k = {stress.substitutions}",
                between=SHARE,
                asked=stressed,
            ),
        )


_register(Stress())


def measure_substitutions(
    examples: Examples, stress: Stress
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns ranking metrics by search and number of substitutions, and the flips.

    Args:
        examples: Of the probe set.
        stress: How many substitutions, and the size of the search.

    Returns:
        Measurements, and `probe_logits_worst_<search>` arrays, `(substitutions + 1, n, targets)`.
    """
    arrays = {}
    for search, beam in zip(SEARCHES, (1, stress.beam), strict=True):
        found = worst_substitutions(
            examples.predict,
            examples.codes,
            examples.label,
            stress.substitutions,
            beam=beam,
            candidates=stress.candidates,
            tracks=examples.tracks,
        )
        arrays[f"probe_logits_worst_{search}"] = found.logit.transpose(1, 0, 2)
    return score_substitutions(examples, arrays), arrays


def score_substitutions(examples: Examples, arrays: Mapping[str, np.ndarray]) -> list[Measurement]:
    """Returns the measurements of searched outputs; those whose array is missing are left out.

    Args:
        examples: Of the probe set.
        arrays: What `measure_substitutions` keeps, or some of it.
    """
    measured: list[Measurement] = []
    for search in SEARCHES:
        logits = arrays.get(f"probe_logits_worst_{search}")
        if logits is not None:
            ranked = {f"worst_{search}_{k}": logit for k, logit in enumerate(logits)}
            measured += examples.rank(ranked)
            measured += _flips(examples, logits.transpose(1, 0, 2), search)
    return measured


def _flips(examples: Examples, logit: np.ndarray, search: str) -> list[Measurement]:
    name = f"substitutions_to_flip_{search}"
    needed = substitutions_to_flip(margins(logit, examples.label[:, None]))
    withstood = np.where(np.isnan(needed), np.nan, np.isinf(needed))
    share = examples.mean(
        f"substitutions_withstood_{search}", withstood, "no example is rightly predicted"
    )
    right = needed[~np.isnan(needed)]
    if not len(right):
        return [undefined(name, "no example is rightly predicted"), share]
    value = np.median(right)
    if np.isinf(value):
        beyond = f"{np.isinf(right).mean():.0%} withstand {logit.shape[1] - 1} substitutions"
        return [undefined(name, beyond), share]
    rng = np.random.default_rng(examples.seed)
    draws = np.median(right[rng.integers(0, len(right), (NUM_RESAMPLES, len(right)))], axis=1)
    low, high = np.percentile(draws, [2.5, 97.5], method="nearest")
    known = np.isfinite(high)
    reason = None if known else "no interval: its upper end is beyond the search"
    interval = (float(low), float(high)) if known else None
    measured = Measurement(
        name, "mean", "probe", float(value), interval, len(right), examples.positives, reason
    )
    return [measured, share]


def substitutions_to_flip(margin: np.ndarray) -> np.ndarray:
    """Returns the number of substitutions at which a margin first is negative.

    Args:
        margin: `(n, most + 1)`, with 0, 1, ... substitutions, falling.

    Returns:
        `(n,)`; infinite where none is enough, NaN where the margin is not positive to begin with.
    """
    flipped = margin < 0
    needed = np.where(flipped.any(axis=1), flipped.argmax(axis=1), np.inf)
    return np.where(margin[:, 0] > 0, needed, np.nan)
