"""Attention layers against their formulas in NumPy."""

from __future__ import annotations

import keras
import numpy as np
from scipy.special import softmax

from tfbs.architectures.layers import RectifiedAttention


def heads_of(layer, x):
    """Heads before they are mixed, `(n, positions, heads, size)`, from the layer's weights."""
    q, qb, k, kb, v, vb, _, _ = layer.get_weights()
    query, key, value = (
        np.einsum("npc,chs->nphs", x, kernel) + bias for kernel, bias in ((q, qb), (k, kb), (v, vb))
    )
    weights = softmax(np.einsum("nqhs,nkhs->nhqk", query, key) / np.sqrt(query.shape[-1]), axis=-1)
    return np.einsum("nhqk,nkhs->nqhs", weights, value), weights


def test_every_head_is_rectified_before_they_are_mixed():
    x = np.random.default_rng(0).normal(size=(3, 7, 5)).astype("float32")
    inputs = keras.Input((7, 5))
    layer = RectifiedAttention(2, 4, output_shape=6, dropout=0.2)
    model = keras.Model(inputs, layer(inputs, inputs))
    heads, weights = heads_of(layer, x)
    kernel, bias = layer.get_weights()[-2:]
    expected = np.einsum("nqhs,hso->nqo", np.maximum(heads, 0), kernel) + bias
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-5)
    assert (heads < 0).mean() > 0.2
    _, said = layer(x, x, return_attention_scores=True)
    np.testing.assert_allclose(said, weights, atol=1e-5)
