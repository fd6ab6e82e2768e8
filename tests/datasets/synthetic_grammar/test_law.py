"""What is drawn: planted motifs, splits that differ by one thing, labels of the stated chance."""

import itertools
import re
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.datasets import synthetic_grammar
from tfbs.datasets.motifs import information_content
from tfbs.datasets.synthetic_grammar import effects, law, rule
from tfbs.datasets.synthetic_grammar.backgrounds import (
    TRANSITIONS,
    draw_background,
    gc_deviation,
)
from tfbs.datasets.synthetic_grammar.composition import SHIFTS, Law

EFFECTS = {factor.matrix_id: factor.effect for factor in rule.FACTORS}


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), split=st.sampled_from(sorted(SHIFTS)))
def test_planted_instances_are_where_the_truth_says(seed, split):
    """Energies, recomputed from the sequence at the stated places, are the stated affinities.

    Information is in the favoured letters of activators, and there only.
    """
    drawn = law.draw_grammar(Law().shifted(split), 3, (seed,))
    for sequence, information, instances in zip(
        drawn.sequence, drawn.information, drawn.instances, strict=True
    ):
        end = 0
        marked = np.zeros(rule.LENGTH)
        for instance in instances:
            place = instance.place
            assert end <= place.start < place.end <= rule.LENGTH
            end = place.end
            letters = sequence[place.start : place.end]
            letters = letters if place.strand == 1 else 3 - letters[::-1]
            table = rule.energies(place.matrix_id)
            assert table.max() == 0
            assert instance.affinity == pytest.approx(
                sum(table[i, c] for i, c in enumerate(letters)), abs=1e-4
            )
            assert instance.effect == EFFECTS.get(place.matrix_id, 0)
            if instance.effect > 0:
                matrix = law._motifs()[place.matrix_id].probabilities
                likely = matrix[np.arange(len(letters)), letters]
                bits = information_content(matrix) * (likely > 0.25)
                marked[place.start : place.end] = bits[:: place.strand]
        np.testing.assert_allclose(information, marked, atol=1e-6)


def test_mutations_weaken_the_instances():
    usual = law.draw_grammar(Law(), 80, (1,))
    weak = law.draw_grammar(Law().shifted("test_mutations"), 80, (1,))
    mean = [np.mean([i.affinity for p in g.instances for i in p]) for g in (usual, weak)]
    assert mean[1] < mean[0] - 1


def test_labels_are_drawn_with_the_stated_chance():
    for which in (Law(), Law(noise=0.1), Law(background="gc", confounding=2.0)):
        drawn = law.draw_grammar(which, 300, (4,))
        variance = (drawn.chance * (1 - drawn.chance)).sum()
        assert abs(drawn.label.sum() - drawn.chance.sum()) < 4 * variance**0.5
        for half in (drawn.chance < 0.5, drawn.chance >= 0.5):
            spread = (drawn.chance * (1 - drawn.chance))[half].sum() ** 0.5
            assert abs((drawn.label - drawn.chance)[half].sum()) < 4 * spread


@pytest.mark.parametrize(("assumed", "fits"), [(2.0, True), (0.0, False), (4.0, False)])
def test_the_odds_of_a_confounded_label_hold_the_tilt_of_its_selection(assumed, fits):
    """Of a chance with another tilt, what is left of the labels still goes with GC."""
    which = Law(background="gc", confounding=2.0)
    sequence, label, _ = law._selected(which, 1200, np.random.default_rng(7))
    chance = law.label_chance(
        law.true_logits(sequence), sequence, replace(which, confounding=assumed)
    )
    z = law.gc_deviation(sequence)
    score = ((label - chance) * z).sum() / np.sqrt((chance * (1 - chance) * z**2).sum())
    assert (abs(score) < 4) == fits


def test_noise_keeps_chances_away_from_certainty():
    logit, codes = np.array([-30.0, 0.0, 30.0]), np.full((3, 200), 0, np.uint8)
    chance = law.label_chance(logit, codes, Law(noise=0.1))
    assert chance == pytest.approx([0.1, 0.5, 0.9])


def test_the_confounder_is_there_and_breaks():
    confounded = Law(background="gc", confounding=2.0)
    correlations = []
    for split in ("test", "test_confounder"):
        drawn = law.draw_grammar(confounded.shifted(split), 250, (2,))
        correlations.append(np.corrcoef(gc_deviation(drawn.sequence), drawn.label)[0, 1])
    assert correlations[0] > 0.4
    assert abs(correlations[1]) < 0.25


def test_backgrounds_are_what_they_are_called():
    rng = np.random.default_rng(0)
    uniform, gc, markov = (
        draw_background(name, 2_000, rng) for name in ("uniform", "gc", "markov")
    )
    assert np.bincount(uniform.ravel(), minlength=4) / uniform.size == pytest.approx(
        [0.25] * 4, abs=0.005
    )
    assert gc_deviation(gc).std() == pytest.approx(1, abs=0.1)
    pairs = np.bincount(markov[:, :-1].ravel() * 4 + markov[:, 1:].ravel(), minlength=16)
    seen = pairs.reshape(4, 4) / pairs.reshape(4, 4).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(seen, TRANSITIONS, atol=0.01)
    np.testing.assert_allclose(TRANSITIONS.sum(axis=1), 1)


def test_the_seed_decides():
    first, again, other = (law.draw_grammar(Law(), 5, (seed, 0)) for seed in (5, 5, 6))
    for field in ("sequence", "label", "logit", "importance"):
        np.testing.assert_array_equal(getattr(first, field), getattr(again, field))
    assert not np.array_equal(first.sequence, other.sequence)


def test_the_kept_effects_are_those_of_the_rule():
    kept = effects.read_effects()
    assert kept["draws"] == effects.NUM_DRAWS
    assert set(kept["motifs"]) == {f.name for f in rule.FACTORS} | set(rule.DECOYS)
    for name in ("YY1", "FOSL1"):
        again = effects.motif_effect(name)
        assert again == pytest.approx(kept["motifs"][name], abs=2e-3)
    pair = kept["pairs"]["SP1+ Gabpa+"]
    assert {len(values) for values in pair.values()} == {rule.MAX_SPACING + 1}
    again = effects.pair_effect(("SP1", 1), ("Gabpa", 1), 4)
    assert again == pytest.approx({field: pair[field][4] for field in pair}, abs=2e-3)


def test_a_standard_error_is_that_of_the_mean():
    found = effects._mean(np.array([1.0, 2.0, 3.0, 6.0], np.float32))
    assert found == {"effect": 3.0, "standard_error": pytest.approx((14 / 3) ** 0.5 / 2, abs=1e-3)}


def test_no_kept_effect_is_known_worse_than_the_card_says():
    card = resources.files(synthetic_grammar).joinpath("README.md").read_text(encoding="utf-8")
    stated = float(re.search(r"at most (\.\d+)\) over 1,280 draws", card)[1])
    kept = effects.read_effects()
    errors = [motif["standard_error"] for motif in kept["motifs"].values()]
    errors += itertools.chain(*(pair["standard_error"] for pair in kept["pairs"].values()))
    assert max(errors) == stated


def test_motifs_and_pairs_have_the_effects_that_the_rule_means():
    kept = effects.read_effects()
    for factor in rule.FACTORS:
        assert kept["motifs"][factor.name]["effect"] * factor.effect > 0
    # STAT1 shares GGAA with Gabpa
    assert all(abs(kept["motifs"][name]["effect"]) < 0.5 for name in rule.DECOYS)
    near = kept["pairs"]["SP1+ Gabpa+"]["effect"]
    assert int(np.argmax(near)) in (3, 4, 5)
    assert max(near) > near[20] + 0.5
