"""Every ranking metric from one table of counts, for a split and for weighted resamples of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from tfbs.benchmark.evaluation.metric import METRICS, POSITIVE, SHARE, Metric
from tfbs.benchmark.evaluation.precision_recall import continuous_area

FALSE_DISCOVERY_RATES = (5, 10, 25, 50)
"""Per cent."""

PREVALENCE = 0.01
"""At which precision is stated, so that designs with other shares of positives compare."""

_PRECISION = f"precision_at_recall_50_prevalence_{PREVALENCE:g}"

METRICS.add(
    "auroc",
    Metric(
        "prediction",
        "Area under the ROC curve, exact; chance 0.5.",
        formula="P(f+ > f-) + P(f+ = f-) / 2",
        between=SHARE,
        source="Hanley & McNeil (1982), https://doi.org/10.1148/radiology.143.1.7063747",
    ),
)
METRICS.add(
    "average_precision",
    Metric(
        "prediction",
        "Area under the precision-recall steps, exact, not interpolated; chance is the "
        "fraction of positives.",
        formula="sum over thresholds k of (recall_k - recall_(k-1)) precision_k",
        between=SHARE,
        source="scikit-learn, https://scikit-learn.org/stable/modules/generated/"
        "sklearn.metrics.average_precision_score.html",
    ),
)
METRICS.add(
    "auprc_interpolated",
    Metric(
        "prediction",
        "Area under precision-recall with false positives linear in true positives between "
        "thresholds (Davis & Goadrich 2006), integrated exactly (Keilwagen et al. 2014); differs "
        "from average_precision where scores tie; chance is the fraction of positives.",
        formula="integral of tp / (tp + fp(tp)) over recall, fp linear in tp between thresholds",
        between=SHARE,
        source="Davis & Goadrich (2006), https://doi.org/10.1145/1143844.1143874; Keilwagen, "
        "Grosse & Grau (2014), https://doi.org/10.1371/journal.pone.0092209",
    ),
)
METRICS.add(
    "lift",
    Metric(
        "prediction",
        "Average precision divided by the fraction of positives; chance 1.",
        formula="average_precision / share of positives",
        between=POSITIVE,
    ),
)
for _rate in FALSE_DISCOVERY_RATES:
    METRICS.add(
        f"recall_at_fdr_{_rate}",
        Metric(
            "prediction",
            f"Largest recall at a threshold with a false discovery rate of at most {_rate} %, 0 if "
            "there is none; in [0, 1] (as the ENCODE-DREAM challenge, 2017).",
            formula=f"max of tp / positives where fp / (tp + fp) <= {_rate / 100:g}",
            between=SHARE,
            source="ENCODE-DREAM in vivo TF binding challenge (2017), https://www.synapse.org/ENCODE",
        ),
    )
METRICS.add(
    _PRECISION,
    Metric(
        "prediction",
        "Precision at the highest threshold with a recall of 0.5 or more, if 1 % were positive: "
        "tpr * .01 / (tpr * .01 + fpr * .99); chance 0.01.",
        formula="tpr * .01 / (tpr * .01 + fpr * .99)",
        between=SHARE,
    ),
)

BASIC = ("auroc", "average_precision")
RANKING = (
    *BASIC,
    "auprc_interpolated",
    "lift",
    *(f"recall_at_fdr_{rate}" for rate in FALSE_DISCOVERY_RATES),
    _PRECISION,
)


@dataclass(frozen=True)
class RankingCounts:
    """How many members of each block score at, and just above, each distinct positive score.

    All metrics change only at thresholds that positives reach, so these counts are enough for
    them to be exact, whatever the weights of the blocks.

    Attributes:
        positives: `(blocks, groups)`, at the score of the group; best first.
        ties: `(blocks, groups)`, negatives at that score.
        between: `(blocks, groups + 1)`, negatives above it and below the group before; the last
            are below all.
    """

    positives: Any
    ties: Any
    between: Any

    @classmethod
    def of(cls, label: np.ndarray, score: np.ndarray, block: np.ndarray) -> RankingCounts:
        """Counts the members.

        Args:
            label: `(n,)`, 0 or 1.
            score: `(n,)`.
            block: `(n,)` int, from 0.
        """
        bound = label.astype(bool)
        distinct = np.unique(score[bound])[::-1]
        blocks = int(block.max()) + 1
        # the first group whose score is not above; the number of groups where there is none
        group = np.searchsorted(-distinct, -score, side="left")
        tied = np.append(distinct, np.nan)[group] == score

        def table(rows: np.ndarray, columns: int) -> Any:
            ones = np.ones(int(rows.sum()))
            shape = (blocks, columns)
            return sparse.coo_array((ones, (block[rows], group[rows])), shape=shape).tocsr()

        return cls(
            table(bound, len(distinct)),
            table(~bound & tied, len(distinct)),
            table(~bound & ~tied, len(distinct) + 1),
        )

    def metrics(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Returns every metric of `RANKING` for each row of weights; NaN where a class is gone.

        Args:
            weights: `(resamples, blocks)`, how often each block counts.

        Returns:
            `(resamples,)` each.
        """
        hits, ties, between = (
            (table.T @ weights.T).T for table in (self.positives, self.ties, self.between)
        )
        true, false = np.cumsum(hits, axis=1), np.cumsum(ties + between[:, :-1], axis=1)
        p, n = true[:, -1], (ties.sum(axis=1) + between.sum(axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            precision = np.where(true + false > 0, true / (true + false), 0.0)
            below = n[:, None] - false
            average = (hits * precision).sum(axis=1) / p
            found = {
                "auroc": (hits * (below + ties / 2)).sum(axis=1) / (p * n),
                "average_precision": average,
                "auprc_interpolated": continuous_area(true, false, hits, ties),
                "lift": average / (p / (p + n)),
            }
            for rate in FALSE_DISCOVERY_RATES:
                passed = np.where(precision >= 1 - rate / 100 - 1e-12, true, 0.0)
                found[f"recall_at_fdr_{rate}"] = passed.max(axis=1) / p
            half = (true >= p[:, None] / 2).argmax(axis=1)[:, None]
            tpr = np.take_along_axis(true, half, 1)[:, 0] / p * PREVALENCE
            fpr = np.take_along_axis(false, half, 1)[:, 0] / n * (1 - PREVALENCE)
            found[_PRECISION] = tpr / (tpr + fpr)
        defined = (p > 0) & (n > 0)
        return {name: np.where(defined, found[name], np.nan) for name in RANKING}


def ranking_values(label: np.ndarray, score: np.ndarray) -> dict[str, float]:
    """Returns every metric of `RANKING` of one target.

    Args:
        label: `(n,)`, 0 or 1, both present.
        score: `(n,)`, any monotone scale.
    """
    counts = RankingCounts.of(label, score, np.zeros(len(label), np.int64))
    return {name: float(value[0]) for name, value in counts.metrics(np.ones((1, 1))).items()}
