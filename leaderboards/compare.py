"""Recorded numbers against those that come out again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tfbs.benchmark.evaluation.metric import METRICS, Measurement
from tfbs.leaderboards.names import plain
from tfbs.parameters import Json

RESCORED = 1e-6
"""Absolute difference, and relative above 1, that other processors make of the same arrays."""

REDONE = {"prediction": 5e-3, "interpretability": 2e-2, "robustness": 2e-2}
"""The same of outputs, attacks and maps that are made again, by axis."""

LOGITS = (1e-3, 0.01)
"""Difference of outputs, relative to 1 + their size, and the share of rows that may exceed it."""

PERTURBED = (1e-2, 0.05)
"""The same of attacked outputs, where a last bit can send a search another way."""

MAPS = (0.99, 0.05)
"""Cosine of maps of one sequence, and the share of sequences that may fall below it."""

Key = tuple[str, str, str, str]


def keyed(metrics: Iterable[Mapping[str, Json]]) -> dict[Key, Mapping[str, Json]]:
    """Returns the metrics of a record by name, target, split and design."""
    return {
        (str(m["name"]), str(m["target"]), str(m["split"]), str(m["design"])): m for m in metrics
    }


def metric_problems(metrics: Sequence[Mapping[str, Json]]) -> list[str]:
    """Returns what is wrong with the metrics of a record by themselves."""
    names = sorted({str(m["name"]) for m in metrics} - set(METRICS))
    problems = [f"no metric is called {plain(name, 60)!r}" for name in names]
    if len(keyed(metrics)) != len(metrics):
        problems.append("a metric is there twice")
    return problems


def metric_differences(
    recorded: Sequence[Mapping[str, Json]],
    again: Sequence[Measurement],
    tolerance: float | None = RESCORED,
    source: str = "from the arrays",
) -> tuple[list[str], int]:
    """Returns the metrics that differ, and how many recorded ones did not come out again.

    Args:
        recorded: Of a record.
        again: What came out.
        tolerance: Absolute, and relative above 1; None for that of the metric's axis.
        source: Of what came out, for the sentences.
    """
    said = keyed(recorded)
    found = keyed(measurement.to_json() for measurement in again)
    differences = []
    for key in said.keys() & found.keys():
        allowed = REDONE.get(METRICS[key[0]].axis, 0.0) if tolerance is None else tolerance
        fields = ("value", "n", "positives", *(("interval",) if tolerance is not None else ()))
        for field in fields:
            before, after = said[key][field], found[key][field]
            if not _close(before, after, allowed):
                where = f"{key[0]} of {plain(key[1], 40)} on {plain(key[2], 40)}"
                design = "" if key[3] == "all" else f" ({plain(key[3], 40)})"
                differences.append(f"{where}{design}: {field} recorded {before}, {source} {after}")
    return sorted(differences), len(said.keys() - found.keys())


def _close(before: Json, after: Json, allowed: float) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(
            _close(*pair, allowed) for pair in zip(before, after, strict=True)
        )
    if isinstance(before, int | float) and isinstance(after, int | float):
        return abs(before - after) <= allowed * max(1.0, abs(after))
    return before == after


def array_differences(
    submitted: Mapping[str, np.ndarray], again: Mapping[str, np.ndarray]
) -> list[str]:
    """Returns the arrays that come out differently of the weights.

    Args:
        submitted: By name.
        again: The same, made here.
    """
    differences = []
    for name in sorted(submitted.keys() & again.keys()):
        before, after = submitted[name], again[name]
        if before.shape != after.shape:
            differences.append(f"{name}: shape {before.shape}, from the weights {after.shape}")
        elif name.startswith("attribution_"):
            differences += _map_difference(name, before, after)
        elif "logits" in name:
            limits = PERTURBED if name.startswith("probe_logits") else LOGITS
            differences += _output_difference(name, before, after, limits)
    return differences


def _output_difference(
    name: str, before: np.ndarray, after: np.ndarray, limits: tuple[float, float]
) -> list[str]:
    allowed, share = limits
    off = ~(np.abs(before - after) <= allowed * (1 + np.abs(after)))  # NaN too
    if off.mean() <= share:
        return []
    place = tuple(int(i) for i in np.unravel_index(int(off.argmax()), off.shape))
    return [
        f"{name}: {off.mean():.1%} of the values differ, first {list(place)}: submitted "
        f"{before[place]:.6g}, from the weights {after[place]:.6g}"
    ]


def _map_difference(name: str, before: np.ndarray, after: np.ndarray) -> list[str]:
    from tfbs.benchmark.explain.similarity import map_cosine

    least, share = MAPS
    off = map_cosine(before.astype("float32"), after.astype("float32")) < least
    if off.mean() <= share:
        return []
    return [f"{name}: {off.mean():.1%} of the maps differ from those of the weights"]
