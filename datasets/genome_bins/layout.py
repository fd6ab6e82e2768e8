"""How a genome becomes examples."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import UNKNOWN, Codes
from tfbs.datasets.chromosomes import Renaming
from tfbs.datasets.genome_bins.folds import AUTO
from tfbs.datasets.genome_bins.grids import GRID_RULES, GridRule, dream, restored, tiled
from tfbs.datasets.genome_bins.labels import LabelRule
from tfbs.datasets.intervals import Spans, overlaps_any
from tfbs.errors import UserError


@dataclass(frozen=True)
class Layout:
    """How the genome becomes examples.

    Attributes:
        bin: Width of a bin, in base pairs.
        step: From one bin to the next.
        grid: `tiled`: every bin inside a chromosome that has a known letter; `dream`: those of the
            ENCODE-DREAM challenge.
        context: Width of the window around a bin that a model sees; beyond the chromosome's
            ends it is N.
        margin: First and last so many base pairs of a chromosome that hold no bins.
        rule: How peaks label bins.
        folds: `auto`, a preset or a JSON file.
        held_out_cells: Cells that are neither trained nor validated on: split `test_cell`.
        held_out_targets: Factors whose labels are known in the split `test_tf` alone.
        withheld: Chromosomes of which no peaks are known.
        scale_tracks: Whether tracks are stored as log(1 + x / mean) with the mean over the
            covered positions that are not excluded, or as they are.
        renaming: How other names of chromosomes are mapped to the genome's.
    """

    bin: int = 200
    step: int = 50
    grid: GridRule = "tiled"
    context: int = 1000
    margin: int = 0
    rule: LabelRule = field(default_factory=LabelRule)
    folds: str | Path = AUTO
    held_out_cells: tuple[str, ...] = ()
    held_out_targets: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    scale_tracks: bool = True
    renaming: Renaming = None

    def __post_init__(self) -> None:
        for held_out in ("held_out_cells", "held_out_targets"):
            object.__setattr__(self, held_out, tuple(dict.fromkeys(getattr(self, held_out))))
        if self.bin < 1 or self.step < 1 or self.margin < 0:
            raise UserError("bin and step are at least 1, margin at least 0")
        if self.grid not in GRID_RULES:
            raise UserError(f"no grid is called {self.grid!r}; there are {', '.join(GRID_RULES)}")
        if self.context < self.bin or (self.context - self.bin) % 2:
            raise UserError(
                f"context {self.context} does not fit: it is bin ({self.bin}) plus the same "
                "number of base pairs on both sides"
            )


def grid_bins(
    layout: Layout, chromosome: str, length: int, excluded: Spans | None
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Returns the starts of all bins of a chromosome, and which are kept.

    Args:
        layout: How.
        chromosome: Its name.
        length: In base pairs.
        excluded: Merged excluded intervals on it.
    """
    if layout.grid == "dream":
        starts = dream(length, layout.step)
    else:
        starts = tiled(length, layout.bin, layout.step, layout.margin)
    none = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    kept = ~overlaps_any((starts, starts + layout.bin), excluded or none)
    if layout.grid == "dream":
        kept |= restored(chromosome, length, starts)
    return starts, kept


def in_gaps(codes: Codes, starts: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.bool_]:
    """Returns which bins have no known letter: a gap of the assembly is no example of anything.

    Args:
        codes: `(length,)` of the chromosome.
        starts: `(bins,)`.
        width: Of a bin.
    """
    unknown = np.zeros(len(codes) + 2, np.int8)
    unknown[1:-1] = np.asarray(codes) == UNKNOWN
    edges = np.flatnonzero(np.diff(unknown))
    gap = np.searchsorted(edges[::2], starts, side="right") - 1
    ends = np.append(edges[1::2], -1)  # the last is that of no gap
    return np.asarray(ends[gap] >= starts + width)
