"""Cuts a plan into segments, the examples that TFDS stores; by several processes."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tfbs.datasets.genome_bins.inputs import Pair
from tfbs.datasets.genome_bins.labels import UNKNOWN, LabelRule, label_bins
from tfbs.datasets.genome_bins.plan import Plan
from tfbs.datasets.interval_files import ChromosomeIntervals
from tfbs.datasets.intervals import Spans
from tfbs.datasets.tracks import Coverage, Track
from tfbs.errors import UserError

SEGMENT = 1_000_000
"""Base pairs of a segment."""

SMALL_GENOME = 50_000_000
"""Base pairs below which processes would take longer to start than to work."""

Job = TypeVar("Job")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Chromosome:
    """What a process needs to label one chromosome.

    Attributes:
        name: Of the chromosome.
        length: In base pairs.
        starts: `(bins,)` int64, of the bins that are kept.
        bin: Width of a bin.
        rule: How peaks label bins.
        targets: The factors.
        cells: The cell types.
        peaks: By factor and cell, of those that are known here; None where there are none.
        relaxed: Likewise, for pairs that have a second set.
        given: Labels that come as such, by factor and cell.
    """

    name: str
    length: int
    starts: npt.NDArray[np.int64]
    bin: int
    rule: LabelRule
    targets: tuple[str, ...]
    cells: tuple[str, ...]
    peaks: Mapping[Pair, ChromosomeIntervals | None]
    relaxed: Mapping[Pair, ChromosomeIntervals | None]
    given: Mapping[Pair, npt.NDArray[np.int8]]


@dataclass(frozen=True)
class Stretch:
    """What a process needs to read the tracks of one segment.

    Attributes:
        chromosome: Its name.
        begin: First position.
        end: Position after the last.
        cells: The cell types.
        tracks: By track and cell.
        track_names: The tracks, in order.
        excluded: Merged excluded intervals of the chromosome.
        means: Mean of each track in each cell, or nothing where they stay as they are.
    """

    chromosome: str
    begin: int
    end: int
    cells: tuple[str, ...]
    tracks: Mapping[Pair, Track]
    track_names: tuple[str, ...]
    excluded: Spans
    means: Mapping[Pair, float]


def generate_segments(
    plan: Plan, split: str, means: Mapping[Pair, float], workers: int | None
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the segments of a split, chromosome by chromosome, left to right.

    Args:
        plan: The task.
        split: `train`, `valid` or `test`.
        means: What `track_means` returned, or nothing.
        workers: Processes; by default one per core, and none for a small genome.
    """
    with _Pool(_processes(plan, workers)) as pool:
        jobs = [_job(plan, name) for name in plan.folds[split]]
        tracks = pool.map(fill_tracks, _stretches(plan, plan.folds[split], means))
        number = 0
        for job, label in zip(jobs, pool.map(label_chromosome, jobs), strict=True):
            summits = _summits(plan, job)
            for begin in range(0, job.length, SEGMENT):
                own = next(tracks) if plan.track_names else None
                yield number, _segment(plan, job, begin, label, own, summits)
                number += 1


def track_means(plan: Plan, workers: int | None) -> dict[Pair, float]:
    """Returns the mean of each track in each cell, over what is covered and not excluded.

    Empty where there are no tracks, or they are kept as they are.

    Args:
        plan: The task.
        workers: Processes; see `generate_segments`.

    Raises:
        UserError: If a track has negative values.
    """
    if not plan.tracks or not plan.layout.scale_tracks:
        return {}
    totals = {pair: np.zeros(2) for pair in plan.tracks}
    with _Pool(_processes(plan, workers)) as pool:
        for sums in pool.map(_track_sums, _stretches(plan, tuple(plan.genome), {})):
            for pair, (total, number, smallest) in sums.items():
                if smallest < 0:
                    raise UserError(
                        f"{plan.tracks[pair].file}: the track has negative values ({smallest:g}), "
                        "of which log(1 + x / mean) does not exist; keep its values with "
                        "--track-scale none"
                    )
                totals[pair] += total, number
    return {
        pair: float(total / number) if number and total else 1.0
        for pair, (total, number) in totals.items()
    }


def label_chromosome(job: Chromosome) -> npt.NDArray[np.int8]:
    """Returns labels, `(bins, cells, targets)`."""
    bins = job.starts, job.starts + job.bin
    label = np.full((len(job.starts), len(job.cells), len(job.targets)), UNKNOWN, np.int8)
    for (target, cell), peaks in job.peaks.items():
        label[:, job.cells.index(cell), job.targets.index(target)] = label_bins(
            bins,
            peaks,
            job.relaxed.get((target, cell)),
            job.rule,
            has_relaxed=(target, cell) in job.relaxed,
        )
    for (target, cell), given in job.given.items():
        label[:, job.cells.index(cell), job.targets.index(target)] = given
    return label


LARGEST_VALUE = float(np.finfo(np.float16).max)


def fill_tracks(stretch: Stretch) -> npt.NDArray[np.float16]:
    """Returns the tracks of a segment, `(length, cells, tracks)`."""
    length = stretch.end - stretch.begin
    tracks = np.zeros((length, len(stretch.cells), len(stretch.track_names)), np.float16)
    for (name, cell), track in stretch.tracks.items():
        values = track.values(stretch.chromosome, stretch.begin, stretch.end)
        if (name, cell) in stretch.means:
            values = np.log1p(values / stretch.means[name, cell])
        if np.nanmax(values, initial=0) > LARGEST_VALUE:
            raise UserError(
                f"track {name} of {cell}: {np.nanmax(values):,.0f} on {stretch.chromosome} is more "
                f"than {LARGEST_VALUE:,.0f}, the largest that is stored: let tracks be scaled"
            )
        tracks[:, stretch.cells.index(cell), stretch.track_names.index(name)] = values
    return tracks


def _track_sums(stretch: Stretch) -> dict[Pair, tuple[float, int, float]]:
    """Returns sum, number and smallest of the covered values outside the excluded regions."""
    sums = {}
    inside = np.ones(stretch.end - stretch.begin, bool)
    for begin, end in zip(*stretch.excluded, strict=True):
        inside[max(begin - stretch.begin, 0) : max(end - stretch.begin, 0)] = False
    for pair, track in stretch.tracks.items():
        values = track.values(stretch.chromosome, stretch.begin, stretch.end)
        known = values[inside & np.isfinite(values)].astype(float)
        smallest = float(np.nanmin(values)) if np.isfinite(values).any() else 0.0
        sums[pair] = float(known.sum()), len(known), smallest
    return sums


def _job(plan: Plan, name: str) -> Chromosome:
    starts, kept = plan.grid_bins(name)
    known = [pair for pair in plan.peaks if plan.is_known(pair, name)]
    return Chromosome(
        name=name,
        length=len(plan.genome[name]),
        starts=starts[kept],
        bin=plan.layout.bin,
        rule=plan.layout.rule,
        targets=plan.targets,
        cells=plan.cells,
        peaks={pair: plan.peaks[pair].chromosomes.get(name) for pair in known},
        relaxed={
            pair: plan.relaxed[pair].chromosomes.get(name) for pair in known if pair in plan.relaxed
        },
        given={pair: labels[name] for pair, labels in plan.given.items() if name in labels},
    )


def _stretches(
    plan: Plan, names: tuple[str, ...], means: Mapping[Pair, float]
) -> Iterator[Stretch]:
    """Yields the segments of some chromosomes, left to right; none without tracks."""
    empty = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    for name in names if plan.track_names else ():
        length = len(plan.genome[name])
        for begin in range(0, length, SEGMENT):
            end = min(begin + SEGMENT, length)
            yield Stretch(
                chromosome=name,
                begin=begin,
                end=end,
                cells=plan.cells,
                tracks={pair: _only(own, name, begin, end) for pair, own in plan.tracks.items()},
                track_names=plan.track_names,
                excluded=plan.excluded.get(name, empty),
                means=means,
            )


def _only(track: Track, name: str, begin: int, end: int) -> Track:
    """Returns a track without the fragments elsewhere: it goes to another process."""
    if isinstance(track, Coverage):
        return Coverage(track.file, track.sha256, {name: track.within(name, begin, end)}, ())
    return track


def _summits(plan: Plan, job: Chromosome) -> npt.NDArray[np.int64]:
    """Returns `(summits, 3)`: target, cell and position, of the files that say where."""
    parts = [
        np.stack(
            [
                np.full(len(found), plan.targets.index(target)),
                np.full(len(found), plan.cells.index(cell)),
                found.summits,
            ],
            axis=1,
        )
        for (target, cell), found in job.peaks.items()
        if found is not None and plan.peaks[target, cell].has_summits
    ]
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros((0, 3), np.int64)


def _segment(
    plan: Plan,
    job: Chromosome,
    begin: int,
    label: npt.NDArray[np.int8],
    tracks: npt.NDArray[np.float16] | None,
    summits: npt.NDArray[np.int64],
) -> dict[str, Any]:
    end = min(begin + SEGMENT, job.length)
    bins = slice(*np.searchsorted(job.starts, [begin, end]))
    inside = (summits[:, 2] >= begin) & (summits[:, 2] < end)
    example = {
        "chromosome": job.name,
        "start": begin,
        "sequence": plan.genome[job.name][begin:end],
        "bin_start": job.starts[bins],
        "label": label[bins],
        "summit": summits[inside],
    }
    return example if tracks is None else example | {"track": tracks}


def _processes(plan: Plan, workers: int | None) -> int:
    if workers is not None:
        return workers
    small = sum(len(codes) for codes in plan.genome.values()) < SMALL_GENOME
    return 1 if small else min(os.cpu_count() or 1, len(plan.genome))


class _Pool:
    """Maps in order with a few answers ahead; one worker is this process.

    Args:
        workers: Processes.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> _Pool:
        if self.workers > 1:
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self.workers, mp_context=context)
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def map(self, function: Callable[[Job], Answer], jobs: Iterable[Job]) -> Iterator[Answer]:
        """Yields the answers in the order of the jobs, holding at most a few of them."""
        if self._executor is None:
            yield from map(function, jobs)
            return
        waiting: deque[Future[Answer]] = deque()
        for job in jobs:
            waiting.append(self._executor.submit(function, job))
            if len(waiting) > self.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
