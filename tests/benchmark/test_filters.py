"""Filter motifs of a network whose only filter is a known word."""

import keras
import numpy as np
import pytest

from tfbs.benchmark.explain.filters import filter_motifs

WORD = np.array([3, 2, 0, 1, 2])  # TGACG


def make_detector(length=60, cut=0):
    """One filter that gives 1 at the middle of TGACG, less elsewhere, and one that never fires."""
    sequence = keras.Input((length, 4))
    x = keras.layers.Cropping1D((cut, cut), name="context")(sequence) if cut else sequence
    convolution = keras.layers.Conv1D(2, 5, padding="same")
    x = keras.layers.Activation("relu", name="motifs")(convolution(x))
    model = keras.Model(sequence, keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    kernel = np.zeros((5, 4, 2), "float32")
    kernel[np.arange(5), WORD, 0] = 1.0
    convolution.set_weights([kernel, np.array([-4.0, -1.0], "float32")])
    return model


@pytest.fixture
def detector():
    return make_detector()


def test_a_filter_is_the_mean_of_the_windows_that_excite_it(detector):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (300, 60))
    codes[:, 28:33] = WORD
    motifs, windows = filter_motifs(detector, np.eye(4, dtype="float32")[codes])
    assert motifs.shape == (2, 20, 4) and windows[0] >= 300
    np.testing.assert_allclose(motifs.sum(axis=2), 1, rtol=1e-5)
    np.testing.assert_allclose(motifs[0, 8:13], np.eye(4)[WORD])  # centred at index 10
    assert np.abs(motifs[0, :6] - 0.25).max() < 0.15
    assert windows[1] == 0 and (motifs[1] == 0.25).all()


def test_a_network_that_reads_the_middle_has_the_filters_of_the_middle(detector):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (300, 100))
    codes[:, 45:50] = WORD
    codes[:, 2:7] = WORD  # outside
    sequence = np.eye(4, dtype="float32")[codes]
    motifs, windows = filter_motifs(make_detector(100, 20), sequence)
    expected, counts = filter_motifs(detector, sequence[:, 20:80])
    np.testing.assert_allclose(motifs, expected)
    np.testing.assert_array_equal(windows, counts)


def test_a_model_without_motifs_has_none():
    sequence = keras.Input((60, 4))
    model = keras.Model(sequence, keras.layers.Dense(1)(keras.layers.Flatten()(sequence)))
    assert filter_motifs(model, np.zeros((2, 60, 4), "float32")) is None
