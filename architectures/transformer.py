"""A plain transformer encoder over DNA."""

from __future__ import annotations

from typing import Annotated

import keras

from tfbs.architectures.blocks import Activation, conv_block, logits
from tfbs.architectures.layers.relative_attention import RelativeAttention
from tfbs.architectures.parameters import Choice, Dropout, Filters, KernelWidth, Positive, Range
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@register(
    "transformer",
    family="attention",
    source=(
        "after Vaswani et al. (2017), https://doi.org/10.48550/arXiv.1706.03762, with the relative "
        "positions of Raffel et al. (2020), https://doi.org/10.48550/arXiv.1910.10683"
    ),
    deviations=(
        "Tokens are pooled motif activations, not words.",
        "Layer norm stands before attention and before the dense layers, and once at the end.",
        "Distances beyond max_distance share one bias per direction; there are no bins that grow.",
        "The tokens are averaged and weighed: there is no decoder.",
    ),
    receptive_field=WHOLE,
)
def transformer(
    length: int,
    num_targets: int,
    *,
    num_filters: Filters = 64,
    kernel_size: KernelWidth = 19,
    activation: Activation = "relu",
    pool_size: Annotated[Positive, Range(2, 12)] = 5,
    num_blocks: Annotated[Positive, Range(1, 6)] = 2,
    num_heads: Annotated[Positive, Choice((2, 4, 8))] = 4,
    head_size: Annotated[Positive, Choice((8, 16, 32))] = 16,
    max_distance: Annotated[Positive, Range(8, 64)] = 32,
    dropout: Dropout = 0.1,
) -> keras.Model:
    """Motif tokens that attend to each other with a learned bias for each distance.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_filters: First-layer filters, and the size of a token.
        kernel_size: Width of a first-layer filter, in nucleotides.
        activation: First-layer activation.
        pool_size: Nucleotides of a token.
        num_blocks: Encoder blocks.
        num_heads: Attention heads.
        head_size: Size of queries, keys and values of a head.
        max_distance: Tokens up to which distances are told apart.
        dropout: Dropout of tokens, attention and dense layers.

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
        dropout=dropout,
        pool_size=pool_size,
        pool_first=True,
        momentum=0.9,
    )
    for block in range(num_blocks):
        attended = RelativeAttention(
            num_heads, head_size, max_distance, name=f"attention_{block + 1}"
        )(keras.layers.LayerNormalization()(x))
        x = keras.layers.Add()([x, keras.layers.Dropout(dropout)(attended)])
        x = keras.layers.Add()([x, _feed_forward(keras.layers.LayerNormalization()(x), dropout)])
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.LayerNormalization()(x))
    return keras.Model(sequence, logits(x, num_targets), name="transformer")


def _feed_forward(x: keras.KerasTensor, dropout: float) -> keras.KerasTensor:
    hidden = keras.layers.Dense(4 * x.shape[-1], activation="gelu")(x)
    return keras.layers.Dropout(dropout)(keras.layers.Dense(x.shape[-1])(hidden))
