"""From the files of each source to what a genome task is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from tfbs.datasets.downloads import PublicFile
from tfbs.datasets.encode_dream.assignment import ABOUT, Assignment, open_peaks
from tfbs.datasets.encode_dream.hg19 import (
    EXCLUDED_FILE,
    GENOME_FILE,
    HELD_OUT,
    Reference,
    read_reference,
)
from tfbs.datasets.encode_dream.label_files import label_file, read_labels
from tfbs.datasets.encode_dream.pairs import cells_of
from tfbs.datasets.encode_dream.regions import RegionSet, dream_grid
from tfbs.datasets.encode_dream.uniform import LIST, UniformFile, choose
from tfbs.datasets.genome_bins.inputs import GivenLabels, Inputs, Pair
from tfbs.datasets.genome_bins.layout import Layout
from tfbs.datasets.interval_files import IntervalFile, read_intervals
from tfbs.datasets.text_files import sha256
from tfbs.datasets.tracks import Track, read_track

Fetch = Callable[[Sequence[PublicFile]], dict[str, Path]]
"""Returns the path of each file by its name."""

TRACK = "DNase"

_PEAKS_URL = (
    "https://raw.githubusercontent.com/uci-cbcl/FactorNet/90ee7894154854bd05b8875b088e69cf10d43841"
    "/data"
)
_LOGIN = "https://www.synapse.org/#!Synapse:syn6131484 (free login; {folder})"
_LABELS = _LOGIN.format(folder="ChIP-seq labels, syn6181335, syn8441154, syn8442975, syn8077511")
_DNASE = _LOGIN.format(folder="DNase fold change, syn6176233")


def read_inputs(asked: Assignment, fetch: Fetch, reference: Reference) -> Inputs:
    """Returns what the files of a task hold.

    Args:
        asked: The task.
        fetch: Gets files.
        reference: The genome.

    Raises:
        UserError: If a file is missing or is not what it should be.
    """
    return {"official": _official, "open": _open, "uniform": _uniform}[asked.source](
        asked, fetch, reference
    )


def layout_of(asked: Assignment, inputs: Inputs) -> Layout:
    """Returns how a task is laid out: the challenge's bins in 1,000 bp, its chromosomes held out.

    Args:
        asked: The task.
        inputs: What its files hold.
    """
    is_open = asked.source == "open"
    return Layout(
        grid="dream",
        folds="dream_open" if is_open else "dream",
        withheld=HELD_OUT if is_open else (),
        held_out_cells=asked.held_out_cells((*inputs.peaks, *inputs.given)),
        held_out_targets=asked.held_out_targets,
    )


def _open(asked: Assignment, fetch: Fetch, reference: Reference) -> Inputs:
    """Reads conservative and relaxed peaks, which need no login."""
    digests = open_peaks()
    names = {pair: _peak_files(*pair) for pair in asked.pairs}
    peaks = [
        PublicFile(name, f"{_PEAKS_URL}/{cell}/{name}", digest)
        for (factor, cell), both in names.items()
        for name, digest in zip(both, digests[factor, cell], strict=True)
    ]
    files = fetch([GENOME_FILE, EXCLUDED_FILE, *peaks])
    genome = read_reference(files[GENOME_FILE.name], reference)
    strict, relaxed = (
        {pair: _intervals(files[both[index]], reference) for pair, both in names.items()}
        for index in (0, 1)
    )
    return Inputs(
        genome,
        files[GENOME_FILE.name].name,
        strict,
        relaxed,
        exclude=(_intervals(files[EXCLUDED_FILE.name], reference),),
        notes=_notes(asked),
    )


def _uniform(asked: Assignment, fetch: Fetch, reference: Reference) -> Inputs:
    """Reads the uniform peaks, which the list beside them names."""
    files = fetch([LIST, GENOME_FILE, EXCLUDED_FILE])
    chosen: dict[Pair, UniformFile] = choose(files[LIST.name], asked.factor, asked.targets)
    files |= fetch([file.public for file in chosen.values()])
    genome = read_reference(files[GENOME_FILE.name], reference)
    return Inputs(
        genome,
        files[GENOME_FILE.name].name,
        {pair: _intervals(files[file.public.name], reference) for pair, file in chosen.items()},
        exclude=(_intervals(files[EXCLUDED_FILE.name], reference),),
        notes=_notes(asked),
    )


def _official(asked: Assignment, fetch: Fetch, reference: Reference) -> Inputs:
    """Reads labels and DNase-seq of the challenge."""
    cells = tuple(dict.fromkeys(cell for _, cell in asked.pairs))
    labels = {
        label_file(target, kind): (target, kind)
        for target in asked.targets
        for kind in _label_kinds(asked, target)
    }
    tracks = {cell: f"DNASE.{cell}.fc.signal.bigwig" for cell in cells}
    wanted = [PublicFile(name, source=_LABELS) for name in labels]
    wanted += [PublicFile(name, source=_DNASE) for name in tracks.values()]
    files = fetch([GENOME_FILE, EXCLUDED_FILE, *wanted])
    genome = read_reference(files[GENOME_FILE.name], reference)
    excluded = _intervals(files[EXCLUDED_FILE.name], reference)
    given: dict[Pair, dict[str, np.ndarray]] = {pair: {} for pair in asked.pairs}
    for name, (target, kind) in labels.items():
        found = _read_given(files[name], kind, excluded, reference)
        for cell, by_chromosome in found.items():
            if (target, cell) in given:
                given[target, cell].update(by_chromosome)
    return Inputs(
        genome,
        files[GENOME_FILE.name].name,
        tracks=_tracks({cell: files[name] for cell, name in tracks.items()}, reference),
        exclude=(excluded,),
        given=given,
        label_files=tuple((name, sha256(files[name])) for name in labels),
        notes=_notes(asked),
    )


def _label_kinds(asked: Assignment, target: str) -> tuple[str, ...]:
    """Returns which label files of a factor a task needs."""
    final = ("test",) if cells_of(target, "final") else ()
    if asked.protocol == "within":
        return ("train_wc", *final)
    return ("train", "val", *(final if asked.protocol == "cross" else ()))


def _read_given(
    path: Path, kind: str, excluded: IntervalFile, reference: Reference
) -> dict[str, GivenLabels]:
    """Returns the labels of a file by cell and chromosome."""
    spans = {name: found.spans for name, found in excluded.chromosomes.items()}
    regions: RegionSet = "train" if kind.startswith("train") else "ladder"
    grid = dream_grid(reference.lengths, spans, regions, HELD_OUT)
    bounds = grid.bounds()
    return {
        cell: {
            name: label[begin:end]
            for name, begin, end in zip(grid.chromosomes, bounds, bounds[1:], strict=False)
        }
        for cell, label in read_labels(path, grid).items()
    }


def _tracks(files: Mapping[str, Path], reference: Reference) -> dict[Pair, Track]:
    return {(TRACK, cell): read_track(path, reference.lengths) for cell, path in files.items()}


def _peak_files(factor: str, cell: str) -> tuple[str, str]:
    """Returns the official names of conservative and relaxed peaks."""
    return (
        f"ChIPseq.{cell}.{factor}.conservative.train.narrowPeak.gz",
        f"ChIPseq.{cell}.{factor}.relaxed.narrowPeak.gz",
    )


def _intervals(path: Path, reference: Reference) -> IntervalFile:
    return read_intervals(path, reference.lengths)


def _notes(asked: Assignment) -> tuple[str, ...]:
    notes = [f"{asked.source}: {ABOUT[asked.source]}"]
    if asked.source == "official" and asked.protocol == "cross":
        unscored = cells_of(asked.factor, "leaderboard")
        if unscored:
            notes.append(
                f"labels of the leaderboard's {', '.join(unscored)} are not among the official "
                "label files: unknown; predictions for it can be written"
            )
    return tuple(notes)
