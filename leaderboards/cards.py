"""An entry's page as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from tfbs.benchmark.headline import headline
from tfbs.information import information
from tfbs.leaderboards.entries import Entry
from tfbs.leaderboards.floors import PERMUTED
from tfbs.leaderboards.gates import attacked, gates_of
from tfbs.leaderboards.ladder import DIGITS
from tfbs.leaderboards.minimum import is_external
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.per_example import MAPS, run_key
from tfbs.leaderboards.standings import Card, Curve, Logo, Score
from tfbs.leaderboards.untrusted import Unusable
from tfbs.leaderboards.verdict_text import describe

_FILTERS = 8
"""Filters of the first run that are shown, those with the most information."""

_LONGEST_FILTER = 200
"""Positions of a filter; longer ones are not drawn."""

_CURVES = ("loss", "val_loss", "val_auroc", "val_average_precision")

_SIZES = ("parameters", "macs")
"""Costs that the host counts from the weights: of an entry without any they are a mere claim."""

_COSTS = (
    *_SIZES,
    "trainable_parameters",
    "training_seconds",
    "training_examples_per_second",
    "training_forward_passes",
    "training_backward_passes",
    "forward_passes_per_example",
    "backward_passes_per_example",
    "evaluation_seconds",
    "peak_memory_bytes",
)
"""Costs that are shown, whatever else a record names."""

_LARGEST = 1e18
"""Of what a record claims; nothing larger is shown, and no sum of it overflows."""


def is_floor(entry: Entry) -> bool:
    """Returns whether an entry stands below the line."""
    recipe = None if entry.verdict is None else entry.verdict.recipe
    fitted = recipe is not None and recipe.fitted
    return fitted or any(
        PERMUTED in str(entry.spec(run_id).regime["name"]).split("+") for run_id in entry.records
    )


def card_of(
    entry: Entry, stale: str, examples: Mapping[str, np.ndarray], scores: Mapping[str, Score]
) -> Card:
    """Returns an entry's page; whether it is on the front is for the board to say.

    Args:
        entry: Of the board.
        stale: Why its numbers are of other data, metrics or protocols.
        examples: Its numbers per example.
        scores: Its scores by ladder.
    """
    specs = {run_id: entry.spec(run_id) for run_id in sorted(entry.records)}
    first = next(iter(specs.values()))
    verdict = entry.verdict
    recipe = None if verdict is None else verdict.recipe
    return Card(
        slug=entry.slug,
        name=entry.name,
        team=entry.team,
        description=entry.manifest.entry.description,
        architecture=plain(first.architecture["name"]),
        regime=plain(first.regime["name"]),
        family="" if recipe is None else recipe.family,
        paper="" if recipe is None else recipe.source,
        is_floor=is_floor(entry),
        trust=entry.trust,
        note=entry.note,
        on_front=False,
        stale=stale,
        scores={**scores, **_every_metric(entry)},
        cost=_cost(entry),
        gates=gates_of(entry),
        specs={run_id: entry.records[run_id]["spec"] for run_id in specs},
        command="" if is_external(first) else _command(entry),
        curves=tuple(_curves(entry)),
        logos=tuple(_logos(entry, examples)),
        log=() if verdict is None else tuple(describe(entry.slug, verdict).splitlines()),
        verified="" if verdict is None else verdict.date,
    )


def _command(entry: Entry) -> str:
    """Returns what does all runs of an entry again, in a clone of the repository."""
    records = f"leaderboards/entries/{entry.suite}/{entry.slug}/runs/*/record.json"
    return f'for record in {records}; do tfbs run --from "$record"; done'


def _every_metric(entry: Entry) -> dict[str, Score]:
    """Returns the mean over seeds of every metric that the host computed, as `TASK/METRIC`."""
    values: dict[tuple[str, str], list[float | None]] = defaultdict(list)
    ends: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for run_id in sorted(entry.records):
        metrics = entry.scores(run_id)
        task = entry.spec(run_id).task_name
        for name in sorted({str(metric["name"]) for metric in metrics}):
            found = headline({"metrics": metrics, "cost": {}}, name)
            if found is not None:
                values[task, name].append(found["value"])
                ends[task, name].append(found["interval"])
    return {
        f"{task}/{name}": _mean_score(name, own, ends[task, name])
        for (task, name), own in values.items()
    }


def _mean_score(name: str, values: list[float | None], ends: list[Any]) -> Score:
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return Score(name, None, seeds=len(known), reason="undefined for a seed")
    low = high = None
    if len(values) == 1 and ends[0] is not None:
        low, high = (round(float(end), DIGITS) for end in ends[0])
    return Score(name, round(float(np.mean(known)), DIGITS), low, high, len(known))


def _cost(entry: Entry) -> dict[str, float]:
    """Returns means over runs; sizes as the host counted them, all else as it was claimed."""
    found: dict[str, list[float]] = defaultdict(list)
    shown = _COSTS if entry.ranks("cost") else tuple(n for n in _COSTS if n not in _SIZES)
    for run_id, record in sorted(entry.records.items()):
        counted = {} if entry.verdict is None else entry.verdict.cost.get(run_id, {})
        said = {**record.get("cost", {}), **counted}
        for name in shown:
            value = said.get(name)
            if value is not None and 0 <= value <= _LARGEST:
                found[name].append(float(value))
    return {name: round(float(np.mean(values)), 3) for name, values in sorted(found.items())}


def _curves(entry: Entry) -> Iterable[Curve]:
    for run_id, record in sorted(entry.records.items()):
        spec = entry.spec(run_id)
        line = f"{spec.task_name} seed {spec.seed}"
        curves = record.get("training", {}).get("curves", {})
        for name in _CURVES:
            y = tuple(map(_claimed, curves.get(name, ())))
            if y:
                x = tuple(float(epoch) for epoch in range(1, len(y) + 1))
                yield Curve(f"training/{name}", line, "epoch", name, x, y)
        by_radius = attacked(entry.scores(run_id))
        if len(by_radius) > 1:
            y = tuple(round(value, DIGITS) for value in by_radius.values())
            yield Curve("robustness/pgd", line, "radius", "AUROC", tuple(by_radius), y)


def _claimed(value: float | None) -> float | None:
    """Returns a number of a record, or None where it is none that can be drawn."""
    return None if value is None or abs(value) > _LARGEST else round(float(value), DIGITS)


def _logos(entry: Entry, examples: Mapping[str, np.ndarray]) -> Iterable[Logo]:
    first = next(iter(sorted(entry.records)))
    maps = examples.get(run_key(first, MAPS))
    if maps is not None and maps.ndim == 3 and maps.shape[2] == 4 and np.isfinite(maps).all():
        for index, own in enumerate(maps):
            yield Logo(f"saliency of explained sequence {index + 1}", "map", _rows(own))
    try:
        filters = None if entry.verdict is None else entry.array(first, "filter_motifs")
    except Unusable:
        filters = None
    if filters is not None and filters.shape[1] <= _LONGEST_FILTER:  # the host looked at the rest
        for index in _most_informative(filters.astype(float)):
            yield Logo(f"filter {index + 1}", "motif", _rows(filters[index]))


def _most_informative(filters: np.ndarray) -> list[int]:
    bits = information(filters).sum(axis=1)
    return [int(index) for index in np.argsort(-bits, kind="stable")[:_FILTERS]]


def _rows(values: np.ndarray) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(float(value), 4) for value in row) for row in values)
