"""Which motifs of a database a matrix resembles, and how likely that is by chance.

Source: Tomtom, Gupta, Stamatoyannopoulos, Bailey & Noble (2007),
https://doi.org/10.1186/gb-2007-8-2-r24, with the complete scores of Tanaka, Bailey, Grant & Noble
(2011), https://doi.org/10.1093/bioinformatics/btr257.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

BINS = 100
"""Steps that column scores are rounded to, so that their sums have an exact distribution."""

Distance = Literal["pearson", "euclidean"]


@dataclass(frozen=True)
class Matches:
    """How a query compares with every target, as given and reverse complemented.

    Attributes:
        p_values: `(targets, 2)` in [0, 1]: how likely the best of all offsets and both strands
            of a random target of that width is at least as good as the best offset of this
            strand; columns are the target as given and its reverse complement.
        offsets: `(targets, 2)` int: the column of the target, or of its reverse complement, that
            lies at the first column of the query; negative where it would be before the target.
    """

    p_values: npt.NDArray[np.float64]
    offsets: npt.NDArray[np.int64]

    @property
    def q_values(self) -> npt.NDArray[np.float64]:
        """`(targets,)`: of the better strand, by Benjamini and Hochberg.

        As in Tomtom, both strands of every target count as tests.
        """
        from scipy.stats import false_discovery_control

        adjusted = false_discovery_control(self.p_values, axis=None)
        return adjusted.reshape(self.p_values.shape).min(axis=1)

    @property
    def e_values(self) -> npt.NDArray[np.float64]:
        """`(targets,)`: how many targets are expected to be as good as this one by chance."""
        return len(self.p_values) * self.p_values.min(axis=1)


def compare(
    query: np.ndarray,
    targets: Sequence[np.ndarray],
    *,
    distance: Distance = "pearson",
    min_overlap: int = 1,
) -> Matches:
    """Returns how a matrix compares with each of a database.

    Column scores are the correlation of two columns or their Euclidean distance, less their
    median over all columns of the database. A column of the query that lies beyond the target
    scores that median. Under the null, the scores of the query's columns are independent draws
    from their own scores over the database, and so are the scores of different offsets.

    Args:
        query: `(width, 4)` frequencies A, C, G, T.
        targets: `(width, 4)` frequencies each.
        distance: How two columns are compared; a column without preference correlates with
            nothing.
        min_overlap: Fewest columns that lie on the target; fewer where query or target is
            narrower.

    Raises:
        ValueError: If the query has no columns or there are no targets.
    """
    if not len(query) or not targets:
        raise ValueError("a comparison needs a query with columns, and targets")
    strands = [strand for target in targets for strand in (target, target[::-1, ::-1])]
    widths = np.array([len(strand) for strand in strands])
    scores, middle = _rounded(_column_scores(query, np.concatenate(strands), distance))
    tails = _Tails(scores, middle, min_overlap)
    padded = _aligned(scores, widths, middle)
    num_offsets = padded.shape[2] - len(query) + 1
    total = np.sum([padded[i, :, i : i + num_offsets] for i in range(len(query))], axis=0)
    best_offset = np.empty(len(strands), np.int64)
    p_values = np.empty(len(strands))
    for width in np.unique(widths):
        rows = np.flatnonzero(widths == width)
        allowed = tails.starts(int(width))
        of_width = total[rows][:, allowed]
        best_offset[rows] = allowed[of_width.argmax(axis=1)] - (len(query) - 1)
        p_values[rows] = tails.of_best(int(width))[of_width.max(axis=1)]
    both = -np.expm1(2 * np.log1p(-np.minimum(p_values, 1 - 1e-16)))
    return Matches(both.reshape(-1, 2), best_offset.reshape(-1, 2))


def _column_scores(query: np.ndarray, columns: np.ndarray, distance: Distance) -> np.ndarray:
    """Returns `(width, columns)` scores, larger for more alike, their median in each row 0."""
    if distance == "euclidean":
        scores = -np.linalg.norm(query[:, None] - columns[None], axis=-1)
    else:
        first, second = (_standardised(np.asarray(m, float)) for m in (query, columns))
        scores = first @ second.T
    return scores - np.median(scores, axis=1, keepdims=True)


def _standardised(columns: np.ndarray) -> np.ndarray:
    """Returns columns less their mean, of length 1; 0 where all letters are alike."""
    centred = columns - columns.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.where(norm > 1e-9, centred / np.maximum(norm, 1e-9), 0.0)


def _rounded(scores: np.ndarray) -> tuple[npt.NDArray[np.int64], int]:
    """Returns scores in steps from 0 to `BINS`, and the step of the median."""
    low, high = scores.min(), scores.max()
    step = BINS / (high - low) if high > low else 0.0
    return np.rint((scores - low) * step).astype(np.int64), round(-low * step)


def _aligned(scores: np.ndarray, widths: np.ndarray, middle: int) -> np.ndarray:
    """Returns `(query width, strands, positions)`, each strand between unaligned columns."""
    margin = len(scores) - 1
    padded = np.full((len(scores), len(widths), 2 * margin + widths.max()), middle, np.int64)
    inside = np.arange(widths.max()) < widths[:, None]
    padded[:, :, margin : margin + widths.max()][:, inside] = scores
    return padded


class _Tails:
    """Null distributions of sums of a query's rounded column scores.

    Args:
        scores: `(width, columns)` rounded scores over the database.
        middle: Score of a column that is not aligned.
        min_overlap: Fewest aligned columns.
    """

    def __init__(self, scores: np.ndarray, middle: int, min_overlap: int) -> None:
        self.width = len(scores)
        self.middle = middle
        self.min_overlap = min_overlap
        self.columns = [np.bincount(row, minlength=BINS + 1) / len(row) for row in scores]

    def starts(self, target: int) -> np.ndarray:
        """Returns the allowed offsets of a target of that width, 0 for one column's overlap."""
        found = np.arange(self.width + target - 1)
        overlap = [stop - start for start, stop in self._overlaps(target)]
        return found[np.array(overlap) >= min(self.min_overlap, self.width, target)]

    def _overlaps(self, target: int) -> list[tuple[int, int]]:
        """Returns, for every offset, the range of query columns that lie on the target."""
        margin = self.width - 1
        return [
            (max(0, margin - offset), min(self.width, margin - offset + target))
            for offset in range(self.width + target - 1)
        ]

    def of_best(self, target: int) -> np.ndarray:
        """Returns the chance that the best offset reaches each sum, `(width * BINS + 1,)`."""
        overlaps = self._overlaps(target)
        tails = [self._tail(*overlaps[offset]) for offset in self.starts(target)]
        with np.errstate(divide="ignore"):
            return -np.expm1(np.log1p(-np.minimum(tails, 1.0)).sum(axis=0))

    @functools.cache  # noqa: B019  (lives as long as one comparison)
    def _tail(self, start: int, stop: int) -> np.ndarray:
        """Returns the chance that one offset with this overlap reaches each sum."""
        sums = functools.reduce(np.convolve, self.columns[start:stop], np.ones(1))
        whole = np.zeros(self.width * BINS + 1)
        shift = (self.width - (stop - start)) * self.middle
        whole[shift : shift + len(sums)] = sums
        return whole[::-1].cumsum()[::-1]
