"""Accessibility and other tracks as a second input."""

from __future__ import annotations

import keras

from tfbs.architectures.layers.track_summary import TrackSummary

SHARES = (0.1, 0.3, 1.0)
"""Widths of the central windows that are summarised, as shares of the sequence."""

UNITS = 32


def late_fusion(network: keras.Model, num_tracks: int) -> keras.Model:
    """Returns the network with a summary of the tracks added to its logits.

    Coverage, mean and maximum of every track in three central windows go through one hidden
    layer. Log-odds add up: the network says what the sequence tells, the branch what the cell
    does. The branch starts at zero and gives the same for both strands.

    Args:
        network: From `(batch, length, 4)` to `(batch, targets)` logits.
        num_tracks: Tracks of the task.

    Returns:
        A model from the inputs `sequence`, `(batch, length, 4)`, and `tracks`,
        `(batch, length, tracks)` with NaN where nothing is covered, to logits.
    """
    tracks = keras.Input((network.inputs[0].shape[1], num_tracks), name="tracks")
    x = TrackSummary(SHARES, name="track_summary")(tracks)
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    x = keras.layers.Dense(UNITS, activation="relu", name="track_hidden")(x)
    shift = keras.layers.Dense(
        network.outputs[0].shape[-1],
        use_bias=False,
        kernel_initializer="zeros",
        name="track_logits",
    )(x)
    outputs = keras.layers.Add(name="fused_logits")([network.outputs[0], shift])
    return keras.Model([network.inputs[0], tracks], outputs, name=f"{network.name}_tracks")
