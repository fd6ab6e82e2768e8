"""Accessibility and other tracks as a second input."""

from __future__ import annotations

from typing import Any

import keras

from tfbs.architectures.layers.strands import BothStrands
from tfbs.architectures.layers.track_channels import TrackChannels
from tfbs.architectures.layers.track_summary import TrackSummary
from tfbs.architectures.priors.rebuild import copy, motif_scan, one_part, rebuild, way_to
from tfbs.errors import Refused

SHARES = (0.1, 0.3, 1.0)
"""Widths of the central windows that are summarised, as shares of the sequence."""

UNITS = 32


def early_fusion(network: keras.Model, num_tracks: int) -> keras.Model:
    """The tracks are channels beside the letters of the first convolution.

    A kernel on letters and tracks is the sum of one on letters and one on tracks: so the tracks,
    0 where they cover nothing beside a channel that says so, go through batch norm and a
    convolution of their own, which is added before the motif activation. It starts at zero. A
    network that reads both strands, or the middle of the sequence, reads the tracks likewise.

    Args:
        network: From `(batch, length, 4)` to `(batch, targets)` logits.
        num_tracks: Tracks of the task.

    Returns:
        A model from the inputs `sequence` and `tracks`, as `late_fusion`, to logits.

    Raises:
        Refused: If the motifs are no scan of the sequence by a convolution.
    """
    scan = motif_scan(network)
    convolution = one_part(scan)
    if not isinstance(convolution, keras.layers.Conv1D):
        raise Refused(
            f"prior.tracks=early: the motifs of {network.name} come from {scan.name}, which is no "
            "convolution; late takes any network"
        )
    tracks = keras.Input((network.inputs[0].shape[1], num_tracks), name="tracks")
    x = TrackChannels(name="track_channels")(tracks)
    x = keras.layers.BatchNormalization(momentum=0.9)(x)
    for layer in way_to(scan)[1:]:
        changes: dict[str, Any] = {"complement": False} if isinstance(layer, BothStrands) else {}
        x = copy(layer, name=f"track_{layer.name}", **changes)(x)
    x = keras.layers.Conv1D(
        scan.output.shape[-1],
        convolution.kernel_size,
        strides=convolution.strides,
        padding=convolution.padding,
        dilation_rate=convolution.dilation_rate,
        use_bias=False,
        kernel_initializer="zeros",
        name="track_scan",
    )(x)

    def connect(layer: keras.Layer, *arguments: Any, **keywords: Any) -> Any:
        outputs = layer(*arguments, **keywords)
        if layer.name != scan.name:
            return outputs
        return keras.layers.Add(name="fused_scan")([outputs, x])

    return rebuild(network, connect=connect, beside=[tracks])


def late_fusion(network: keras.Model, num_tracks: int) -> keras.Model:
    """A summary of the tracks is added to the logits.

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


FUSIONS = {"early": early_fusion, "late": late_fusion}
"""What `prior.tracks` names."""
