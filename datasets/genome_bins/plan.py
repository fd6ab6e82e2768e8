"""Everything a genome task is made of, read and checked before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.chromosomes import Renaming, match_chromosomes
from tfbs.datasets.genome_bins.folds import AUTO, Folds, resolve_folds
from tfbs.datasets.genome_bins.grids import GRID_RULES, GridRule, dream, restored, tiled
from tfbs.datasets.genome_bins.labels import LabelRule
from tfbs.datasets.genome_files import genome_hash, read_genome
from tfbs.datasets.interval_files import IntervalFile, read_intervals
from tfbs.datasets.intervals import Spans, merge, overlaps_any
from tfbs.datasets.split import Progress
from tfbs.datasets.tracks import Track, read_track
from tfbs.errors import UserError

Pair = tuple[str, str]
"""A factor (or a track) and a cell type; the cell is empty where cells are not told apart."""

EXPECTED_PEAKS = 100
"""A chromosome without a peak is unknown where this many would be expected on it by its length:
then it was left out by construction. Peaks cluster, so ten are not enough: of the 168 calls of
yeast Gcr1 none is on chrXIV, where eleven would be expected."""


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


@dataclass(frozen=True)
class Layout:
    """How the genome becomes examples.

    Attributes:
        bin: Width of a bin, in base pairs.
        step: From one bin to the next.
        grid: `tiled`: every bin inside a chromosome; `dream`: those of the ENCODE-DREAM challenge.
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
        if self.bin < 1 or self.step < 1 or self.margin < 0:
            raise UserError("bin and step are at least 1, margin at least 0")
        if self.grid not in GRID_RULES:
            raise UserError(f"no grid is called {self.grid!r}; there are {', '.join(GRID_RULES)}")
        if self.context < self.bin or (self.context - self.bin) % 2:
            raise UserError(
                f"context {self.context} does not fit: it is bin ({self.bin}) plus the same "
                "number of base pairs on both sides"
            )


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


@dataclass(frozen=True)
class Plan:
    """A genome task, ready to be written.

    Attributes:
        genome: Codes by chromosome, of the chromosomes in the folds.
        targets: The factors.
        cells: Cell types, held-out ones last; one empty name where they are not told apart.
        track_names: The tracks.
        peaks: Peaks by factor and cell.
        relaxed: Likewise, the second set.
        given: By factor and cell, labels that come as such and not as peaks.
        tracks: By track and cell, for every cell.
        excluded: Merged excluded intervals by chromosome.
        folds: Chromosomes by split.
        layout: How.
        metadata: Sources, rules and notes, all JSON.
    """

    genome: dict[str, Codes]
    targets: tuple[str, ...]
    cells: tuple[str, ...]
    track_names: tuple[str, ...]
    peaks: Mapping[Pair, IntervalFile]
    relaxed: Mapping[Pair, IntervalFile]
    given: Mapping[Pair, GivenLabels]
    tracks: Mapping[Pair, Track]
    excluded: Mapping[str, Spans]
    folds: Folds
    layout: Layout
    metadata: dict[str, Any]

    def grid_bins(self, chromosome: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Returns the starts of all bins of a chromosome, and which are kept."""
        length = len(self.genome[chromosome])
        return grid_bins(self.layout, chromosome, length, self.excluded.get(chromosome))

    def is_known(self, pair: Pair, chromosome: str) -> bool:
        """Returns whether it is known where a factor binds on a chromosome in a cell."""
        if pair in self.given:
            return chromosome in self.given[pair]
        if pair not in self.peaks or chromosome in self.layout.withheld:
            return False
        found = self.peaks[pair]
        return chromosome in found.chromosomes or not self._is_missing(found, chromosome)

    def _is_missing(self, found: IntervalFile, chromosome: str) -> bool:
        """Returns whether a chromosome without peaks should have many by its length."""
        whole = int(self.metadata["genome_length"])
        length = int(self.metadata["chromosome_lengths"][chromosome])
        return found.count * length / whole >= EXPECTED_PEAKS

    def is_without(self, pair: Pair, chromosome: str) -> bool:
        """Returns whether a chromosome has no peaks and is taken as unbound nevertheless."""
        return self.is_known(pair, chromosome) and chromosome not in self.peaks[pair].chromosomes


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


def read_sources(sources: Sources, layout: Layout, progress: Progress) -> Inputs:
    """Returns what the files hold; of the tracks not yet the values.

    Args:
        sources: The files.
        layout: For the cells and the renaming.
        progress: Is told what happens.

    Raises:
        UserError: If a file cannot be used, or the files do not go together.
    """
    _, cells = _names(sources.peaks, layout)
    if lonely := set(sources.relaxed) - set(sources.peaks):
        raise UserError(f"--relaxed {_pair_name(min(lonely))} has no --peaks beside it")
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


def make_plan(inputs: Inputs, layout: Layout) -> Plan:
    """Returns the plan of a task.

    Args:
        inputs: What the files hold.
        layout: How they become examples.

    Raises:
        UserError: If nothing can be learned from them this way.
    """
    targets, cells = _names({**inputs.peaks, **inputs.given}, layout)
    lengths = {name: len(codes) for name, codes in inputs.genome.items()}
    folds, split_rule = resolve_folds(layout.folds, lengths, layout.renaming)
    withheld, missing = match_chromosomes(layout.withheld, lengths, "--withheld", layout.renaming)
    if missing:
        raise UserError(f"--withheld: the genome has no chromosome {missing[0]!r}")
    used = {name for names in folds.values() for name in names}
    plan = Plan(
        genome={name: codes for name, codes in inputs.genome.items() if name in used},
        targets=targets,
        cells=cells,
        track_names=tuple(dict.fromkeys(name for name, _ in inputs.tracks)),
        peaks=inputs.peaks,
        relaxed=inputs.relaxed,
        given=inputs.given,
        tracks=inputs.tracks,
        excluded=_merged(inputs.exclude),
        folds=folds,
        layout=replace(layout, withheld=tuple(sorted(withheld.values()))),
        metadata={"genome_length": sum(lengths.values()), "chromosome_lengths": lengths},
    )
    plan.metadata.update(_describe(plan, inputs, split_rule))
    _check_bound(plan)
    return plan


def _names(peaks: Mapping[Pair, object], layout: Layout) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns targets and cells in the order they are given, held-out cells last."""
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


def _merged(files: tuple[IntervalFile, ...]) -> dict[str, Spans]:
    parts: dict[str, list[Spans]] = {}
    for file in files:
        for name, intervals in file.chromosomes.items():
            parts.setdefault(name, []).append(intervals.spans)
    return {
        name: merge((np.concatenate([s for s, _ in spans]), np.concatenate([e for _, e in spans])))
        for name, spans in parts.items()
    }


def _describe(plan: Plan, inputs: Inputs, split_rule: str) -> dict[str, Any]:
    """Returns what the data card says."""
    layout = plan.layout
    left_out = [name for name in inputs.genome if name not in plan.genome]
    notes = [*inputs.notes, *(note for file in _files(inputs) for note in file.notes)]
    if left_out:
        notes.append(f"chromosomes in no split, left out: {', '.join(left_out)}")
    described = {
        "targets": list(plan.targets),
        "cells": list(plan.cells),
        "tracks": list(plan.track_names),
        "bin": layout.bin,
        "step": layout.step,
        "grid": layout.grid,
        "context": layout.context,
        "folds": {split: list(names) for split, names in plan.folds.items()},
        "held_out_cells": list(layout.held_out_cells),
        "held_out_targets": list(layout.held_out_targets),
        "sources": _list_sources(inputs),
        "split_rule": split_rule,
        "label_rule": "as given" if plan.given else layout.rule.describe(),
        "track_rule": _track_rule(layout) if plan.track_names else "no tracks",
        "notes": [*notes, *_unknown_notes(plan)],
    }
    described["content"] = _digest(described, layout)
    return described


def _files(inputs: Inputs) -> list[IntervalFile | Track]:
    tracks = {id(track): track for track in inputs.tracks.values()}
    return [
        *inputs.peaks.values(),
        *inputs.relaxed.values(),
        *inputs.exclude,
        *tracks.values(),
    ]


def _list_sources(inputs: Inputs) -> list[dict[str, Any]]:
    content = genome_hash(inputs.genome)
    listed = [
        {"file": inputs.genome_file, "role": "genome, hash of its content", "sha256": content}
    ]
    for role, files in (("peaks of", inputs.peaks), ("relaxed peaks of", inputs.relaxed)):
        listed += [_source(file, f"{role} {_pair_name(pair)}") for pair, file in files.items()]
    listed += [{"file": file, "role": "labels", "sha256": sha} for file, sha in inputs.label_files]
    listed += [_source(file, "excluded regions") for file in inputs.exclude]
    tracks = {(name, track.sha256): track for (name, _), track in inputs.tracks.items()}
    listed += [
        {"file": track.file, "role": f"track {name}", "sha256": sha}
        for (name, sha), track in tracks.items()
    ]
    return listed


def _pair_name(pair: Pair) -> str:
    return "/".join(part for part in pair if part)


def _source(file: IntervalFile, role: str) -> dict[str, Any]:
    return {"file": file.file, "role": role, "sha256": file.sha256, "intervals": file.count}


def _track_rule(layout: Layout) -> str:
    if not layout.scale_tracks:
        return "values as given, NaN where uncovered"
    return (
        "log(1 + x / mean), mean over the covered positions that are not excluded; NaN where "
        "uncovered"
    )


def _unknown_notes(plan: Plan) -> list[str]:
    """Returns a note for every factor and cell that knows nothing of a chromosome."""
    notes = []
    for pair, given in plan.given.items():
        if unknown := [name for name in plan.genome if name not in given]:
            notes.append(f"labels of {_pair_name(pair)} are not given on {', '.join(unknown)}")
    for (target, cell), file in plan.peaks.items():
        unknown = [name for name in plan.genome if not plan.is_known((target, cell), name)]
        if unknown:
            notes.append(
                f"{file.file}: labels of {_pair_name((target, cell))} are unknown, not unbound, "
                f"on {', '.join(unknown)}, where it has no peaks by construction"
            )
        empty = [name for name in plan.genome if plan.is_without((target, cell), name)]
        if empty:
            notes.append(
                f"{file.file}: no peak on {', '.join(empty)}: unbound; if none were called there, "
                "say so with --withheld"
            )
    return notes


def _digest(described: Mapping[str, Any], layout: Layout) -> str:
    """Returns the hash of all that decides the content; notes and names of files do not."""
    decisive = {key: value for key, value in described.items() if key != "notes"}
    decisive["sources"] = [(s["role"], s["sha256"]) for s in described["sources"]]
    decisive["layout"] = [layout.grid, layout.margin, sorted(layout.withheld)]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _check_bound(plan: Plan) -> None:
    """Refuses a task without a bin, or without a peak on the training chromosomes."""
    for split, names in plan.folds.items():
        if not any(plan.grid_bins(name)[1].any() for name in names):
            raise UserError(
                f"the {split} chromosomes ({', '.join(names)}) hold no bin of {plan.layout.bin} bp "
                "outside the excluded regions"
            )
    train = plan.folds["train"]
    peaks = any(name in file.chromosomes for file in plan.peaks.values() for name in train)
    given = any(
        (label == 1).any()
        for labels in plan.given.values()
        for name, label in labels.items()
        if name in train
    )
    if not peaks and not given:
        raise UserError("no peak lies on a training chromosome; choose other --folds")
