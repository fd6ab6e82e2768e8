"""The bins of the challenge, by recipe: chromosomes' lengths and 411 excluded intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from tfbs.datasets.encode_dream.hg19 import HELD_OUT
from tfbs.datasets.genome_bins.plan import Layout, grid_bins
from tfbs.datasets.grid import Grid, runs_of
from tfbs.datasets.intervals import Spans

RegionSet = Literal["train", "ladder", "test"]
"""`train`: all but the held-out chromosomes; `ladder`: the held-out ones; `test`: all."""

LAYOUT = Layout(grid="dream")


def dream_grid(
    lengths: Mapping[str, int],
    excluded: Mapping[str, Spans],
    regions: RegionSet,
    held_out: tuple[str, ...] = HELD_OUT,
) -> Grid:
    """Returns the bins of a region file, in its order: chromosomes by the letters of their names.

    On hg19 with its 411 excluded intervals these are 51,676,736, 8,843,011 and 60,519,747 bins.

    Args:
        lengths: Of the chromosomes, in base pairs.
        excluded: Merged excluded intervals by chromosome.
        regions: Which file.
        held_out: Names of the held-out chromosomes.
    """
    names = {
        "train": sorted(set(lengths) - set(held_out)),
        "ladder": sorted(set(lengths) & set(held_out)),
        "test": sorted(lengths),
    }[regions]
    runs = []
    for index, name in enumerate(names):
        starts, kept = grid_bins(LAYOUT, name, lengths[name], excluded.get(name))
        runs.append(runs_of(starts[kept], index, LAYOUT.step))
    return Grid(tuple(names), ("",), np.concatenate(runs), LAYOUT.bin, LAYOUT.step)
