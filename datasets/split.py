"""What a split of a task is: rows in memory, memory-mapped, or made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tfbs.datasets.grid import Grid, Rows
from tfbs.datasets.planting import Placement

Progress = Callable[[str], None]
"""Is told what happens, a line at a time."""


SITE = 10
"""Base pairs to both sides of a summit that count as the site."""


class Placements(Protocol):
    """What was planted where: the positional truth of synthetic data."""

    def of(self, rows: npt.NDArray[np.int64]) -> list[tuple[Placement, ...]]:
        """Returns what was planted in each of `(k,)` rows of the split, from left to right."""
        ...


class RowArray(Protocol):
    """Like an array along its first axis; rows may be made only when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""
        ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Rows) -> npt.NDArray[Any]: ...


class Summits(Protocol):
    """Where peaks have their summits: the positional truth of real data."""

    def near(
        self, rows: npt.NDArray[np.int64], targets: npt.NDArray[np.int64], within: int
    ) -> npt.NDArray[np.bool_]:
        """Returns `(k, length)`: whether a position is within so many bp of a target's summit.

        Args:
            rows: `(k,)` rows of the split.
            targets: `(k,)` the target that each row is asked about.
            within: Largest distance, in base pairs.
        """
        ...


@dataclass(frozen=True)
class Split:
    """The examples of one split, memory-mapped or cut on the fly, and read-only.

    Attributes:
        ids: `(n,)` str, unique.
        sequence: `(n, length)` uint8 codes.
        label: `(n, targets)` int8; 1 bound, 0 unbound, -1 unknown.
        information: `(n, length)` float32, ground-truth information in bits; None where the
            task has no ground truth.
        tracks: `(n, length, tracks)` float16, NaN where a track covers nothing; None where the
            task has no tracks.
        grid: Where the rows lie on a genome; None for tasks of loose sequences.
        summits: Summits of the peaks; None where the task has none.
        logit: `(n, targets)` float32, the true logit; None where the law of the labels is not
            known.
        importance: `(n, length, 4)` float32, the exact effect of every substitution on the true
            logit of the first target: that of the mutant minus that of the sequence, 0 for the
            letter that is there; None where it is not known.
        placements: The planted motifs; None where none were planted, or nobody noted where.
    """

    ids: RowArray
    sequence: RowArray
    label: npt.NDArray[np.int8]
    information: RowArray | None = None
    tracks: RowArray | None = None
    grid: Grid | None = None
    summits: Summits | None = None
    logit: npt.NDArray[np.float32] | None = None
    importance: RowArray | None = None
    placements: Placements | None = None

    def __len__(self) -> int:
        """Returns the number of examples."""
        return len(self.ids)
