"""Correlations of rows, and what is made of them within a run."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.benchmark.probes import make_probe

from tfbs.benchmark.evaluation.agreement import measure_agreement
from tfbs.benchmark.similarity import cosines, pearson, spearman


def test_rows_are_correlated_as_scipy_does():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 5, 30)).round(1)  # with ties
    for found, expected in ((pearson, stats.pearsonr), (spearman, stats.spearmanr)):
        values = [expected(*pair).statistic for pair in zip(first, second, strict=True)]
        np.testing.assert_allclose(found(first, second), values)


def test_constant_rows_have_no_correlation():
    rows = np.array([[0.1] * 7, [1, 2, 3, 4, 5, 6, 7]])
    for correlate in (pearson, spearman):
        found = correlate(rows, rows)
        assert np.isnan(found[0]) and found[1] == pytest.approx(1)


def test_the_cosine_of_nothing_is_undefined():
    assert np.isnan(cosines(np.zeros((1, 3)), np.ones((1, 3)))).all()


def test_a_map_agrees_with_itself_and_not_with_its_negation():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (4, 30)).astype("uint8")
    maps = rng.normal(size=(4, 30, 4)).astype("float16")
    probe = make_probe(codes, None, {"ism": maps, "saliency": 2 * maps, "deepshap": -maps})
    found = {m.name: m.value for m in measure_agreement(probe)}
    assert len(found) == 6
    for kind in ("spearman", "pearson"):
        of = f"attribution_agreement_{kind}"
        assert found[f"{of}_saliency_ism"] == pytest.approx(1)
        assert found[f"{of}_saliency_deepshap"] == pytest.approx(-1)
        assert found[f"{of}_ism_deepshap"] == pytest.approx(-1)


def test_a_constant_map_agrees_with_nothing():
    codes = np.zeros((2, 10), "uint8")
    maps = {"ism": np.ones((2, 10, 4)), "deepshap": np.random.default_rng(0).random((2, 10, 4))}
    for m in measure_agreement(make_probe(codes, None, maps)):
        assert m.value is None and "constant" in m.undefined_reason
