"""Scores a submission as the challenge did: ambiguous bins dropped, held-out chromosomes only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tfbs.benchmark.dream.names import SubmissionName
from tfbs.benchmark.dream.truth import Truth
from tfbs.benchmark.evaluation.precision_recall import Thresholds
from tfbs.datasets.encode_dream.region_files import Problems, read_blocks
from tfbs.datasets.grid import Grid
from tfbs.errors import UserError

FOLDS = 10
VERSION = 1
"""Raised when a change moves a measure that ranks are made of: leaderboards mix no two."""

_NUMBER = r"^[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|nan|NaN|inf|Inf)$"

RANKED = ("auroc", "auprc_interpolated", "recall_at_fdr_50", "recall_at_fdr_10")
"""The four measures that ranks are made of."""

MEASURES = {
    "auroc": "area under the ROC curve",
    "auprc_interpolated": "area under precision-recall by Davis & Goadrich: the challenge's auPRC",
    "average_precision": "area under precision-recall steps",
    "auprc_trapezoid": "area under straight precision-recall lines; rewards ties",
    "auprc_integral": "the interpolated area with steps of no size (Keilwagen et al. 2014)",
    "recall_at_fdr_50": "largest recall with a false discovery rate of at most 50 %",
    "recall_at_fdr_25": "likewise 25 %",
    "recall_at_fdr_10": "likewise 10 %",
    "recall_at_fdr_5": "likewise 5 %",
}


@dataclass(frozen=True)
class Scores:
    """Measures of one submission.

    Attributes:
        values: Every measure of `MEASURES`.
        folds: `(10, 4)` float64: the measures of `RANKED` without each contiguous tenth.
        bound: Bound bins.
        unbound: Unbound bins.
        ambiguous: Bins that are dropped.
    """

    values: dict[str, float]
    folds: npt.NDArray[np.float64]
    bound: int
    unbound: int
    ambiguous: int


def read_scores(
    path: Path, name: SubmissionName, truth: Truth
) -> npt.NDArray[np.float64] | Problems:
    """Returns `(ladder bins,)` scores of a file, or what is wrong with it.

    Args:
        path: Tab-separated `chr start stop probability`, plain or gzip, without header.
        name: What its name says: L has the bins of the ladder, F and B all.
        truth: The bins.
    """
    grid = truth.ladder if name.letter == "L" else truth.every
    to_ladder = _Ladder(grid, truth.ladder)
    problems = Problems(path)
    found = np.full(len(truth.ladder), np.nan)
    for block in read_blocks(path, 1, grid, problems):
        (text,) = block.values
        value, numbers = _numbers(text)
        nan = numbers & np.isnan(value)
        outside = numbers & ~nan & ((value < 0) | (value > 1))
        problems.add_lines("scores are no numbers", block.lines, ~numbers, text)
        problems.add_lines("scores are NaN", block.lines, nan, text)
        problems.add_lines("scores are outside 0 to 1", block.lines, outside, text)
        row = to_ladder(block.row)
        found[row[row >= 0]] = value[row >= 0]
    return problems if problems else found


def score(label: npt.NDArray[np.int8], value: npt.NDArray[np.float64]) -> Scores:
    """Returns all measures.

    Args:
        label: `(n,)` int8: 1 bound, 0 unbound, -1 ambiguous; both classes present.
        value: `(n,)`, higher is likelier.

    Raises:
        UserError: If fewer than two bins are bound, or unbound: without a tenth of them there may
            be none, and nothing is defined.
    """
    known = label >= 0
    for word, own in (("bound", 1), ("unbound", 0)):
        if (number := int((label == own).sum())) < 2:
            raise UserError(f"{number} bins are {word}: two are the least that can be scored")
    order = np.flatnonzero(known)[np.argsort(-value[known], kind="stable")]
    ranked = label[order], value[order]
    everything = Thresholds.of_ranked(*ranked)
    fold = tenths(label)[order]
    folds = [
        [
            _measures(Thresholds.of_ranked(*(part[fold != left_out] for part in ranked)))[m]
            for m in RANKED
        ]
        for left_out in range(FOLDS)
    ]
    return Scores(
        values=_measures(everything, everything=True),
        folds=np.array(folds),
        bound=int((label == 1).sum()),
        unbound=int((label == 0).sum()),
        ambiguous=int((~known).sum()),
    )


def tenths(label: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Returns `(n,)` int8: to which tenth of its class, in file order, each bin belongs.

    Bound, unbound and ambiguous bins are cut apart, and the first tenths have one more where a
    class does not divide by ten: scikit-learn's stratified folds of 2016 without shuffle. The
    challenge left out each in turn and called that a bootstrap.
    """
    fold = np.zeros(len(label), np.int8)
    for value in (-1, 0, 1):
        for number, rows in enumerate(np.array_split(np.flatnonzero(label == value), FOLDS)):
            fold[rows] = number
    return fold


def _measures(found: Thresholds, *, everything: bool = False) -> dict[str, float]:
    values = {
        "auroc": found.auroc(),
        "auprc_interpolated": found.interpolated(),
        "recall_at_fdr_50": found.recall_at_fdr(0.5),
        "recall_at_fdr_10": found.recall_at_fdr(0.1),
    }
    if everything:
        values |= {
            "average_precision": found.average_precision(),
            "auprc_trapezoid": found.trapezoid(),
            "auprc_integral": found.integral(),
            "recall_at_fdr_25": found.recall_at_fdr(0.25),
            "recall_at_fdr_5": found.recall_at_fdr(0.05),
        }
        values = {name: values[name] for name in MEASURES}
    return values


class _Ladder:
    """Rows of a grid as rows of the ladder; -1 where they are not on it."""

    def __init__(self, grid: Grid, ladder: Grid) -> None:
        self.bounds = grid.bounds()
        own = dict(zip(ladder.chromosomes, ladder.bounds().tolist(), strict=False))
        first = [own.get(name, -1) for name in grid.chromosomes]
        self.first = np.array(first)

    def __call__(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        chromosome = np.searchsorted(self.bounds, rows, side="right") - 1
        known = (rows >= 0) & (self.first[chromosome] >= 0)
        return np.where(known, rows - self.bounds[chromosome] + self.first[chromosome], -1)


def _numbers(text: pa.Array) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Returns values, and which of the words are numbers."""
    try:
        return np.asarray(pc.cast(text, pa.float64())), np.ones(len(text), bool)
    except pa.ArrowInvalid:
        fine = pc.match_substring_regex(text, _NUMBER)
        values = pc.cast(pc.if_else(fine, text, "0"), pa.float64())
        return np.asarray(values), np.asarray(fine)
