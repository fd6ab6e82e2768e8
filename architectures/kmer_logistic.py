"""Floor: logistic regression on k-mer counts."""

from __future__ import annotations

from typing import Annotated

import keras
from pydantic import Field

from tfbs.architectures.layers.kmer_counts import KmerCounts
from tfbs.architectures.logistic import fit_logistic, logistic_model
from tfbs.architectures.parameters import Positive, Range
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "kmer_logistic",
    family="floor",
    source="the k-mer spectrum of Leslie et al. (2002), https://doi.org/10.1142/9789812799623_0053",
    deviations=(
        "Logistic regression instead of a support vector machine.",
        "log(1 + count) of a k-mer and its reverse complement together.",
    ),
    fit=fit_logistic,
    receptive_field=WHOLE,
)
def kmer_logistic(
    length: int,
    num_targets: int,
    *,
    k: Annotated[int, Field(ge=1, le=8), Range(3, 8)] = 6,
    context: Positive | None = None,
) -> keras.Model:
    """Logistic regression on strand-collapsed k-mer counts: what needs no network.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        k: Width of a k-mer, in nucleotides.
        context: Central nucleotides that are read; all by default.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    return logistic_model(
        length, num_targets, KmerCounts(k, name="features"), "kmer_logistic", context
    )
