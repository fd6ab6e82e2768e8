"""A genome made by hand, on which whatever is rich in GC is bound and open."""

from __future__ import annotations

import numpy as np
import pytest

from tfbs.benchmark.evaluation.designs import Case
from tfbs.datasets.grid import Grid
from tfbs.datasets.split import Split

BIN, STEP, LENGTH = 200, 50, 300


def make_case(
    seed: int = 0, tracks: bool = True, cells: tuple[str, ...] = ("",)
) -> tuple[Case, np.ndarray]:
    """Two chromosomes of 4,000 and 3,000 bins, one bin in 50 bound; the model counts GC."""
    rng = np.random.default_rng(seed)
    runs = np.array([[0, 0, 4000], [1, 1000, 3000]])
    grid = Grid(("chrA", "chrB"), cells, runs, BIN, STEP)
    n = len(grid)
    share = rng.uniform(0.2, 0.8, n)[:, None]
    strong = rng.random((n, LENGTH)) < share
    sequence = np.where(
        strong, rng.integers(1, 3, (n, LENGTH)), 3 * rng.integers(0, 2, (n, LENGTH))
    )
    label = np.zeros((n, 2), "int8")
    label[:, 0] = (rng.random(n) < 0.02) & (share[:, 0] > 0.6)
    label[rng.random(n) < 0.05, 0] = -1
    label[:, 1] = 0  # nothing is bound by the second
    track = np.full((n, LENGTH, 1), np.nan, "float16")
    height = rng.exponential(size=n) + 2 * (label[:, 0] == 1)
    track[:, 60:] = height[:, None, None]
    ids = np.array([f"bin{row}" for row in range(n)])
    split = Split(ids, sequence.astype("uint8"), label, tracks=track if tracks else None, grid=grid)

    def predict(codes, tracks=None):
        gc = ((codes == 1) | (codes == 2)).mean(axis=1)
        return np.stack([gc, -gc], axis=1)

    return Case(split, predict(split.sequence), predict), height


@pytest.fixture(scope="session")
def genome_case():
    """Returns the function that makes a case."""
    return make_case


@pytest.fixture(scope="session")
def small_network():
    """Returns what makes a little untrained network of 12 nucleotides, not linear."""

    def build(activation: str = "relu", targets: int = 1, tracks: int = 0):
        import keras

        inputs = [keras.Input((12, 4)), *([keras.Input((12, tracks))] if tracks else [])]
        x = keras.layers.Concatenate()(inputs) if tracks else inputs[0]
        x = keras.layers.Conv1D(8, 5, padding="same", activation=activation)(x)
        x = keras.layers.Dense(8, activation=activation)(keras.layers.Flatten()(x))
        outputs = keras.layers.Dense(targets)(x)
        model = keras.Model(inputs if tracks else inputs[0], outputs)
        rng = np.random.default_rng(3)
        model.set_weights([rng.normal(0, 0.25, w.shape) for w in model.get_weights()])
        return model

    return build


@pytest.fixture(scope="session")
def linear_network():
    """Returns what makes a linear model of 12 nucleotides, with something on top of it."""

    def build(top=None):
        import keras

        sequence = keras.Input((12, 4))
        outputs = keras.layers.Dense(1)(keras.layers.Flatten()(sequence))
        model = keras.Model(sequence, outputs if top is None else top(outputs))
        kernel = np.random.default_rng(0).normal(size=(48, 1))
        model.set_weights([kernel, np.zeros(1)])
        return model

    return build


@pytest.fixture(scope="session")
def examples_of():
    """Returns what makes examples of a model, labelled by its own median."""
    from tfbs.benchmark.evaluation.examples import Examples
    from tfbs.benchmark.predict import Predictor

    def make(model, n: int = 60, **more):
        length = model.inputs[0].shape[1]
        codes = np.random.default_rng(1).integers(0, 4, (n, length)).astype("uint8")
        predict = Predictor(model)
        logit = predict(codes)
        label = (logit > np.median(logit, axis=0)).astype("int8")
        names = tuple(f"t{index}" for index in range(label.shape[1]))
        return Examples(predict, codes, label, names, 0, **more)

    return make
