"""The TFDS features of sequences with planted motifs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

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
        has_logit: Whether the true logit, the affinity and the effect of every planted motif and
            the exact importance of every nucleotide are known too; for one target.

    Returns:
        `id`, `sequence`, `label`, and `ground_truth` with `information`, `(length,)` float32 in
        bits, and `motifs` (start, end, strand, matrix_id); perhaps also `logit`, `(targets,)`
        float32, `importance`, `(length, 4)` float32, and `affinity` and `effect` of
        the motifs.
    """
    import tensorflow_datasets as tfds

    motifs: dict[str, type[np.generic]] = {
        "start": np.int32,
        "end": np.int32,
        "strand": np.int8,
        "matrix_id": np.str_,
    }
    truth = {"information": _packed((length,), np.float32)}
    if has_logit:
        motifs |= {"affinity": np.float32, "effect": np.float32}
        truth["logit"] = tfds.features.Tensor(shape=(num_targets,), dtype=np.float32)
        truth["importance"] = _packed((length, 4), np.float32)
    return tfds.features.FeaturesDict(
        {
            "id": tfds.features.Text(),
            "sequence": _packed((length,), np.uint8),
            "label": tfds.features.Tensor(shape=(num_targets,), dtype=np.int8),
            "ground_truth": {
                **truth,
                "motifs": {
                    name: tfds.features.Tensor(shape=(None,), dtype=dtype)
                    for name, dtype in motifs.items()
                },
            },
        }
    )


def motif_columns(motifs: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Returns the motifs of one sequence as `planted_features` stores them: by feature.

    TFDS encodes some lists of numbers much faster than a list of dictionaries.

    Args:
        motifs: At least one, all with the same features.
    """
    return {name: [motif[name] for motif in motifs] for name in motifs[0]}


def _packed(shape: tuple[int, ...], dtype: type[np.generic]) -> tfds.features.Tensor:
    import tensorflow_datasets as tfds

    return tfds.features.Tensor(shape=shape, dtype=dtype, encoding="bytes")
