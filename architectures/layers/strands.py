"""Both strands through one network, as layers around it and in it.

What stands between `BothStrands` and a fold holds twice the batch: first what the network makes of
all forward strands, then, in the same order, of all reverse strands, each read from its own 5' end.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


class _Strands(keras.layers.Layer):
    """A layer that may leave training alone.

    Args:
        in_training: Whether it acts in training too, else in inference only.
    """

    is_linear = True

    def __init__(self, in_training: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.in_training = in_training

    def acts(self, training: bool | None) -> bool:
        """Returns whether the layer does anything now."""
        return self.in_training or not training

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "in_training": self.in_training}


@keras.saving.register_keras_serializable(package="tfbs")
class BothStrands(_Strands):
    """Stacks the reverse complements of a batch under the batch.

    Args:
        in_training: Whether it acts in training too, else in inference only.
        complement: Whether the channels are letters, in the order A, C, G, T, or what is the same
            on both strands, as tracks, and is only turned around.

    Input shape:
        `(batch, length, channels)`.

    Output shape:
        `(2 * batch, length, channels)`.
    """

    def __init__(self, in_training: bool = True, complement: bool = True, **kwargs: Any) -> None:
        super().__init__(in_training, **kwargs)
        self.complement = complement

    def call(self, inputs: keras.KerasTensor, training: bool | None = None) -> keras.KerasTensor:
        """Returns forward strands over reverse complements."""
        if not self.acts(training):
            return inputs
        axes = (1, 2) if self.complement else 1
        return ops.concatenate([inputs, ops.flip(inputs, axis=axes)], axis=0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with twice the batch, where that is known."""
        batch = None if input_shape[0] is None else 2 * input_shape[0]
        return (batch, *input_shape[1:])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "complement": self.complement}


@keras.saving.register_keras_serializable(package="tfbs")
class WithOtherStrand(keras.layers.Layer):
    """Shows each strand what was found on the other one, position by position.

    A convolution that follows sees the channels of both strands, those of the other one turned
    around. Its kernel is the same for both strands: this is the parameter sharing of Shrikumar,
    Greenside & Kundaje (2017), https://doi.org/10.1101/103663, whose channels of the reverse
    strand stand here in the second half of the batch.

    Input shape:
        `(2 * batch, length, channels)`.

    Output shape:
        `(2 * batch, length, 2 * channels)`: the strand's own channels, then the other's.
    """

    is_linear = True

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns own channels beside the other strand's."""
        forward, reverse = ops.split(ops.flip(inputs, axis=1), 2, axis=0)
        return ops.concatenate([inputs, ops.concatenate([reverse, forward], axis=0)], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with twice the channels."""
        channels = input_shape[-1]
        assert channels is not None  # noqa: S101  (convolutions have a fixed number)
        return (*input_shape[:-1], 2 * channels)


@keras.saving.register_keras_serializable(package="tfbs")
class AlignedStrands(keras.layers.Layer):
    """Turns the reverse strands around, so that a place has one index on both strands.

    Input shape:
        `(2 * batch, length, channels)`.

    Output shape:
        `(2 * batch, length, channels)`.
    """

    is_linear = True

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns forward strands as they are over reverse strands turned around."""
        forward, reverse = ops.split(inputs, 2, axis=0)
        return ops.concatenate([forward, ops.flip(reverse, axis=1)], axis=0)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the input."""
        return input_shape


class _FoldedStrands(_Strands):
    """Makes one of the two strands that `BothStrands` stacked.

    Args:
        in_training: As that of `BothStrands`.

    Input shape:
        `(2 * batch, ...)`.

    Output shape:
        `(batch, ...)`.
    """

    def call(self, inputs: keras.KerasTensor, training: bool | None = None) -> keras.KerasTensor:
        """Returns the two halves of the batch as one."""
        if not self.acts(training):
            return inputs
        return self.fold(*ops.split(inputs, 2, axis=0))

    def fold(self, forward: keras.KerasTensor, reverse: keras.KerasTensor) -> keras.KerasTensor:
        """Returns what both strands come to."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape with half the batch, where that is known."""
        batch = None if input_shape[0] is None else input_shape[0] // 2
        return (batch, *input_shape[1:])


@keras.saving.register_keras_serializable(package="tfbs")
class MaxOverStrands(_FoldedStrands):
    """Takes the larger of what `BothStrands` stacked, element by element."""

    is_linear = False

    def fold(self, forward: keras.KerasTensor, reverse: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the larger of the two halves of the batch."""
        return ops.maximum(forward, reverse)


@keras.saving.register_keras_serializable(package="tfbs")
class MeanOverStrands(_FoldedStrands):
    """Averages what `BothStrands` stacked, so that a sequence and its reverse complement agree."""

    def fold(self, forward: keras.KerasTensor, reverse: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the mean of the two halves of the batch."""
        return (forward + reverse) / 2


@keras.saving.register_keras_serializable(package="tfbs")
class SumOverStrands(_FoldedStrands):
    """Adds what `BothStrands` stacked."""

    def fold(self, forward: keras.KerasTensor, reverse: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the sum of the two halves of the batch."""
        return forward + reverse
