"""Experiments on models whose effects are known: sums of weights, and products of them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tfbs.benchmark.explain.gia import EXPERIMENTS
from tfbs.benchmark.explain.gia.effect import Backgrounds
from tfbs.benchmark.explain.gia.experiment import Bench
from tfbs.benchmark.explain.gia.patterns import iupac_pattern
from tfbs.benchmark.explain.gia.sites import Sites
from tfbs.benchmark.explain.gia.spec import make_experiment
from tfbs.datasets.alphabet import encode
from tfbs.errors import UserError

LENGTH, N = 60, 24
FIRST, SECOND = "CACGTG", "TTCCG"
SETTINGS = {"kmers": {"width": 2}, "spacing": {"gaps": [0, 3]}, "additivity": {"gaps": [0, 3]}}


def holds(codes: np.ndarray, word: str) -> np.ndarray:
    """How often a word is on the forward strand."""
    windows = sliding_window_view(codes, len(word), axis=1)
    return (windows == encode(word)).all(axis=2).sum(axis=1)


def score(codes: np.ndarray) -> np.ndarray:
    """Counts the first word, and twice the second one."""
    return holds(codes, FIRST) + 2.0 * holds(codes, SECOND)


def empty(n: int) -> np.ndarray:
    """Sequences of A and T alone, which hold neither word."""
    return (3 * np.random.default_rng(0).integers(0, 2, (n, LENGTH))).astype("uint8")


@pytest.fixture(scope="module")
def bench():
    codes = empty(N)
    bound = empty(N)
    bound[:10, 20:26] = encode(FIRST)
    motifs = iupac_pattern(FIRST), iupac_pattern(SECOND)
    decoys = (iupac_pattern("GGGG"),)
    grounds = Backgrounds(score, codes, 0)
    return Bench(
        motifs, decoys, grounds, Backgrounds(lambda c: 3 * score(c), codes, 0), Sites(bound)
    )


def by_labels(findings, *keys):
    return {tuple(one.labels[key] for key in keys): one for one in findings}


@pytest.mark.parametrize("name", list(EXPERIMENTS))
class TestEveryExperiment:
    def run(self, bench, name):
        return make_experiment(name, **SETTINGS.get(name, {})).findings(bench)

    def test_finds_effects_with_the_labels_that_its_figure_asks_for(self, bench, name):
        found = self.run(bench, name)
        axes = EXPERIMENTS[name].axes
        labels = {key for key in (axes.x, axes.colour, axes.panel) if key}
        assert found and all(set(one.labels) >= labels for one in found)
        assert len({tuple(one.labels.items()) for one in found}) == len(found)

    def test_has_the_true_effect_beside_that_of_the_model(self, bench, name):
        """The rule is three times the model."""
        for one in self.run(bench, name):
            assert one.true == pytest.approx(3 * one.effect.mean)

    def test_has_a_line_of_description(self, bench, name):
        assert len((EXPERIMENTS[name].__doc__ or "").partition("\n")[0]) > 20

    def test_refuses_to_look_at_no_motif(self, bench, name):
        nothing = Bench((), (), bench.model, None, bench.sites)
        if EXPERIMENTS[name].needs_motifs:
            with pytest.raises(UserError, match="no motif is known for this task; name some"):
                self.run(nothing, name)


def test_motifs_and_decoys_in_the_middle(bench):
    found = by_labels(make_experiment("motif").findings(bench), "motif")
    assert {key: one.effect.mean for key, one in found.items()} == {
        (FIRST,): 1, (SECOND,): 2, ("GGGG",): 0,
    }  # fmt: skip


def test_motifs_of_the_experiment_go_before_those_of_the_task(bench):
    found = make_experiment("motif", motifs=["CACGTGTTCCG"]).findings(bench)
    assert [(one.labels["motif"], one.effect.mean) for one in found] == [("CACGTGTTCCG", 3)]


def test_a_substitution_in_a_word_loses_it_and_its_own_letter_does_not(bench):
    found = by_labels(make_experiment("variants").findings(bench), "motif", "position", "letter")
    assert len(found) == 4 * (len(FIRST) + len(SECOND))
    for (motif, position, letter), one in found.items():
        lost = 0 if motif[position - 1] == letter else -1 if motif == FIRST else -2
        assert one.effect.mean == lost


def test_flanks_are_positions_to_both_sides(bench):
    found = make_experiment("flanks", reach=2, motifs=[FIRST]).findings(bench)
    assert sorted({one.labels["position"] for one in found}) == [-2, -1, 7, 8]
    assert all(one.effect.mean == 0 for one in found)


def test_a_flank_that_matters_is_found(bench):
    """CACGTG as a motif of ACGTG, whose missing C stands before it."""
    found = by_labels(
        make_experiment("flanks", reach=1, motifs=["ACGTG"]).findings(bench), "position", "letter"
    )
    assert {key for key, one in found.items() if one.effect.mean == 1} == {(-1, "C")}


def test_every_place_of_the_sequence_is_tried_on_both_strands(bench):
    found = by_labels(
        make_experiment("position", step=1, motifs=[SECOND]).findings(bench), "strand", "start"
    )
    assert {start for _, start in found} == set(range(LENGTH - len(SECOND) + 1))
    assert {one.effect.mean for (strand, _), one in found.items() if strand == "+"} == {2}
    assert {one.effect.mean for (strand, _), one in found.items() if strand == "-"} == {0}


def test_copies_add_up_as_far_as_there_is_room(bench):
    found = make_experiment("copies", most=9, gap=10, motifs=[FIRST]).findings(bench)
    assert [(one.labels["copies"], one.effect.mean) for one in found] == [
        (1, 1), (2, 2), (3, 3), (4, 4),
    ]  # fmt: skip


def test_the_context_is_taken_away_from_the_motif_in_its_context(bench):
    gc = Backgrounds(lambda codes: np.isin(codes, (1, 2)).sum(axis=1), bench.model.codes, 0)
    found = make_experiment("gc", reach=10, shares=[0, 1], motifs=["CACGTG"]).findings(
        Bench((), (), gc)
    )
    assert [one.effect.mean for one in found] == [4, 4]


def test_pairs_are_homotypic_and_heterotypic_in_every_orientation(bench):
    found = make_experiment("spacing", gaps=[4]).findings(bench)
    assert len(found) == 3 + 4 + 3
    effects = by_labels(found, "pair", "strands")
    both = f"{FIRST}, {SECOND}"
    assert [effects[both, strands].effect.mean for strands in ("++", "+-", "-+", "--")] == [
        3,
        1,
        3,
        1,
    ]
    only = make_experiment("spacing", gaps=[4], homotypic=False).findings(bench)
    assert {one.labels["pair"] for one in only} == {both}


def test_what_pairs_do_beyond_the_sum(bench):
    """Nothing where they are counted, all of it where both are needed."""
    assert all(
        one.effect.mean == 0
        for one in make_experiment("additivity", gaps=[4, 7]).findings(bench)
    )  # fmt: skip
    product = Backgrounds(
        lambda c: holds(c, FIRST) * holds(c, SECOND), bench.model.codes, 0
    )  # fmt: skip
    found = make_experiment("additivity", gaps=[4], homotypic=False).findings(
        Bench(bench.motifs, (), product)
    )
    assert by_labels(found, "strands")[("++",)].effect.mean == 1


def test_all_words_are_tried():
    codes = np.zeros((4, LENGTH), "uint8")
    grounds = Backgrounds(lambda c: holds(c, "CGC"), codes, 0)
    found = make_experiment("kmers", width=3).findings(Bench((), (), grounds))
    assert len({one.labels["word"] for one in found}) == 64
    assert [one.labels["word"] for one in found if one.effect.mean] == ["CGC"]


def test_necessity_looks_at_sequences_with_the_motif_alone(bench):
    """A random word is the motif once in 4,096 times: what is lost is 1 but for that."""
    found = by_labels(make_experiment("necessity").findings(bench), "motif", "quantity")
    necessity = found[FIRST, "necessity"].effect
    assert necessity.samples == 10
    assert necessity.mean == pytest.approx(1, abs=0.03)
    assert found[FIRST, "sufficiency"].effect.mean == 1
    assert (SECOND, "necessity") not in found  # no sequence holds it
    assert found[SECOND, "sufficiency"].effect.mean == 2


def test_necessity_without_bound_sequences_is_refused(bench):
    with pytest.raises(UserError, match="the task has no bound sequence"):
        make_experiment("necessity").findings(Bench(bench.motifs, (), bench.model))


@pytest.mark.parametrize("name", ["motif", "position", "gc", "spacing", "variants", "copies"])
def test_a_motif_wider_than_the_sequences_is_refused(bench, name):
    with pytest.raises(UserError, match=r"takes .* nucleotides, the sequences have 60"):
        make_experiment(name, motifs=["A" * 61]).findings(bench)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("spacing", {"homotypic": False, "motifs": [FIRST]}), ("flanks", {"motifs": ["A" * LENGTH]})],
)
def test_settings_that_leave_no_condition_are_refused(bench, name, settings):
    with pytest.raises(UserError, match=f"experiment {name}: its settings leave no condition"):
        make_experiment(name, **settings).findings(bench)


def test_drawn_sites_differ_and_the_consensus_does_not(bench):
    rich = Backgrounds(lambda codes: (codes == 1).sum(axis=1), np.zeros((400, 60), "uint8"), 0)
    own = Bench((), (), rich)
    consensus, drawn = (
        make_experiment("motif", motifs=["MA0079.3"], sites=sites).findings(own)[0].effect
        for sites in ("consensus", "drawn")
    )
    assert consensus.deviation == 0 < drawn.deviation
