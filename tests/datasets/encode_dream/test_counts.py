"""Labels made of real peaks, against the counts of the challenge's own label files."""

from __future__ import annotations

import numpy as np
import pytest

from tfbs.datasets.encode_dream.hg19 import HG19
from tfbs.datasets.encode_dream.regions import challenge_grid
from tfbs.datasets.genome_bins.labels import LabelRule, label_bins
from tfbs.datasets.interval_files import read_intervals

COUNTS = {  # bound and ambiguous bins of the training chromosomes
    ("REST", "H1-hESC"): (71_251, 442_178),
    ("REST", "HepG2"): (67_453, 489_388),
    ("SRF", "GM12878"): (40_201, 343_884),
    ("SRF", "H1-hESC"): (21_495, 267_252),
}


@pytest.mark.parametrize(("factor", "cell"), list(COUNTS))
def test_label_counts_are_the_official_ones(shared_data, factor, cell):
    folder = shared_data / "dream-peaks-hg19"
    strict, relaxed = (
        read_intervals(folder / f"ChIPseq.{cell}.{factor}.{kind}.narrowPeak.gz", HG19.lengths)
        for kind in ("conservative.train", "relaxed")
    )
    grid = challenge_grid("train")
    chromosome, start = grid.chromosome(slice(0, len(grid))), grid.start(slice(0, len(grid)))
    bounds = np.searchsorted(chromosome, np.arange(len(grid.chromosomes) + 1))
    bound = ambiguous = 0
    for name, first, end in zip(grid.chromosomes, bounds, bounds[1:], strict=False):
        own = start[first:end]
        label = label_bins(
            (own, own + 200),
            strict.chromosomes.get(name),
            relaxed.chromosomes.get(name),
            LabelRule("dream"),
            has_relaxed=True,
        )
        bound += int((label == 1).sum())
        ambiguous += int((label == -1).sum())
    assert (bound, ambiguous) == COUNTS[factor, cell]
