"""A penalty on how much a layer can amplify its input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import tensorflow as tf

from tfbs.architectures.parameters import NonNegative, Positive, Range
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@register("spectral", source="Yoshida & Miyato (2017), https://arxiv.org/abs/1705.10941")
@dataclass(frozen=True, kw_only=True)
class Spectral(Standard):
    """Cross-entropy plus half the sum of squared spectral norms of all kernels, weighted.

    The paper takes one power iteration a step from where the last one ended; here each step
    takes several from a random vector.

    Attributes:
        spectral_weight: Weight of the penalty.
        power_iterations: By which the norms are found.
    """

    spectral_weight: Annotated[NonNegative, Range(1e-4, 0.1, log=True)] = 0.01
    power_iterations: Positive = 10

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns cross-entropy plus penalty; see `Standard.loss`."""
        norms = [spectral_norm(kernel, self.power_iterations, seed) for kernel in kernels(core)]
        penalty = tf.add_n([norm**2 for norm in norms]) / 2
        return super().loss(core, batch, seed, epoch) + self.spectral_weight * penalty


def kernels(model: keras.Model) -> list[keras.Variable]:
    """Returns the trainable kernels of convolutions, dense, recurrent and attention layers."""
    return [
        weight
        for weight in model.trainable_weights
        if weight.name.endswith("kernel") and len(weight.shape) >= 2
    ]


def spectral_norm(
    kernel: keras.Variable, iterations: int, seed: keras.random.SeedGenerator
) -> tf.Tensor:
    """Returns the largest singular value, a scalar whose gradient is that of the matrix.

    Args:
        kernel: `(…, outputs)`; all other axes together are the inputs, so of a convolution it
            is the norm on one window.
        iterations: Power iterations.
        seed: Of the vector they start from.
    """
    matrix = tf.reshape(tf.convert_to_tensor(kernel), (-1, kernel.shape[-1]))
    fixed = tf.stop_gradient(matrix)
    right = keras.random.normal((kernel.shape[-1], 1), seed=seed)
    for _ in range(iterations):
        left = tf.math.l2_normalize(fixed @ right)
        right = tf.math.l2_normalize(tf.transpose(fixed) @ left)
    return tf.squeeze(tf.transpose(left) @ matrix @ right)
