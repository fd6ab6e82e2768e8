"""Shifts, insertions, deletions and other surroundings."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.benchmark.attacks.indel import delete, insert
from tfbs.benchmark.attacks.shift import shift
from tfbs.benchmark.attacks.surroundings import (
    flanks,
    randomise,
    randomise_flanks,
    shuffle_flanks,
)
from tfbs.benchmark.evaluation.edits import background_edits, measure_edits
from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.shifts import measure_shifts, shift_spread
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import Stress
from tfbs.datasets.dinucleotide_shuffle import dinucleotide_counts
from tfbs.datasets.split import Split
from tfbs.datasets.synthetic_grammar.composition import Law
from tfbs.datasets.synthetic_grammar.law import draw_grammar
from tfbs.datasets.synthetic_grammar.logit import true_logits
from tfbs.datasets.task import Task

LENGTH = 40


def sequences(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4, (5, LENGTH)).astype("uint8")


@given(st.integers(0, 100), st.integers(-90, 90))
def test_a_shift_is_a_roll_and_comes_back(seed, offset):
    codes, offsets = sequences(seed), np.arange(5) * offset
    moved = shift(codes, offsets)
    for row in range(5):
        np.testing.assert_array_equal(moved[row], np.roll(codes[row], offsets[row]))
    maps = np.eye(5)[codes]
    np.testing.assert_array_equal(shift(shift(maps, offsets), -offsets), maps)


@given(st.integers(0, 100), st.integers(1, LENGTH))
def test_an_insertion_keeps_what_is_before_it_and_moves_what_is_after(seed, size):
    codes = sequences(seed)
    for old, new in zip(codes, insert(codes, size, seed), strict=True):
        starts = [
            start
            for start in range(LENGTH - size + 1)
            if (new[:start] == old[:start]).all()
            and (new[start + size :] == old[start : LENGTH - size]).all()
        ]
        assert starts


@given(st.integers(0, 100), st.integers(1, LENGTH))
def test_a_deletion_keeps_what_is_before_it_and_brings_up_what_is_after(seed, size):
    codes = sequences(seed)
    for old, new in zip(codes, delete(codes, size, seed), strict=True):
        starts = [
            start
            for start in range(LENGTH - size + 1)
            if (new[:start] == old[:start]).all()
            and (new[start : LENGTH - size] == old[start + size :]).all()
        ]
        assert starts


def test_flanks_are_replaced_and_the_centre_stays():
    codes = sequences(0)
    left, right = flanks(LENGTH, 0.5)
    assert (left.start, left.stop, right.start, right.stop) == (0, 10, 30, 40)
    for edit in (shuffle_flanks, randomise_flanks):
        found = edit(codes, 0.5, 0)
        np.testing.assert_array_equal(found[:, 10:30], codes[:, 10:30])
        assert (found[:, :10] != codes[:, :10]).any() and (found[:, 30:] != codes[:, 30:]).any()
    shuffled = shuffle_flanks(codes, 0.5, 0)
    for side in (left, right):
        np.testing.assert_array_equal(
            dinucleotide_counts(shuffled[:, side]), dinucleotide_counts(codes[:, side])
        )


def counting_model(by_place: bool) -> keras.Model:
    """Logit by the share of G, in all positions alike or in the first half only."""
    sequence = keras.Input((LENGTH, 4))
    outputs = keras.layers.Dense(1, use_bias=False)(keras.layers.Flatten()(sequence))
    model = keras.Model(sequence, outputs)
    kernel = np.zeros((LENGTH, 4))
    kernel[: LENGTH // 2 if by_place else LENGTH, 2] = 0.5
    model.set_weights([kernel.reshape(-1, 1)])
    return model


def test_the_variation_of_a_model_that_shifts_do_not_touch_is_0(examples_of):
    settings = Stress(shifts=(1, 5), shift_samples=8)
    values = []
    for by_place in (False, True):
        measured, arrays = measure_shifts(examples_of(counting_model(by_place)), settings)
        found = {m.name: m for m in measured}
        values.append(found["shift_variation"].value)
        assert arrays["probe_logits_shift"].shape == (3, 60, 1)
        assert found["auroc_shift_0"].value == 1
    assert values[0] == pytest.approx(0, abs=1e-6)
    assert values[1] > 0.01


def test_the_spread_over_shifts_is_that_of_numpy():
    probability = np.random.default_rng(0).random((6, 4, 2))
    spread, level = shift_spread(probability)
    np.testing.assert_allclose(spread[1], probability[:, 1].std(axis=0).mean())
    np.testing.assert_allclose(level[1], probability[:, 1].mean())


def test_another_background_is_only_measured_where_the_truth_is_known(examples_of):
    model, settings = counting_model(False), Stress(indels=(1,))
    blind, _ = measure_edits(examples_of(model), settings)
    assert "auroc_background_random" not in {m.name for m in blind}
    told, _ = measure_edits(examples_of(model, silent=np.zeros((60, LENGTH), bool)), settings)
    values = {m.name: m.value for m in told}
    assert values["auroc_background_random"] == 1  # no letter may change
    assert values["auroc_flanks_shuffled"] == 1  # the composition stays
    assert values["auroc_flanks_random"] < 1


def test_only_silent_letters_are_replaced_and_unknown_ones_stay_so(examples_of):
    where = np.arange(LENGTH) % 2 == 0
    examples = examples_of(counting_model(False), silent=np.tile(where, (60, 1)))
    changed = background_edits(examples, 0.5)["background_random"] != examples.codes
    assert not changed[:, ~where].any()
    assert 0.7 < changed[:, where].mean() < 0.8  # three letters of four are others
    padded = np.full((3, 8), 4, "uint8")
    assert (randomise(padded, np.ones((3, 8), bool), 0) == 4).all()


class Planted:
    """The placements of a grammar that was just drawn."""

    def __init__(self, instances):
        self.instances = instances

    def of(self, rows):
        return [tuple(each.place for each in self.instances[row]) for row in rows]


def test_repressors_are_no_background():
    """Their letters carry no information, but the labels would change with them.

    Nor is every letter beside them: chance makes and breaks sites there.
    """
    drawn = draw_grammar(Law(), 200, (3,))
    ids = np.arange(200).astype(str)
    planted = Planted(drawn.instances)
    test = Split(ids, drawn.sequence, drawn.label[:, None], drawn.information, placements=planted)
    parts = ("grammar", "grammar", "", "1.0.0", "0" * 64, "", 200, ("bound",), {"test": test}, {})
    task = Task(*parts, true_logits=true_logits)
    model = keras.Sequential([keras.Input((200, 4)), keras.layers.Flatten(),
                              keras.layers.Dense(1)])  # fmt: skip
    rows = np.arange(200)
    examples = Examples.of(Predictor(model), task, rows, 0)
    edited = background_edits(examples, 0.5)["background_random"]
    blind = randomise(drawn.sequence, drawn.information <= 0.01, 0)
    spared = randomise(drawn.sequence, examples.silent, 0)
    moved = {
        name: np.abs(true_logits(codes) - drawn.logit)
        for name, codes in {"blind": blind, "spared": spared, "edited": edited}.items()
    }
    assert moved["spared"].mean() < moved["blind"].mean() / 2
    assert moved["edited"].max() <= 0.5 + 1e-6
    changed = (edited != drawn.sequence).any(axis=1)
    assert changed.mean() > 0.9 and (edited[changed] != drawn.sequence[changed]).mean() > 0.4


@pytest.mark.parametrize("edit", [insert, delete])
def test_an_edit_longer_than_the_sequence_leaves_nothing_of_it(edit):
    codes = np.full((50, 6), 4, "uint8")
    assert (edit(codes, 20, 0) < 4).all()
