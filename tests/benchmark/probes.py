"""A probe set made by hand: sequences with planted motifs, maps of one's choice."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from tfbs.benchmark.evaluation.explained import Explained
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.planting import Placement
from tfbs.datasets.split import Split
from tfbs.datasets.task import Task


class Planted:
    """Placements that are known beforehand."""

    def __init__(self, places: Sequence[tuple[Placement, ...]]) -> None:
        self.places = places

    def of(self, rows):
        return [self.places[row] for row in rows.tolist()]


def make_probe(
    codes: np.ndarray,
    places: Sequence[tuple[Placement, ...]] | None = None,
    maps: dict[str, np.ndarray] | None = None,
    *,
    model: keras.Model | None = None,
    information: np.ndarray | None = None,
    label: np.ndarray | None = None,
    targets: tuple[str, ...] = ("bound",),
    metadata: dict[str, object] | None = None,
    true_logits=None,
) -> Explained:
    """All of the test split is explained; planted positions have 1 bit unless said otherwise."""
    n, length = codes.shape
    if information is None and places is not None:
        information = np.zeros((n, length), "float32")
        for row, own in enumerate(places):
            for place in own:
                information[row, place.start : place.end] = 1
    label = np.ones((n, len(targets)), "int8") if label is None else label
    ids = np.array([f"s{row}" for row in range(n)])
    planted = None if places is None else Planted(places)
    test = Split(ids, codes, label, information, placements=planted)
    task = Task(
        "t", "t", "", "1.0.0", "0" * 64, "", length, targets, {"test": test}, metadata or {},
        true_logits=true_logits,
    )  # fmt: skip
    rows, tracks = np.arange(n), np.zeros((n, length, 0), "float32")
    return Explained(model, task, rows, one_hot(codes), label, tracks, maps or {}, seed=0)


def linear_model(weights: np.ndarray, bias: float = 0.0) -> keras.Model:
    """One logit, linear in the one-hot input, with `(length, 4)` weights."""
    sequence = keras.Input((len(weights), 4))
    outputs = keras.layers.Dense(1)(keras.layers.Flatten()(sequence))
    model = keras.Model(sequence, outputs)
    model.set_weights([weights.reshape(-1, 1), np.array([bias])])
    return model


def by_name(measured):
    """The measurements over everything, by name."""
    return {m.name: m for m in measured if m.target == "mean"}
