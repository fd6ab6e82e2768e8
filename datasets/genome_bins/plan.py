"""What a genome task will be, checked before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.chromosomes import match_chromosomes
from tfbs.datasets.genome_bins.folds import Folds, resolve_folds
from tfbs.datasets.genome_bins.inputs import (
    GivenLabels,
    Inputs,
    Pair,
    pair_name,
    targets_and_cells,
)
from tfbs.datasets.genome_bins.layout import Layout, grid_bins, in_gaps
from tfbs.datasets.genome_files import genome_hash
from tfbs.datasets.interval_files import IntervalFile
from tfbs.datasets.intervals import Spans, merge
from tfbs.datasets.tracks import Track
from tfbs.errors import UserError

EXPECTED_PEAKS = 100
"""A chromosome without a peak is unknown where this many would be expected on it by its length:
then it was left out by construction. Peaks cluster, so ten are not enough: of the 168 calls of
yeast Gcr1 none is on chrXIV, where eleven would be expected."""


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
        """Returns the starts of all bins of a chromosome, and which are kept.

        Tiled bins without a known letter are not.
        """
        length = len(self.genome[chromosome])
        starts, kept = grid_bins(self.layout, chromosome, length, self.excluded.get(chromosome))
        if self.layout.grid == "tiled":
            kept &= ~in_gaps(self.genome[chromosome], starts, self.layout.bin)
        return starts, kept

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


def make_plan(inputs: Inputs, layout: Layout) -> Plan:
    """Returns the plan of a task.

    Args:
        inputs: What the files hold.
        layout: How they become examples.

    Raises:
        UserError: If nothing can be learned from them this way.
    """
    targets, cells = targets_and_cells({**inputs.peaks, **inputs.given}, layout)
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
        listed += [_source(file, f"{role} {pair_name(pair)}") for pair, file in files.items()]
    listed += [{"file": file, "role": "labels", "sha256": sha} for file, sha in inputs.label_files]
    listed += [_source(file, "excluded regions") for file in inputs.exclude]
    tracks = {(name, track.sha256): track for (name, _), track in inputs.tracks.items()}
    listed += [
        {"file": track.file, "role": f"track {name}", "sha256": sha}
        for (name, sha), track in tracks.items()
    ]
    return listed


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
            notes.append(f"labels of {pair_name(pair)} are not given on {', '.join(unknown)}")
    for (target, cell), file in plan.peaks.items():
        unknown = [name for name in plan.genome if not plan.is_known((target, cell), name)]
        if unknown:
            notes.append(
                f"{file.file}: labels of {pair_name((target, cell))} are unknown, not unbound, "
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
