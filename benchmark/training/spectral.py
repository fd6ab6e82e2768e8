"""A penalty on how much a layer can amplify its input."""

from __future__ import annotations

import math
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
        norms = [spectral_norm(matrix, self.power_iterations, seed) for matrix in matrices(core)]
        penalty = tf.add_n([norm**2 for norm in norms]) / 2
        return super().loss(core, batch, seed, epoch) + self.spectral_weight * penalty


def matrices(model: keras.Model) -> list[tf.Tensor]:
    """Returns the trainable kernels as `(inputs, outputs)` matrices.

    Of convolutions (on one window), dense, recurrent and attention layers. A kernel of attention
    maps features to all heads at once, or all heads to features. Depthwise kernels, which mix no
    channels, are left out.
    """
    found = []
    for layer in model._flatten_layers(include_self=False, recursive=True):
        for weight in layer._trainable_variables:
            if weight.name.endswith("kernel") and "depthwise" not in weight.name:
                inputs = _input_axes(layer, len(weight.shape))
                value = tf.convert_to_tensor(weight)
                found.append(tf.reshape(value, (math.prod(weight.shape[:inputs]), -1)))
    return found


def _input_axes(layer: keras.Layer, rank: int) -> int:
    """Returns how many leading axes of a layer's kernel are summed over."""
    if not isinstance(layer, keras.layers.EinsumDense):
        return rank - 1
    operands, outputs = layer.equation.split("->")
    return sum(axis not in outputs for axis in operands.split(",")[1])


def spectral_norm(
    matrix: tf.Tensor, iterations: int, seed: keras.random.SeedGenerator
) -> tf.Tensor:
    """Returns the largest singular value, a scalar whose gradient is that of the matrix.

    Args:
        matrix: `(inputs, outputs)`.
        iterations: Power iterations.
        seed: Of the vector they start from.
    """
    fixed = tf.stop_gradient(matrix)
    right = keras.random.normal((matrix.shape[-1], 1), seed=seed)
    for _ in range(iterations):
        left = tf.math.l2_normalize(fixed @ right)
        right = tf.math.l2_normalize(tf.transpose(fixed) @ left)
    return tf.squeeze(tf.transpose(left) @ matrix @ right)
