"""Attributions of a network that is the motif, against summits that were planted."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tfbs.benchmark.evaluation.designs import DESIGNS, Case
from tfbs.benchmark.evaluation.summits import measure_summits
from tfbs.benchmark.predict import Predictor
from tfbs.datasets.alphabet import encode, one_hot
from tfbs.datasets.grid import Grid
from tfbs.datasets.probe import bound_rows, rarest_bound
from tfbs.datasets.split import SITE, Split

BIN, LENGTH = 200, 300
MOTIFS = (encode("GATTACAGAT"), encode("CCGCGTTGCC"))


class Planted:
    """Summits that are known for every row and target; -1 for none."""

    def __init__(self, centre: np.ndarray) -> None:
        self.centre = centre

    def near(self, rows, targets, within):
        centre = self.centre[rows, targets][:, None]
        return (np.abs(np.arange(LENGTH) - centre) <= within) & (centre >= 0)


def motif_model(motifs) -> keras.Model:
    """The best match of each motif in the window: its logit."""
    sequence = keras.Input((LENGTH, 4))
    conv = keras.layers.Conv1D(len(motifs), 10, use_bias=False)
    best = keras.layers.GlobalMaxPooling1D()(conv(sequence))
    model = keras.Model(sequence, keras.layers.Rescaling(1.0, offset=-7.5)(best))
    conv.set_weights([np.stack([one_hot(motif) for motif in motifs], axis=-1)])
    return model


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(0)
    n = 3000
    label = np.zeros((n, 2), "int8")
    label[rng.random(n) < 0.05, 0] = 1
    label[rng.random(n) < 0.02, 1] = 1
    label[:5] = 1
    sequence = rng.integers(0, 4, (n, LENGTH), dtype=np.uint8)
    centre = np.full((n, 2), -1)
    for target, motif in enumerate(MOTIFS):
        for row in np.flatnonzero(label[:, target]):
            start = rng.integers(60, 135) + 90 * target
            sequence[row, start : start + 10] = motif
            centre[row, target] = start + 5
    grid = Grid(("chrA",), ("",), np.array([[0, 0, n]]), BIN, 50)
    ids = np.array([f"bin{row}" for row in range(n)])
    split = Split(ids, sequence, label, grid=grid, summits=Planted(centre))
    predict = Predictor(motif_model(MOTIFS))
    return Case(split, predict(sequence), predict)


def values(model, case):
    measured, arrays = measure_summits(model, case, 60, seed=0)
    return {(m.name, m.design): m for m in measured}, arrays


def test_each_window_is_explained_for_its_rarest_bound_target(case):
    rows = bound_rows(case.split, 60)
    targets = rarest_bound(case.label, rows)
    assert (case.label[rows, targets] == 1).all()
    both = (case.label[rows] == 1).all(axis=1)
    assert both.any() and (targets[both] == 1).all()


def test_a_network_that_reads_the_motif_points_at_the_summit(case):
    found, arrays = values(motif_model(MOTIFS), case)
    area = found["summit_attribution_auroc_saliency", "all"]
    # the gradient is that of the ten letters of the match, of the site's 21 positions
    truth = 2 * SITE + 1
    expected = (10 + 0.5 * (truth - 10)) / truth
    assert area.value == pytest.approx(expected, abs=0.02)
    assert area.interval[0] <= area.value <= area.interval[1]
    chance = found["summit_attribution_aupr_chance", "all"].value
    assert chance == pytest.approx(truth / BIN, abs=1e-9)
    assert found["summit_attribution_aupr_saliency", "all"].value > 4 * chance
    assert arrays["attribution_saliency"].shape == (60, LENGTH, 4)


def test_a_network_with_the_motifs_swapped_points_elsewhere(case):
    found, _ = values(motif_model(MOTIFS[::-1]), case)
    assert abs(found["summit_attribution_auroc_saliency", "all"].value - 0.5) < 0.05


def test_specificity_compares_summits_with_every_design(case):
    found, _ = values(motif_model(MOTIFS), case)
    name = "summit_attribution_specificity_saliency"
    assert {design for metric, design in found if metric == name} == set(DESIGNS) - {
        "accessible_unbound"  # there is no track
    }
    # a max pool explains ten letters of any window: 10 of 21 against up to 10 of 200
    area = found[name, "all"].value
    assert 0.65 < area < 0.78
    assert found[name, "all"].positives == 60 * (2 * SITE + 1)
