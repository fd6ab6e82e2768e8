"""What the files of a genome task hold, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.chromosomes import Renaming
from tfbs.datasets.genome_bins.layout import Layout
from tfbs.datasets.genome_files import read_genome
from tfbs.datasets.interval_files import IntervalFile, read_intervals
from tfbs.datasets.split import Progress
from tfbs.datasets.tracks import Track, read_track
from tfbs.errors import UserError

Pair = tuple[str, str]
"""A factor (or a track) and a cell type; the cell is empty where cells are not told apart."""


@dataclass(frozen=True)
class Sources:
    """The files of one task.

    Attributes:
        genome: FASTA or 2bit.
        peaks: BED or narrowPeak by factor and cell.
        relaxed: A second, larger set of the same, for what is ambiguous.
        tracks: bigWig, or BED of fragments, by track and cell; a track without a cell is every
            cell's.
        exclude: BED files; bins that touch an interval are left out.
    """

    genome: Path
    peaks: Mapping[Pair, Path]
    relaxed: Mapping[Pair, Path] = field(default_factory=dict)
    tracks: Mapping[Pair, Path] = field(default_factory=dict)
    exclude: tuple[Path, ...] = ()


GivenLabels = Mapping[str, npt.NDArray[np.int8]]
"""By chromosome, `(bins,)` labels of its bins in order; chromosomes that are not in it are
unknown."""


@dataclass(frozen=True)
class Inputs:
    """What the files hold.

    Attributes:
        genome: Codes by chromosome.
        genome_file: Name of its file.
        peaks: Peaks by factor and cell.
        relaxed: Likewise, the second set.
        tracks: By track and cell, for every cell.
        exclude: Excluded regions.
        given: By factor and cell, labels that come as such and not as peaks.
        label_files: Name and sha256 of the files of those.
        notes: What a user should know.
    """

    genome: dict[str, Codes]
    genome_file: str
    peaks: Mapping[Pair, IntervalFile] = field(default_factory=dict)
    relaxed: Mapping[Pair, IntervalFile] = field(default_factory=dict)
    tracks: Mapping[Pair, Track] = field(default_factory=dict)
    exclude: tuple[IntervalFile, ...] = ()
    given: Mapping[Pair, GivenLabels] = field(default_factory=dict)
    label_files: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def read_sources(sources: Sources, layout: Layout, progress: Progress) -> Inputs:
    """Returns what the files hold; of the tracks not yet the values.

    Args:
        sources: The files.
        layout: For the cells and the renaming.
        progress: Is told what happens.

    Raises:
        UserError: If a file cannot be used, or the files do not go together.
    """
    _, cells = targets_and_cells(sources.peaks, layout)
    if lonely := set(sources.relaxed) - set(sources.peaks):
        raise UserError(f"--relaxed {pair_name(min(lonely))} has no --peaks beside it")
    if foreign := {cell for _, cell in sources.tracks} - set(cells) - {""}:
        raise UserError(f"--tracks of cell {min(foreign)!r}: no peaks are of that cell")
    progress(f"reading {sources.genome.name}")
    genome = read_genome(sources.genome)
    lengths = {name: len(codes) for name, codes in genome.items()}
    progress(f"reading {len(sources.peaks) + len(sources.relaxed)} files of peaks")
    peaks, relaxed = (
        {pair: read_intervals(path, lengths, layout.renaming) for pair, path in files.items()}
        for files in (sources.peaks, sources.relaxed)
    )
    return Inputs(
        genome,
        sources.genome.name,
        peaks,
        relaxed,
        _read_tracks(sources, cells, lengths, layout.renaming),
        tuple(read_intervals(path, lengths, layout.renaming) for path in sources.exclude),
    )


def targets_and_cells(
    peaks: Mapping[Pair, object], layout: Layout
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns targets and cells in the order they are given, held-out cells last.

    Args:
        peaks: Or labels, by factor and cell.
        layout: For what is held out.

    Raises:
        UserError: If there are none, or nothing is left to train on.
    """
    if not peaks:
        raise UserError("no peaks given; give --peaks FACTOR=FILE")
    targets = tuple(dict.fromkeys(target for target, _ in peaks))
    cells = tuple(dict.fromkeys(cell for _, cell in peaks))
    if "" in cells and len(cells) > 1:
        raise UserError("--peaks FACTOR/CELL=FILE names the cell for all peaks or for none")
    for kind, asked, known in (
        ("cell", layout.held_out_cells, cells),
        ("factor", layout.held_out_targets, targets),
    ):
        if unknown := set(asked) - set(known):
            raise UserError(
                f"held-out {kind} {min(unknown)!r} has no peaks; there are {', '.join(known)}"
            )
        if asked and not set(known) - set(asked):
            raise UserError(f"every {kind} is held out; at least one is needed for training")
    ordered = sorted(cells, key=lambda cell: cell in layout.held_out_cells)
    return targets, tuple(ordered)


def _read_tracks(
    sources: Sources, cells: tuple[str, ...], lengths: Mapping[str, int], renaming: Renaming
) -> dict[Pair, Track]:
    names = tuple(dict.fromkeys(name for name, _ in sources.tracks))
    files = {path: read_track(path, lengths, renaming) for path in set(sources.tracks.values())}
    tracks = {}
    for name in names:
        for cell in cells:
            path = sources.tracks.get((name, cell)) or sources.tracks.get((name, ""))
            if path is None:
                raise UserError(f"track {name!r} is missing for cell {cell!r}")
            tracks[name, cell] = files[path]
    return tracks


def pair_name(pair: Pair) -> str:
    """Returns `FACTOR/CELL`, or `FACTOR` where cells are not told apart."""
    return "/".join(part for part in pair if part)
