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
from tfbs.datasets.probe import bound_rows, rarest_bound
from tfbs.datasets.task import Task


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
    probe = explained_probe(model, task, protocol, seed)
    if not len(probe.rows):
        return [], {}
    maps = {}
    for method in protocol.attributions:
        known = arrays.get(f"attribution_{method}")
        maps[method] = scaled(probe.explain(method)) if known is None else known
    probe = replace(probe, maps=maps)
    measured = [found for name in protocol.extras for found in EXTRAS[name](probe)]
    kept = {f"attribution_{method}": found for method, found in maps.items()}
    return measured, {**kept, "explained_rows": probe.rows}


FROM_MAPS = ("instances", "pwm_cosine", "jaspar_agreement", "agreement")
"""The extras that look at maps alone."""


def score_extras(
    task: Task, protocol: Protocol, arrays: Mapping[str, np.ndarray], seed: int
) -> list[Measurement]:
    """Returns the extras of a protocol that follow from maps; without all maps there are none.

    Args:
        task: With a test split.
        protocol: Which extras, of which attributions.
        arrays: `attribution_<method>` maps among them.
        seed: Of the bootstrap and of everything drawn at random.
    """
    names = [f"attribution_{method}" for method in protocol.attributions]
    extras = [name for name in protocol.extras if name in FROM_MAPS]
    if not extras or not all(name in arrays for name in names):
        return []
    probe = explained_probe(None, task, protocol, seed)
    if not len(probe.rows):
        return []
    maps = {method: arrays[f"attribution_{method}"] for method in protocol.attributions}
    probe = replace(probe, maps=maps)
    return [found for name in extras for found in EXTRAS[name](probe)]


def explained_probe(
    model: keras.Model | None, task: Task, protocol: Protocol, seed: int
) -> Explained:
    """Returns the probe set without maps: the rarest bound target is what is explained.

    Args:
        model: From one-hot, and perhaps tracks, to logits; None where it is not at hand.
        task: With a test split.
        protocol: Size of the probe set.
        seed: Of everything drawn at random.
    """
    test = task.splits["test"]
    rows = bound_rows(test, protocol.explanation_probe)
    label = np.asarray(test.label)
    bound = (label[rows] == 1).astype(np.int8)
    if test.information is None and len(rows):
        bound = np.eye(label.shape[1], dtype=np.int8)[rarest_bound(label, rows)]
    n, length = len(rows), test.sequence.shape[1]
    none = np.zeros((n, length, 0), "float32")
    return Explained(
        model,
        task,
        rows,
        one_hot(np.asarray(test.sequence[rows])),
        bound,
        none if model is None else read_tracks(model, test.tracks, rows, n),
        {},
        seed,
    )
