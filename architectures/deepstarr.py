"""DeepSTARR of de Almeida et al."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation, conv_block, dense_block, logits
from tfbs.architectures.parameters import Dropout, KernelWidth, ManyFilters, Units
from tfbs.architectures.registry import register


@register(
    "deepstarr",
    family="CNN",
    source="de Almeida et al. (2022), https://doi.org/10.1038/s41588-022-01048-5",
    deviations=(
        "The outputs are logits of binding, not two enhancer activities: cross-entropy instead of "
        "squared error.",
        "The regime's learning rate is 1e-3, the paper's 2e-3.",
    ),
    receptive_field=58,
)
def deepstarr(
    length: int,
    num_targets: int,
    *,
    num_filters: ManyFilters = 256,
    kernel_size: KernelWidth = 7,
    activation: Activation = "relu",
    dense_units: Units = 256,
    dropout: Dropout = 0.4,
) -> keras.Model:
    """Four convolutions with pools of 2 and two hidden layers: made for enhancers of 249 bp.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters; the next layers have 60, 60 and 120.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        dense_units: Units of each of the two hidden dense layers.
        dropout: Dropout of the hidden dense layers.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = conv_block(
        sequence,
        num_filters,
        kernel_size,
        activation=activation,
        activation_name="motifs",
        pool_size=2,
        use_bias=True,
        l2=0.0,
    )
    for filters, width in ((60, 3), (60, 5), (120, 3)):
        x = conv_block(x, filters, width, pool_size=2, use_bias=True, l2=0.0)
    x = keras.layers.Flatten()(x)
    for _ in range(2):
        x = dense_block(x, dense_units, dropout=dropout, use_bias=True, l2=0.0)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="deepstarr")
