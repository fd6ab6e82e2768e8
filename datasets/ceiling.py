"""How well a label can be predicted at best, given its probability for every sequence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def expected_auroc(chance: npt.ArrayLike, score: npt.ArrayLike | None = None) -> float:
    """Returns the AUROC that a score is expected to have, over labels drawn from their chances.

    In closed form: the expected number of rightly ordered pairs of a positive and a negative
    (ties count half) over the expected number of such pairs. It is off the expectation of the
    ratio by a term of the order 1 / n.

    Args:
        chance: `(n,)`, the probability of label 1.
        score: `(n,)`; by default the chance itself, which no score can beat.

    Returns:
        In [0, 1]; NaN where one class has no chance.
    """
    positive = np.asarray(chance, np.float64)
    order, groups = _groups(positive if score is None else np.asarray(score))
    positive, negative = positive[order], 1 - positive[order]
    ups, downs = np.bincount(groups, weights=positive), np.bincount(groups, weights=negative)
    right = ups * (np.cumsum(downs) - downs + downs / 2)
    # an example is no pair with itself
    own = (positive * negative).sum()
    pairs = positive.sum() * negative.sum() - own
    return float((right.sum() - own / 2) / pairs) if pairs > 0 else float("nan")


def expected_average_precision(chance: npt.ArrayLike, score: npt.ArrayLike | None = None) -> float:
    """Returns the average precision that a score is expected to have.

    In closed form: the expected sum of the precisions at all positives over the expected number
    of positives; off the expectation of the ratio by a term of the order 1 / n. Members of a
    tie are taken in an order that does not look at the label.

    Args:
        chance: `(n,)`, the probability of label 1.
        score: `(n,)`; by default the chance itself.

    Returns:
        In [0, 1]; NaN where no label can be 1.
    """
    positive = np.asarray(chance, np.float64)
    ranked = positive[
        np.argsort(-(positive if score is None else np.asarray(score)), kind="stable")
    ]
    before = np.cumsum(ranked) - ranked
    precision = (1 + before) / np.arange(1, len(ranked) + 1)
    total = ranked.sum()
    return float((ranked * precision).sum() / total) if total > 0 else float("nan")


def ceiling(chance: npt.ArrayLike) -> dict[str, float]:
    """Returns the best expected `auroc` and `average_precision`, and the `prevalence`.

    Args:
        chance: `(n,)`, the probability of label 1 given the sequence.
    """
    return {
        "auroc": round(expected_auroc(chance), 6),
        "average_precision": round(expected_average_precision(chance), 6),
        "prevalence": round(float(np.mean(np.asarray(chance))), 6),
    }


def _groups(score: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns the order from low to high, and the group of equals of each in that order."""
    order = np.argsort(score, kind="stable")
    step = np.diff(score[order]) > 0
    return order, np.append(0, np.cumsum(step))
