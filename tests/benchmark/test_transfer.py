"""Held-out factors are predicted by the mean of their relatives."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.evaluation.transfer import Transferred
from tfbs.benchmark.predict import Predictor


def test_a_held_out_factor_gets_the_mean_of_the_others():
    inputs = keras.Input((20, 4))
    model = keras.Model(inputs, keras.layers.Dense(4)(keras.layers.Flatten()(inputs)))
    codes = np.random.default_rng(0).integers(0, 4, (7, 20)).astype("uint8")
    own, found = Predictor(model)(codes), Transferred(model, [1])(codes)
    np.testing.assert_array_equal(found[:, [0, 2, 3]], own[:, [0, 2, 3]])
    np.testing.assert_allclose(found[:, 1], own[:, [0, 2, 3]].mean(axis=1), rtol=1e-6)
