"""Floor: logistic regression on GC content."""

from __future__ import annotations

import keras

from tfbs.architectures.layers.gc_fraction import GCFraction
from tfbs.architectures.logistic import fit_logistic, logistic_model
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "gc_logistic",
    family="floor",
    source="the base-composition control of any sequence benchmark",
    fit=fit_logistic,
    receptive_field=WHOLE,
)
def gc_logistic(length: int, num_targets: int) -> keras.Model:
    """Logistic regression on GC content: how far composition alone goes.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    return logistic_model(length, num_targets, GCFraction(name="features"), "gc_logistic")
