"""What the further scores of explanations look at: the explained probe set with its maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import keras
import numpy as np

from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.datasets.task import Split, Task
from tfbs.registry import Registry


@dataclass(frozen=True)
class Explained:
    """The probe set of explanations.

    Attributes:
        model: From one-hot, and perhaps tracks, to logits; None where its maps are at hand.
        task: Of the run.
        rows: `(n,)` rows of the task's test split.
        sequence: `(n, length, 4)` float32 one-hot.
        bound: `(n, targets)` int8; the sum of the logits of a row's ones is what is explained.
        tracks: `(n, length, tracks)`; of no width where the model reads none.
        maps: `(n, length, 4)` by method, scaled to a largest absolute value of 1 per sequence.
        seed: Of the bootstrap and of everything drawn at random.
    """

    model: keras.Model | None
    task: Task
    rows: np.ndarray
    sequence: np.ndarray
    bound: np.ndarray
    tracks: np.ndarray
    maps: Mapping[str, np.ndarray]
    seed: int

    @property
    def test(self) -> Split:
        """The split that the rows are of."""
        return self.task.splits["test"]

    def contributions(self, method: str) -> np.ndarray:
        """Returns `(n, length)` float32 scores: a method's maps at the letters that are there."""
        found: np.ndarray = (self.maps[method].astype("float32") * self.sequence).sum(axis=-1)
        return found

    def explain(self, method: str) -> np.ndarray:
        """Returns `(n, length, 4)` maps of the model as it is at this moment."""
        method_of_model = partial(ATTRIBUTIONS[method], self.model)
        return explain_bound(method_of_model, self.sequence, self.bound, tracks=self.tracks)

    def first(self, number: int) -> Explained:
        """Returns the first sequences alone."""
        return replace(
            self,
            rows=self.rows[:number],
            sequence=self.sequence[:number],
            bound=self.bound[:number],
            tracks=self.tracks[:number],
            maps={method: maps[:number] for method, maps in self.maps.items()},
        )


Extra = Callable[[Explained], list[Measurement]]

EXTRAS: Registry[Extra] = Registry("interpretability extra")
"""Scores of explanations that a protocol may name, beside those that every protocol has."""
