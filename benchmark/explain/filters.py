"""What first-layer filters respond to, as position frequency matrices."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.explain.window import read_positions
from tfbs.benchmark.predict import BATCH_SIZE

WINDOW = 20
THRESHOLD = 0.5
MOTIF_LAYER = "motifs"


def filter_motifs(model: keras.Model, sequence: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Returns the average sequence around the positions that excite each filter.

    Source: Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x: windows of 20
    nucleotides, 10 on either side of every position above half of the filter's largest
    activation over all sequences; fewer than two windows give a uniform matrix.

    Args:
        model: With a layer called `motifs`, the first activation, `(batch, length, filters)`; of
            a network with a layer called `context`, as long as what that leaves.
        sequence: `(n, length, 4)` one-hot.

    Returns:
        `(filters, 20, 4)` float32 frequencies and `(filters,)` int32 numbers of windows they
        are the mean of, or None for a model without such a layer or whose `motifs` are not
        aligned to the sequence.
    """
    names = [layer.name for layer in model.layers]
    if MOTIF_LAYER not in names or sequence.shape[1] < WINDOW:
        return None
    layer = model.get_layer(MOTIF_LAYER)
    seen = read_positions(model)
    if layer.output.shape[1] != seen.stop - seen.start:
        return None
    activations = _activations(keras.Model(model.inputs[0], layer.output), sequence)
    sequence = sequence[:, seen]
    half = WINDOW // 2
    windows = np.lib.stride_tricks.sliding_window_view(sequence, WINDOW, axis=1)
    inside = activations[:, half : half + windows.shape[1]]
    motifs = np.full((activations.shape[-1], WINDOW, 4), 0.25, "float32")
    counts = np.zeros(len(motifs), "int32")
    for index in range(len(motifs)):
        largest = activations[..., index].max()
        chosen = (
            windows[inside[..., index] > THRESHOLD * largest] if largest > 0 else windows[:0, 0]
        )
        counts[index] = len(chosen)
        if len(chosen) > 1:
            motifs[index] = chosen.mean(axis=0).T
    return motifs, counts


def _activations(extract: keras.Model, sequence: np.ndarray) -> np.ndarray:
    """Returns `(n, length, filters)`; of a network on both strands, the forward ones."""
    parts = []
    for start in range(0, len(sequence), BATCH_SIZE):
        batch = sequence[start : start + BATCH_SIZE]
        parts.append(keras.ops.convert_to_numpy(extract(batch))[: len(batch)])
    return np.concatenate(parts)
