"""The files of `yeast_chipexo`: point calls become peaks, a genome is checked by its content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tfbs.datasets.chromosomes import AUTO, guess_names
from tfbs.datasets.genome_bins.inputs import Inputs
from tfbs.datasets.genome_bins.labels import LabelRule
from tfbs.datasets.genome_bins.layout import Layout
from tfbs.datasets.genome_files import genome_hash, read_genome
from tfbs.datasets.interval_files import ChromosomeIntervals, IntervalFile, read_intervals
from tfbs.datasets.tracks import read_track
from tfbs.errors import UserError

FACTORS = (
    "Abf1",
    "Cbf1",
    "Cin5",
    "Fkh1",
    "Gcr1",
    "Hsf1",
    "Mcm1",
    "Phd1",
    "Rap1",
    "Reb1",
    "Sok2",
    "Sua7",
    "Swi4",
    "Tbf1",
    "Ume6",
)
CHROMOSOMES = tuple(
    f"chr{number}"
    for number in "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI".split()  # noqa: SIM905
)
GENOME = "single_sequences.2bit"
EXCLUDED = "ChExMix_Peak_Filter_List_190612.bed"
FRAGMENTS = "yeast_500k_SRR1822137.bedpe.gz"
GENOME_HASH = "718db744d8052a5b699f9186e4200c50b615fc6d70178da56d3b03a1fa7497ac"
"""Of the sixteen nuclear chromosomes of sacCer3 (R64-1-1), see `genome_hash`."""

REACH = 50
"""Base pairs on both sides of a call that count as its peak."""

LAYOUT = Layout(rule=LabelRule("center"), folds="yeast", renaming=AUTO)


def peak_file(factor: str) -> str:
    """Returns the name of a factor's file of calls."""
    return f"{factor}_CX.bed"


def all_files() -> tuple[str, ...]:
    """Returns the names of all files that the task is made of."""
    return (GENOME, EXCLUDED, FRAGMENTS, *(peak_file(factor) for factor in FACTORS))


def read_files(files: Mapping[str, Path]) -> Inputs:
    """Returns what the files hold, with chromosomes named chrI to chrXVI.

    Args:
        files: Path by name, for every one of `all_files`.

    Raises:
        UserError: If a file cannot be read, or the genome is not sacCer3.
    """
    genome = _read_nuclear(files[GENOME])
    lengths = {name: len(codes) for name, codes in genome.items()}
    peaks = {
        (factor, ""): _widened(read_intervals(files[peak_file(factor)], lengths, AUTO), lengths)
        for factor in FACTORS
    }
    return Inputs(
        genome=genome,
        genome_file=files[GENOME].name,
        peaks=peaks,
        relaxed=peaks,
        tracks={("ATAC", ""): read_track(files[FRAGMENTS], lengths, AUTO)},
        exclude=(read_intervals(files[EXCLUDED], lengths, AUTO),),
    )


def _read_nuclear(path: Path) -> dict[str, np.ndarray]:
    """Returns the sixteen nuclear chromosomes of a genome file, under their own names."""
    found = read_genome(path)
    names = {target: name for name, target in guess_names(found, CHROMOSOMES).items()}
    genome = {name: found[names[name]] for name in CHROMOSOMES if name in names}
    if genome_hash(genome) != GENOME_HASH:
        raise UserError(
            f"{path}: this is not the yeast genome sacCer3 (R64-1-1): its nuclear chromosomes have "
            "another content"
        )
    return genome


def _widened(calls: IntervalFile, lengths: Mapping[str, int]) -> IntervalFile:
    """Returns peaks of 101 bp around calls of 1 bp, whose summits the calls are."""
    chromosomes = {
        name: ChromosomeIntervals(
            np.maximum(found.starts - REACH, 0),
            np.minimum(found.starts + REACH + 1, lengths[name]),
            found.starts,
        )
        for name, found in calls.chromosomes.items()
    }
    return IntervalFile(calls.file, calls.sha256, chromosomes, calls.count, True, calls.notes)
