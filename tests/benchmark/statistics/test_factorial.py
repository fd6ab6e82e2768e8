"""Designs with known effects; balanced ones against the analysis of variance of statsmodels."""

import itertools

import numpy as np
import pandas
import pytest
import scipy.stats
import statsmodels.api
from statsmodels.formula.api import ols

from tfbs.benchmark.statistics.crossed import DegenerateDesignError, Design
from tfbs.benchmark.statistics.factorial import analyse

EFFECT = {"a": {"x": 0.05, "y": -0.02, "z": -0.03}, "b": {"p": 0.0, "q": 0.0}}


def simulated(rng, *, seeds=4, tasks=3, noise=0.01, interaction=0.0, drop=lambda cell: False):
    """Every cell on every task with every seed, of an effect of a, none of b."""
    levels = itertools.product("xyz", "pq", range(tasks), range(seeds))
    cells = [cell for cell in levels if not drop(cell)]
    of_task, of_seed = rng.normal(0, 0.1, tasks), rng.normal(0, 0.01, seeds)
    response = [
        0.8
        + EFFECT["a"][a]
        + EFFECT["b"][b]
        + interaction * (1 if (a == "x") == (b == "p") else -1)
        + of_task[task]
        + of_seed[seed]
        + rng.normal(0, noise)
        for a, b, task, seed in cells
    ]
    a, b, task, seed = (tuple(map(str, levels)) for levels in zip(*cells, strict=True))
    return Design(np.array(response), {"a": a, "b": b}, {"task": task, "seed": seed})


def by_name(analysis):
    return {term.name: term for term in analysis.terms}


def test_known_effects_are_found():
    found = analyse(simulated(np.random.default_rng(1)))
    terms = by_name(found)
    assert set(terms) == {"a", "b", "a × b"}
    # standard deviation of .05, -.02, -.03 with two degrees of freedom
    true = np.sqrt(np.var([0.05, -0.02, -0.03], ddof=1))
    assert terms["a"].interval[0] < true < terms["a"].interval[1]
    assert terms["a"].spread == pytest.approx(true, abs=0.005)
    assert terms["a"].p_value < 1e-6 < 0.05 < min(terms["b"].p_value, terms["a × b"].p_value)
    for level, (value, error) in terms["a"].effects.items():
        assert value == pytest.approx(EFFECT["a"][level], abs=4 * error)
    assert found.spreads["residual"] == pytest.approx(0.01, rel=0.3)


def test_an_interaction_is_told_from_main_effects():
    terms = by_name(analyse(simulated(np.random.default_rng(2), interaction=0.03)))
    assert terms["a × b"].p_value < 1e-6


def test_a_balanced_design_gives_the_table_of_the_analysis_of_variance():
    """Where groups are orthogonal to effects, F is that of fixed groups."""
    design = simulated(np.random.default_rng(3))
    frame = pandas.DataFrame({**design.factors, **design.groups, "y": design.response})
    model = ols("y ~ C(a, Sum) * C(b, Sum) + C(task) + C(seed)", frame).fit()
    table = statsmodels.api.stats.anova_lm(model, typ=3)
    found = analyse(design)
    terms = by_name(found)
    squares = table["sum_sq"] / table["df"]
    for name, runs in (("task", 24), ("seed", 18)):  # of each task, of each seed
        variance = (squares[f"C({name})"] - squares["Residual"]) / runs
        assert found.spreads[name] == pytest.approx(np.sqrt(variance), rel=0.02)
    for name, line in (("a", "C(a, Sum)"), ("b", "C(b, Sum)"), ("a × b", "C(a, Sum):C(b, Sum)")):
        assert terms[name].p_value == pytest.approx(table.loc[line, "PR(>F)"], rel=0.02), name


def test_without_an_effect_p_values_are_uniform_and_intervals_of_the_spread_begin_at_0():
    rng = np.random.default_rng(4)
    terms = [by_name(analyse(simulated(rng, seeds=3, tasks=1)))["b"] for _ in range(60)]
    found = np.mean([term.p_value < 0.2 for term in terms])
    assert found == pytest.approx(0.2, abs=3 * np.sqrt(0.2 * 0.8 / 60))
    assert np.mean([term.interval[0] == 0 for term in terms]) > 0.9


def test_seeds_do_not_replicate_tasks():
    """What helps on some tasks and hurts on others is no main effect, however many seeds say so."""
    rng, found = np.random.default_rng(11), []
    for _ in range(60):
        plain = simulated(rng, seeds=5, tasks=4)
        cells = list(zip(plain.factors["b"], plain.groups["task"], strict=True))
        of_cell = {cell: rng.normal(0, 0.05) for cell in sorted(set(cells))}
        moved = plain.response + np.array([of_cell[cell] for cell in cells])
        factors = {"b": plain.factors["b"]}
        groups = plain.groups | {"choices on a task": tuple(map(" ".join, cells))}
        rest = plain.response - [EFFECT["a"][level] for level in plain.factors["a"]]
        moved += rest - plain.response
        (term,) = analyse(Design(moved, factors, groups)).terms
        found.append(term.p_value)
    assert np.mean(np.array(found) < 0.2) == pytest.approx(0.2, abs=3 * np.sqrt(0.16 / 60))


@pytest.mark.parametrize("tasks", [1, 3])
def test_variances_of_balanced_designs_are_those_of_mean_squares(tasks):
    """Of several tasks where both are above 0; of one, 0 where the mean squares give less."""
    rng, compared = np.random.default_rng(8), 0
    for _ in range(12):
        design = simulated(rng, seeds=3, tasks=tasks)
        frame = pandas.DataFrame({**design.factors, **design.groups, "y": design.response})
        several = " + C(task)" if tasks > 1 else ""
        model = ols(f"y ~ C(a) * C(b) + C(seed){several}", frame).fit()
        table = statsmodels.api.stats.anova_lm(model)
        squares = table["sum_sq"] / table["df"]
        expected = {
            name: (squares[f"C({name})"] - squares["Residual"]) * levels / len(frame)
            for name, levels in (("seed", 3), ("task", tasks))
            if levels > 1
        }
        spreads = analyse(design).spreads
        if tasks == 1 or min(expected.values()) > 0:
            compared += 1
            for name, variance in expected.items():
                own = np.sqrt(max(0.0, variance))
                assert spreads[name] == pytest.approx(own, rel=1e-3, abs=1e-6)
    assert compared > 3


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.0, 0.2, 1.0])
def test_intervals_of_the_spread_cover_it(size, monkeypatch):
    """Of three levels whose true spread is as large as the noise is, a fifth of it, and nothing."""
    rng = np.random.default_rng(6)
    monkeypatch.setitem(EFFECT, "a", {"x": 0.01 * size, "y": 0.0, "z": -0.01 * size})
    inside = []
    for _ in range(500):
        low, high = by_name(analyse(simulated(rng, seeds=3, tasks=1)))["a"].interval
        inside.append(low <= 0.01 * size <= high)
    assert np.mean(inside) > 0.925, np.mean(inside)


def test_the_interval_of_two_levels_is_that_of_student():
    design = simulated(np.random.default_rng(7), seeds=5)
    term = by_name(analyse(design))["b"]
    value, error = term.effects["p"]
    freedom = len(design.response) - 6 - 2 - 4
    far = abs(value) + scipy.stats.t.ppf(0.975, freedom) * error
    # a two-sided interval of a size, cut at 0, is a little shorter than that of a number
    assert 0.75 * far < term.interval[1] / np.sqrt(2) <= far


def test_a_combination_without_runs_refuses_the_interaction_alone():
    design = simulated(np.random.default_rng(5), drop=lambda cell: cell[:2] == ("x", "q"))
    found = analyse(design)
    assert set(by_name(found)) == {"a", "b"}
    assert found.refused == ("a × b: 1 of 6 combinations have no run",)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"factors": {}}, "no choice was varied"),
        ({"factors": {"a": ["x"] * 6}}, "a is x in all runs"),
        ({"response": np.ones(6)}, "same number"),
        ({"factors": {"a": list("xxyyzz"), "b": list("ppqqqq")}}, "cannot be told from"),
        ({"factors": {"a": list("uvwxyz")}}, "6 runs are too few for"),
    ],
)
def test_degenerate_designs_are_refused_with_the_reason(change, message):
    given = {
        "response": np.arange(6.0) ** 2,
        "factors": {"a": list("xxyyzz")},
        "groups": {"seed": list("010101")},
    }
    with pytest.raises(DegenerateDesignError, match=message):
        analyse(Design(**(given | change)))


def test_seeds_that_do_not_vary_are_refused():
    with pytest.raises(DegenerateDesignError, match="do not vary"):
        analyse(Design(np.array([1.0, 1.0, 2.0, 2.0]), {"a": list("xxyy")}, {"seed": list("0101")}))
