"""The bins of the challenge, by recipe: chromosomes' lengths and 411 excluded intervals."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Literal

import numpy as np

from tfbs.datasets.encode_dream.hg19 import HELD_OUT
from tfbs.datasets.genome_bins.layout import Layout, grid_bins
from tfbs.datasets.grid import Grid, runs_of
from tfbs.datasets.intervals import Spans

RegionSet = Literal["train", "ladder", "test"]
"""`train`: all but the held-out chromosomes; `ladder`: the held-out ones; `test`: all."""

LAYOUT = Layout(grid="dream")


def challenge_grid(regions: RegionSet) -> Grid:
    """Returns the bins of the challenge's own region file on hg19, with no file at hand.

    `regions.tsv` holds what `dream_grid` gives for hg19 and the DAC exclusion list.

    Args:
        regions: Which file.
    """
    text = resources.files(__package__).joinpath("regions.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    names = tuple(dict.fromkeys(name for name, *_ in rows))
    runs = np.array([(names.index(name), int(start), int(bins)) for name, start, bins in rows])
    return _region_set(Grid(names, ("",), runs, LAYOUT.bin, LAYOUT.step), regions, HELD_OUT)


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
    names = tuple(sorted(lengths))
    runs = []
    for index, name in enumerate(names):
        starts, kept = grid_bins(LAYOUT, name, lengths[name], excluded.get(name))
        runs.append(runs_of(starts[kept], index, LAYOUT.step))
    whole = Grid(names, ("",), np.concatenate(runs), LAYOUT.bin, LAYOUT.step)
    return _region_set(whole, regions, held_out)


def _region_set(whole: Grid, regions: RegionSet, held_out: tuple[str, ...]) -> Grid:
    if regions == "test":
        return whole
    ladder = {name for name in whole.chromosomes if name in held_out}
    return whole.only(ladder if regions == "ladder" else set(whole.chromosomes) - ladder)
