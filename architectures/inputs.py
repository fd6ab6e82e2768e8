"""A network as everything else takes it: of one input, a batch of sequences of one length."""

from __future__ import annotations

import keras

from tfbs.errors import UserError


def with_plain_input(model: keras.Model, length: int, owner: str) -> keras.Model:
    """Returns the model as one from `(batch, length, 4)`, with the weights it has.

    Named inputs, `{"sequence": ...}`, become a plain one, and sequences of any length,
    `keras.Input((None, 4))`, those of the task.

    Args:
        model: What a builder gave.
        length: Of the task's sequences.
        owner: How to name the builder in an error.

    Raises:
        UserError: If the model has several inputs, or one of another shape.
    """
    shapes = [tuple(tensor.shape[1:]) for tensor in model.inputs]
    if shapes not in ([(length, 4)], [(None, 4)]):
        raise UserError(
            f"{owner} reads {shapes}: one input of ({length}, 4) is needed; tracks of a task come "
            "in by prior.tracks"
        )
    named = not isinstance(model, keras.Sequential) and isinstance(model.input, dict)
    if not named and shapes == [(length, 4)]:
        return model
    sequence = keras.Input((length, 4), name="sequence")
    plain = keras.models.clone_model(
        keras.Model(model.inputs[0], model.outputs[0], name=model.name), input_tensors=sequence
    )
    plain.set_weights(model.get_weights())
    return plain
