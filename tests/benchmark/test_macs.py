"""Multiply-accumulates against counts by hand."""

import keras
import pytest

from tfbs.architectures.layers.strands import BothStrands, MeanOverStrands
from tfbs.benchmark.evaluation.macs import count_macs


def model(*layers):
    return keras.Sequential([keras.Input((50, 4)), *layers])


@pytest.mark.parametrize(
    ("layers", "macs"),
    [
        ([keras.layers.Conv1D(8, 5, padding="same")], 50 * 5 * 4 * 8),
        ([keras.layers.Conv1D(8, 5)], 46 * 5 * 4 * 8),
        ([keras.layers.DepthwiseConv1D(5, depth_multiplier=2)], 46 * 5 * 4 * 2),
        ([keras.layers.Conv1D(8, 5, dilation_rate=2, padding="same")], 50 * 5 * 4 * 8),
        ([keras.layers.Flatten(), keras.layers.Dense(7)], 200 * 7),
        (
            [BothStrands(), keras.layers.Conv1D(8, 5, padding="same"), MeanOverStrands()],
            2 * 50 * 5 * 4 * 8,
        ),
        # four gates, from 4 inputs and from 6 units, at 50 steps
        ([keras.layers.LSTM(6)], 50 * 4 * 6 * (4 + 6)),
        ([keras.layers.Bidirectional(keras.layers.LSTM(6))], 2 * 50 * 4 * 6 * (4 + 6)),
    ],
)
def test_the_count_is_that_of_the_formula(layers, macs):
    assert count_macs(model(*layers)) == macs


def test_attention_counts_its_projections_and_both_products():
    sequence = keras.Input((50, 4))
    attention = keras.layers.MultiHeadAttention(2, 3, use_bias=False)
    network = keras.Model(sequence, attention(sequence, sequence))
    projections = 3 * 50 * 4 * 6 + 50 * 6 * 4
    products = 2 * (2 * 50 * 50 * 3)
    assert count_macs(network) == projections + products
