"""Metrics of a whole genome's bins against scikit-learn: `python benchmarks/metrics.py`.

60 million scores, one in 400 of them bound, as in the ENCODE-DREAM challenge, rounded so that they
tie. scikit-learn's `roc_auc_score` and `average_precision_score` give two numbers; ours those two
and two recalls at a false discovery rate, as for a DREAM submission, or all nine, as for a run.
Where both have a number it must be the same to 1e-9, else the exit status is 1. One thread; about
10 GB of memory.
"""

from __future__ import annotations

import sys

import click
import numpy as np
from paired import compared, say

BINS = 60_000_000
BOUND = 1 / 400
DECIMALS = 5
SAME = 1e-9


@click.command(help=__doc__)
@click.option("--bins", default=BINS, show_default=True, help="How many.")
@click.option("--repetitions", default=2, show_default=True, help="Pairs per figure.")
def main(bins: int, repetitions: int) -> None:
    """Prints one line per figure; exits with 1 where numbers differ."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    from tfbs.benchmark.evaluation.precision_recall import Thresholds
    from tfbs.benchmark.evaluation.ranking import ranking_values

    rng = np.random.default_rng(0)
    label = (rng.random(bins, "float32") < BOUND).astype("int8")
    score = np.round(rng.normal(size=bins).astype("float32") + 2 * label, DECIMALS)

    def theirs() -> dict[str, float]:
        return {
            "auroc": roc_auc_score(label, score),
            "average_precision": average_precision_score(label, score),
        }

    def four() -> dict[str, float]:
        found = Thresholds.of(label, score)
        return {
            "auroc": found.auroc(),
            "average_precision": found.average_precision(),
            "recall_at_fdr_10": found.recall_at_fdr(0.1),
            "recall_at_fdr_50": found.recall_at_fdr(0.5),
        }

    same = True
    expected: dict[str, float] = {}
    values: dict[str, float] = {}
    ways = {"submission, four numbers": four, "run, nine": lambda: ranking_values(label, score)}
    for who, mine in ways.items():
        found = compared(
            lambda mine=mine: values.update(mine()),
            lambda: expected.update(theirs()),
            repetitions,
            warm=False,
        )
        apart = max(abs(values[name] - value) for name, value in expected.items())
        same &= apart <= SAME
        note = f"numbers differ by {apart:.0e}"
        say(f"{bins:,} bins, as for a {who} / scikit-learn, two", found, note)
    sys.exit(not same)


if __name__ == "__main__":
    main()
