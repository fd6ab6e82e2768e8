"""The rank that the ENCODE-DREAM challenge would have given, for entries of its tasks.

It is of ranks on ten sets of bins, so it depends on who else is entered, as in the challenge; it is
a ladder of its own and no part of any score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.leaderboards.entries import Entry
from tfbs.leaderboards.standings import Ladder, Place, Score

DATASET = "encode_dream"
KEY = "dream"
METRIC = "dream_rank"
_PREFIX = "dream "
_DIGITS = 6

_EMPTY = Ladder(
    KEY,
    "DREAM: rank as in the challenge, by four measures on ten sets of bins; lower is better, and "
    "it depends on who is entered",
    METRIC,
    False,
    (),
)


def dream_folds(task: Task, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns what the challenge ranks by, for every factor and cell of the test.

    Args:
        task: Of a run.
        arrays: With `test_cell_logits` where cells are held out, else `test_logits`.

    Returns:
        By `dream FACTOR CELL`: `(10, 4)` float64, the measures without each tenth of the bins.
        Empty for other tasks; pairs without two bins of each class are left out.
    """
    name = "test_cell" if "test_cell" in task.splits else "test"
    split = task.splits[name]
    if task.dataset != DATASET or split.grid is None or f"{name}_logits" not in arrays:
        return {}
    from tfbs.benchmark.dream.score import score

    found = {}
    for place, cell in enumerate(split.grid.cells):
        rows = slice(place * split.grid.bins, (place + 1) * split.grid.bins)
        label = np.asarray(split.label[rows])
        logits = np.asarray(arrays[f"{name}_logits"][rows], "float64")
        for column, target in enumerate(task.targets):
            try:
                folds = score(label[:, column], logits[:, column]).folds
            except UserError:  # too few bins of a class: nothing is defined
                continue
            found[f"{_PREFIX}{target} {cell}"] = folds
    return found


def dream_ladder(
    entries: Mapping[str, tuple[Entry, Mapping[str, np.ndarray]]], not_ranked: Mapping[str, str]
) -> Ladder | None:
    """Returns the ranking of the challenge; None where no entry has anything to rank by.

    Of an entry the mean over its seeds counts. A pair that an entry lacks counts as in the
    challenge: as badly as any can.

    Args:
        entries: That may be ranked on prediction, by slug, with their numbers per example.
        not_ranked: Why others are not in it.
    """
    from tfbs.benchmark.dream.ranking import rank_entrants

    folds = {slug: _mean_folds(entry, examples) for slug, (entry, examples) in entries.items()}
    known = {slug: own for slug, own in sorted(folds.items()) if own}
    if not known:
        return None
    lacking = {slug: "has no pair of factor and cell" for slug in folds if slug not in known}
    places = [
        Place(
            slug,
            Score(
                METRIC,
                round(rank.rank, _DIGITS),
                reason=f"score {rank.score:.3f}, {rank.low:.3f} to {rank.high:.3f} over ten folds",
            ),
            rank_low=int(np.floor(rank.rank)),
            rank_high=int(np.ceil(rank.rank)),
            tie_group=None,
            seeds=(),
        )
        for slug, rank in rank_entrants(known).items()
    ]
    return replace(_EMPTY, places=tuple(places), not_ranked={**not_ranked, **lacking})


def _mean_folds(
    entry: Entry, examples: Mapping[str, np.ndarray]
) -> dict[tuple[str, ...], np.ndarray]:
    """Returns the mean over seeds of every factor and cell, with the task's name."""
    found: dict[tuple[str, ...], list[np.ndarray]] = {}
    for run_id in sorted(entry.records):
        start = f"{run_id[:16]} {_PREFIX}"
        for key, value in examples.items():
            if key.startswith(start) and value.shape == (10, 4):
                pair = (entry.spec(run_id).task_name, key.removeprefix(start))
                found.setdefault(pair, []).append(value)
    return {pair: np.mean(values, axis=0) for pair, values in found.items()}
