"""The network that Zhou, Shrikumar & Kundaje compare strategies for the reverse complement with."""

from __future__ import annotations

import keras

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.parameters import Filters, KernelWidth, PoolWidth
from tfbs.architectures.registry import register


@register(
    "density_cnn",
    family="CNN",
    source="Zhou, Shrikumar & Kundaje (2021), https://doi.org/10.1101/2020.11.04.368803, the "
    "network of their simulation",
    deviations=("The sigmoid is in the loss: the output is a logit.",),
    receptive_field=40,
)
def density_cnn(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 20,
    kernel_size: KernelWidth = 21,
    activation: Activation = "relu",
    pool_size: PoolWidth = 20,
) -> keras.Model:
    """One convolution, one pool, one linear layer: what a strategy does cannot hide behind depth.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: Filters.
        kernel_size: Width of a filter, in nucleotides.
        activation: Activation of the filters.
        pool_size: Width of the pool, in nucleotides.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    sequence = keras.Input((length, 4), name="sequence")
    x = conv_block(
        sequence,
        num_filters,
        kernel_size,
        padding="valid",
        activation=activation,
        activation_name="motifs",
        pool_size=pool_size,
        use_bias=True,
        l2=0.0,
    )
    x = keras.layers.Flatten()(x)
    return keras.Model(sequence, logits(x, num_targets, l2=0.0), name="density_cnn")
