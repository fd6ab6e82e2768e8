"""What a training step is given, and what it acts on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import keras
import tensorflow as tf

from tfbs.benchmark.inputs import bind


@dataclass(frozen=True)
class Batch:
    """Training examples in the graph, augmented.

    Attributes:
        sequence: `(batch, length, 4)` one-hot, unless an augmentation adds noise.
        tracks: `(batch, length, tracks)`.
        label: `(batch, targets)` in [0, 1], -1 where unknown.
        weight: `(batch, targets)` weight of each label.
    """

    sequence: tf.Tensor
    tracks: tf.Tensor
    label: tf.Tensor
    weight: tf.Tensor

    def bound(self, core: keras.Model) -> Any:
        """Returns a model as a function of the sequence alone, beside these tracks."""
        return bind(core, self.tracks)


class Learner(Protocol):
    """What a training step acts on.

    Attributes:
        core: The model that learns, from one-hot, and perhaps tracks, to logits.
        attack: The stream of attacks and noise.
        finished_epochs: Scalar, the number of finished epochs.
    """

    core: keras.Model
    attack: keras.random.SeedGenerator
    finished_epochs: tf.Variable

    def descend(self, tape: tf.GradientTape, loss: tf.Tensor, *watched: tf.Tensor) -> list[Any]:
        """Takes one optimiser step; returns the gradients of what else the tape watched."""

    def penalised(self, loss: tf.Tensor) -> tf.Tensor:
        """Returns a loss with the model's own penalties; to be called under the tape."""
