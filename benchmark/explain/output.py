"""What is explained: one target's logit, or on request its probability."""

from __future__ import annotations

from typing import Literal

import keras
import numpy as np

from tfbs.errors import UserError

Output = Literal["logit", "probability"]


def explained(model: keras.Model, output: Output = "logit") -> keras.Model:
    """Returns the model whose outputs are explained.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        output: `probability` puts a sigmoid on top; where it saturates, gradients vanish.
    """
    if output == "logit":
        return model
    top = keras.layers.Activation("sigmoid", name="explained_probability")
    return keras.Model(model.inputs, top(model.outputs[0]), name=f"{model.name}_probability")


def check_request(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray,
    tracks: np.ndarray | None = None,
) -> None:
    """Refuses sequences, targets and tracks that do not go with a model.

    Args:
        model: From `(batch, length, 4)`, and perhaps tracks, to `(batch, targets)`.
        sequence: `(n, length, 4)`, non-negative, each position summing to 1 or (unknown) 0.
        target: Column, or `(n,)` columns.
        tracks: `(n, length, tracks)`.

    Raises:
        UserError: With what is wrong.
    """
    _check_model(model)
    length, num_targets = model.inputs[0].shape[1], int(model.outputs[0].shape[-1])
    if not len(sequence):
        raise UserError("there is no sequence to explain")
    if sequence.ndim != 3 or sequence.shape[2] != 4 or length != sequence.shape[1]:
        raise UserError(
            f"sequences of shape {sequence.shape} do not go into the model, which takes "
            f"(n, {length}, 4)"
        )
    totals = sequence.sum(axis=2)
    if (sequence < 0).any() or not np.all((np.abs(totals - 1) < 1e-3) | (totals == 0)):
        raise UserError("sequences are not one-hot: a position sums to 1, or to 0 where unknown")
    targets = np.asarray(target)
    if targets.dtype.kind not in "iu" or (targets < 0).any() or (targets >= num_targets).any():
        raise UserError(
            f"target {target} is none: the model has {num_targets}, from 0 to {num_targets - 1}"
        )
    if len(model.inputs) == 2 and (tracks is None or len(tracks) != len(sequence)):
        raise UserError("the model reads tracks too: give those of every sequence")


def _check_model(model: keras.Model) -> None:
    """Refuses a model that is not from sequences of one length, and perhaps tracks, to outputs."""
    if len(model.inputs) > 2:
        raise UserError(
            f"the model has {len(model.inputs)} inputs; sequence, and perhaps tracks, can be "
            "explained"
        )
    if not isinstance(model, keras.Sequential) and isinstance(model.input, dict):
        raise UserError(
            f"the model takes named inputs {list(model.input)}: make keras.Model(inputs, outputs) "
            "of the sequence, or of a list of sequence and tracks"
        )
    shape = tuple(model.inputs[0].shape)
    if len(shape) != 3 or shape[1] is None or shape[2] != 4:
        raise UserError(
            f"the model's first input is {shape}: (batch, length, 4) with a fixed length is "
            "needed; build a network for any length with the length of the sequences"
        )
    shapes = [tuple(output.shape) for output in model.outputs]
    if len(shapes) != 1 or len(shapes[0]) != 2:
        raise UserError(f"the model gives {shapes}: one output of (batch, targets) is needed")
