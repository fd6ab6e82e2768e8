"""Sums over layouts against every layout in turn, and against labels that were drawn."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from scipy import stats

from tfbs.datasets.catalogue import TASKS
from tfbs.datasets.ceiling import expected_auroc
from tfbs.datasets.layout_likelihood import likelihood_ratio, window_ratios
from tfbs.datasets.motifs import Motif
from tfbs.datasets.planting import NumMotifs, both_strands, draw_gaps
from tfbs.datasets.synthetic_code import law as code
from tfbs.datasets.synthetic_density import law as density
from tfbs.datasets.synthetic_motifs import law as motifs

RNG = np.random.default_rng(3)
POOL = both_strands(
    [
        Motif("MA1.1", "short", RNG.dirichlet([0.3] * 4, size=2)),
        Motif("MA2.1", "long", RNG.dirichlet([0.3] * 4, size=3)),
    ]
)


def splits(total: int, parts: int):
    """All ways to write a number as a sum of whole numbers from 0 on, in order."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(total - first, parts - 1):
            yield first, *rest


def gap_chance(gaps) -> float:
    """The density of rescaled uniform numbers at whole gaps."""
    return sum(gaps) / len(gaps) / max(gaps) ** len(gaps) * 0.5 ** gaps.count(0)


def one_by_one(codes, pool, num_motifs, share) -> float:
    """The likelihood ratio of one sequence, layout by layout."""
    total = 0.0
    for count, chance in zip(num_motifs.values, num_motifs.probabilities, strict=True):
        for chosen in itertools.product(pool, repeat=count):
            free = len(codes) - sum(motif.width for motif, _, _ in chosen)
            for gaps in splits(free, count + 1):
                found, start = 1.0, 0
                for gap, (motif, _, matrix) in zip(gaps, chosen, strict=False):
                    start += gap
                    found *= np.prod([4 * matrix[i, codes[start + i]] for i in range(motif.width)])
                    start += motif.width
                total += chance * share**count * gap_chance(gaps) * found
    return total


@pytest.mark.parametrize("share", [0.25, 0.1])
def test_the_forward_sum_is_that_of_every_layout(share):
    codes = RNG.integers(0, 4, size=(3, 11), dtype=np.uint8)
    law = NumMotifs((1, 3), (0.7, 0.3))
    found = likelihood_ratio(codes, POOL, law, share, ratio=1)
    assert found == pytest.approx([one_by_one(row, POOL, law, share) for row in codes])


def test_few_bounds_on_the_widest_gap_do_for_all():
    drawn = motifs.draw_motifs(250, 1).planted.sequence
    pool = both_strands(list(motifs.read_jaspar(motifs.FACTORS.values()).values()))
    others = [each for each in pool if each[0].matrix_id != motifs.FACTORS["Arid3a"]]

    def without(**how):
        part = likelihood_ratio(drawn, others, motifs.NUM_MOTIFS, share=1 / len(pool), **how)
        return part / likelihood_ratio(drawn, pool, motifs.NUM_MOTIFS, **how)

    assert without() == pytest.approx(without(ratio=1), abs=0.02)
    assert expected_auroc(without()) == pytest.approx(expected_auroc(without(ratio=1)), abs=1e-3)


@pytest.mark.parametrize("parts", [2, 4, 6])
def test_drawn_gaps_are_as_wide_as_the_density_says(parts):
    total, rng = 90, np.random.default_rng(0)
    widest = np.array([draw_gaps(rng, parts, total).max() for _ in range(4000)])
    below = []  # weights of all gaps up to a bound, by convolution; a gap of 0 counts half
    for bound in range(1, total + 1):
        gap = np.concatenate([[0.5], np.ones(bound)])
        ways = functools.reduce(np.convolve, [gap] * parts)
        below.append(ways[total] if len(ways) > total else 0.0)
    chance = np.diff(below, prepend=0) * np.arange(1, total + 1.0) ** -parts * total / parts
    assert chance.sum() == pytest.approx(1, abs=0.01)
    edges = np.searchsorted(np.cumsum(chance), np.linspace(0, 1, 9)[1:-1] * chance.sum())
    bins = np.digitize(np.arange(1, total + 1), edges + 1.5)
    expected = np.bincount(bins, chance / chance.sum())
    observed = np.bincount(bins[widest - 1], minlength=len(expected))
    assert stats.chisquare(observed, expected * len(widest)).pvalue > 1e-3


def test_windows_are_products_of_odds():
    codes = np.array([[0, 1, 2, 3, 3]], np.uint8)
    background = (0.3, 0.2, 0.2, 0.3)
    found = window_ratios(codes, POOL, background)
    forward, reverse = POOL[1][2], POOL[3][2]
    odds = [
        np.prod([matrix[i, c] / background[c] for i, c in enumerate((1, 2, 3))])
        for matrix in (forward, reverse)
    ]
    assert found[3].shape == (1, 3)
    assert found[3][0, 1] == pytest.approx(sum(odds))


@pytest.mark.parametrize("width", [3, 5])
def test_placed_motifs_are_summed_start_by_start(width):
    """Against the law of `compose`: each start uniform over those that are still free."""
    windows = np.random.default_rng(width).gamma(1, size=(2, 24))
    starts = range(24)

    def free(placed):
        return [s for s in starts if all(abs(s - other) >= width for other in placed)]

    for row, found in zip(windows, density._placed_ratio(windows, width), strict=True):
        expected = [0.0, 0.0, 0.0]
        for a in starts:
            expected[0] += row[a] / 24
            for b in free([a]):
                pair = row[a] * row[b] / 24 / len(free([a]))
                expected[1] += pair
                expected[2] += sum(pair * row[c] for c in free([a, b])) / len(free([a, b]))
        assert found == pytest.approx(np.dot(expected, density.NUM_MOTIFS.probabilities))


@pytest.mark.parametrize("config", code.CONFIGS)
def test_the_background_of_a_config_is_what_its_negatives_hold(config):
    name = "lookalikes" if config == "hard" else "distinct"
    drawn = code.draw_code(6, code.read_background(name), 2).planted.sequence
    matrices = code.read_jaspar(code.CORE + code.read_background(name))
    core, everything = (
        likelihood_ratio(drawn, both_strands([matrices[each] for each in ids]), code.NUM_MOTIFS)
        for ids in (code.CORE, matrices)
    )
    task = "synthetic_code" if config == "default" else f"synthetic_code/{config}"
    assert TASKS[task].chances(drawn)[:, 0] == pytest.approx(core / (core + everything))


def draw(name: str, size: int):
    """Drawn sequences and labels of a task."""
    dataset, _, config = name.partition("/")
    if dataset == "synthetic_motifs":
        return motifs.draw_motifs(size, 5)
    if dataset == "synthetic_density":
        return density.draw_density(size, 5)
    background = {"": "distinct", "hard": "lookalikes"}[config]
    return code.draw_code(size, code.read_background(background), 5)


@pytest.mark.parametrize(
    "name", ["synthetic_code", "synthetic_code/hard", "synthetic_density", "synthetic_motifs"]
)
def test_labels_are_drawn_as_often_as_said(name):
    """Of many drawn labels: as many as their probabilities sum to, and as surprising as these say.

    A probability that is too sure of itself fails on the second.
    """
    drawn = draw(name, 250)
    label, chance = drawn.label, TASKS[name].chances(drawn.planted.sequence)
    assert label.shape == chance.shape
    assert ((chance >= 0) & (chance <= 1)).all()
    sure = np.clip(chance, 1e-12, 1 - 1e-12)
    odds = np.log(sure / (1 - sure))
    missed = label - sure
    spread = np.sqrt((sure * (1 - sure)).sum(axis=0))
    assert np.abs(missed.sum(axis=0) / spread).max() < 4
    surprise = -(missed * odds).sum() / np.sqrt((sure * (1 - sure) * odds**2).sum())
    assert abs(surprise) < 4
    assert (missed**2).mean() < 0.5 * label.var()
