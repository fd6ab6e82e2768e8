"""What filters respond to, as position frequency matrices."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
from scipy.stats import entropy

from tfbs.benchmark.explain.window import read_positions
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.predict import BATCH_SIZE
from tfbs.datasets.task import RowArray

WINDOW = 20
THRESHOLD = 0.5
FEWEST_WINDOWS = 2
MOTIF_LAYER = "motifs"
TELLING_BITS = 0.5
MARGIN = 3


def filter_motifs(
    model: keras.Model, sequence: np.ndarray, tracks: RowArray | None = None
) -> tuple[np.ndarray, np.ndarray] | None:
    """Returns the average sequence around the positions that excite each first-layer filter.

    Source: Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x: windows of 20
    nucleotides, 10 on either side of every position above half of the filter's largest
    activation over all sequences; fewer than two windows give a uniform matrix.

    Args:
        model: With a layer called `motifs`, the first activation, `(batch, length, filters)`; of
            a network with a layer called `context`, as long as what that leaves.
        sequence: `(n, length, 4)` one-hot.
        tracks: `(n, length, tracks)`, for a model that reads them.

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
    extract = keras.Model(model.inputs, layer.output)
    centres = np.arange(seen.stop - seen.start)
    largest = largest_activations(extract, sequence, tracks)
    return align(extract, sequence[:, seen], centres, largest, given=sequence, tracks=tracks)


def largest_activations(
    extract: keras.Model, sequence: np.ndarray, tracks: RowArray | None = None
) -> np.ndarray:
    """Returns `(filters,)`: the largest activation of each filter over all sequences."""
    parts = [part.max(axis=(0, 1)) for _, part in activations(extract, sequence, tracks)]
    return np.asarray(np.max(parts, axis=0))


def align(
    extract: keras.Model,
    letters: np.ndarray,
    centres: np.ndarray,
    largest: np.ndarray,
    *,
    given: np.ndarray | None = None,
    tracks: RowArray | None = None,
    window: int = WINDOW,
    threshold: float = THRESHOLD,
    fewest: int = FEWEST_WINDOWS,
    most: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the average of the windows around the positions that excite each filter.

    Windows that reach over an end are left out.

    Args:
        extract: From one-hot, and perhaps tracks, to `(batch, positions, filters)`.
        letters: `(n, length, 4)` one-hot that the windows are cut from.
        centres: `(positions,)` int: where in `letters` each position of the layer has its middle.
        largest: `(filters,)`: what `threshold` is a share of.
        given: What the model reads, where that is not `letters`.
        tracks: `(n, length, tracks)`, for a model that reads them.
        window: Nucleotides, half of them before the middle.
        threshold: Activations above this share of the largest count.
        fewest: Fewer windows give a uniform matrix.
        most: So many windows, the first ones, are averaged; None for all.

    Returns:
        `(filters, window, 4)` float32 frequencies and `(filters,)` int32 numbers of windows.
    """
    starts = centres - window // 2
    inside = (starts >= 0) & (starts + window <= letters.shape[1])
    starts = starts[inside]
    limit = np.where(largest > 0, threshold * largest, np.inf)
    sums = np.zeros((len(largest), window, 4))
    counts = np.zeros(len(largest), "int32")
    for rows, part in activations(extract, letters if given is None else given, tracks):
        flat = (part[:, inside] > limit).reshape(-1, len(largest))
        if most is not None:
            flat &= flat.cumsum(axis=0) + counts <= most
        counts += flat.sum(axis=0, dtype="int32")
        weights = flat.astype("float32")
        for position in range(window):
            beside = letters[rows][:, starts + position].reshape(-1, 4)
            sums[:, position] += weights.T @ beside
    means = sums.astype("float32") / np.maximum(counts, 1)[:, None, None].astype("float32")
    return np.where((counts >= fewest)[:, None, None], means, np.float32(0.25)), counts


def trimmed(motif: np.ndarray) -> np.ndarray:
    """Returns the columns of a matrix that say something, with three more on either side.

    Source: Koo & Ploenzke (2021): from the first to the last column with more than 0.5 bits.

    Args:
        motif: `(width, 4)` frequencies.

    Returns:
        `(columns, 4)`; no columns where none has more than 0.5 bits.
    """
    bits = 2 - entropy(motif, base=2, axis=1)
    telling = np.flatnonzero(bits > TELLING_BITS)
    if not len(telling):
        return motif[:0]
    return motif[max(0, telling[0] - MARGIN) : telling[-1] + MARGIN + 1]


def activations(
    extract: keras.Model, sequence: np.ndarray, tracks: RowArray | None = None
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yields rows and `(batch, positions, filters)`, of a network on both strands the forward ones.

    Batch by batch: all activations of a test split may not fit in memory.
    """
    for start in range(0, len(sequence), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        batch = sequence[rows]
        beside = [read_tracks(extract, tracks, rows, len(batch))][: len(extract.inputs) - 1]
        found = extract([batch, *beside], training=False)
        yield rows, keras.ops.convert_to_numpy(found)[: len(batch)]
