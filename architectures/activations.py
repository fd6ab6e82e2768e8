"""Activations of motif detectors: those of Keras and those of Koo & Ploenzke.

Source: Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x. Exponential activations
make filters interpretable; the modified ones ask whether that is their growth or their threshold,
and each ablation keeps one of the two.
"""

from __future__ import annotations

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tfbs")
def shift_scale_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns relu((x - 0.2)^3)."""
    return ops.relu((x - 0.2) ** 3)


@keras.saving.register_keras_serializable(package="tfbs")
def shift_scale_tanh(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns 500 tanh(x - 6) + 500."""
    return 500 * ops.tanh(x - 6) + 500


@keras.saving.register_keras_serializable(package="tfbs")
def shift_scale_sigmoid(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns 4000 sigmoid(x - 8)."""
    return 4000 * ops.sigmoid(x - 8)


@keras.saving.register_keras_serializable(package="tfbs")
def exp_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns relu(exp(0.1 x) - 1)."""
    return ops.relu(ops.expm1(0.1 * x))


@keras.saving.register_keras_serializable(package="tfbs")
def shift_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns relu(x - 0.2)."""
    return ops.relu(x - 0.2)


@keras.saving.register_keras_serializable(package="tfbs")
def scale_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns relu(x^3)."""
    return ops.relu(x**3)


@keras.saving.register_keras_serializable(package="tfbs")
def shift_tanh(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns tanh(x - 6)."""
    return ops.tanh(x - 6)


@keras.saving.register_keras_serializable(package="tfbs")
def scale_tanh(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns 500 tanh(x) + 500."""
    return 500 * ops.tanh(x) + 500


@keras.saving.register_keras_serializable(package="tfbs")
def shift_sigmoid(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns sigmoid(x - 8)."""
    return ops.sigmoid(x - 8)


@keras.saving.register_keras_serializable(package="tfbs")
def scale_sigmoid(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns 4000 sigmoid(x)."""
    return 4000 * ops.sigmoid(x)


@keras.saving.register_keras_serializable(package="tfbs")
def log_relu(x: keras.KerasTensor) -> keras.KerasTensor:
    """Returns relu(log(|x| + 1e-10))."""
    return ops.relu(ops.log(ops.abs(x) + 1e-10))


_MODIFIED = {
    function.__name__: function
    for function in (
        shift_scale_relu,
        shift_scale_tanh,
        shift_scale_sigmoid,
        exp_relu,
        shift_relu,
        scale_relu,
        shift_tanh,
        scale_tanh,
        shift_sigmoid,
        scale_sigmoid,
        log_relu,
    )
}


def activation_layer(activation: str, name: str | None = None) -> keras.layers.Activation:
    """Returns a layer with one of the activations.

    Args:
        activation: One of `blocks.Activation`, or any that Keras knows by name.
        name: Of the layer; `"motifs"` for the first of a network.
    """
    return keras.layers.Activation(_MODIFIED.get(activation, activation), name=name)
