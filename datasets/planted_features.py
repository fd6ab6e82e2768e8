"""The TFDS features of sequences with planted motifs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import tensorflow_datasets as tfds


def planted_features(
    length: int, num_targets: int, *, has_logit: bool = False
) -> tfds.features.FeaturesDict:
    """Returns the features of a task whose motif positions are known.

    Args:
        length: Nucleotides per sequence.
        num_targets: Label columns.
        has_logit: Whether the true logit, the affinity of every planted motif and the exact
            importance of every nucleotide are known too; for one target.

    Returns:
        `id`, `sequence`, `label`, and `ground_truth` with `information`, `(length,)` float32 in
        bits, and `motifs` (start, end, strand, matrix_id); perhaps also `logit`, `(targets,)`
        float32, `importance`, `(length, 4)` float32, and `affinity` of the motifs.
    """
    import tensorflow_datasets as tfds

    motifs = {
        "start": np.int32,
        "end": np.int32,
        "strand": np.int8,
        "matrix_id": tfds.features.Text(),
    }
    truth = {"information": _packed((length,), np.float32)}
    if has_logit:
        motifs["affinity"] = np.float32
        truth["logit"] = tfds.features.Tensor(shape=(num_targets,), dtype=np.float32)
        truth["importance"] = _packed((length, 4), np.float32)
    return tfds.features.FeaturesDict(
        {
            "id": tfds.features.Text(),
            "sequence": _packed((length,), np.uint8),
            "label": tfds.features.Tensor(shape=(num_targets,), dtype=np.int8),
            "ground_truth": {**truth, "motifs": tfds.features.Sequence(motifs)},
        }
    )


def _packed(shape: tuple[int, ...], dtype: type[np.generic]) -> tfds.features.Tensor:
    import tensorflow_datasets as tfds

    return tfds.features.Tensor(shape=shape, dtype=dtype, encoding="bytes")
