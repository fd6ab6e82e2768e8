"""The further scores of explanations that a protocol asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import keras
import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.interpretability import scaled
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.protocol import Protocol
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.task import Task, bound_rows, rarest_bound


def measure_extras(
    model: keras.Model,
    task: Task,
    protocol: Protocol,
    arrays: Mapping[str, np.ndarray],
    seed: int,
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns all extras of a protocol, and the maps that were not made before.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        task: With a test split.
        protocol: Which extras, of which attributions.
        arrays: What was kept so far; its `attribution_<method>` maps are looked at.
        seed: Of the bootstrap and of everything drawn at random.

    Returns:
        Measurements on the probe set, and `attribution_<method>` maps, `(n, length, 4)` float16,
        of tasks that were not explained so far, with `explained_rows`, `(n,)` int64. Nothing
        where no test example is bound.
    """
    probe = _explained(model, task, protocol, arrays, seed)
    if not len(probe.rows):
        return [], {}
    measured = [found for name in protocol.extras for found in EXTRAS[name](probe)]
    kept = {f"attribution_{method}": maps for method, maps in probe.maps.items()}
    return measured, {**kept, "explained_rows": probe.rows}


def _explained(
    model: keras.Model,
    task: Task,
    protocol: Protocol,
    arrays: Mapping[str, np.ndarray],
    seed: int,
) -> Explained:
    """Returns the probe set as it was explained, or explains it: the rarest bound target."""
    test = task.splits["test"]
    rows = bound_rows(test, protocol.explanation_probe)
    label = np.asarray(test.label)
    bound = (label[rows] == 1).astype(np.int8)
    if test.information is None and len(rows):
        bound = np.eye(label.shape[1], dtype=np.int8)[rarest_bound(label, rows)]
    probe = Explained(
        model,
        task,
        rows,
        one_hot(np.asarray(test.sequence[rows])),
        bound,
        read_tracks(model, test.tracks, rows, len(rows)),
        {},
        seed,
    )
    maps = {}
    for method in protocol.attributions if len(rows) else ():
        known = arrays.get(f"attribution_{method}")
        maps[method] = scaled(probe.explain(method)) if known is None else known
    return replace(probe, maps=maps)
