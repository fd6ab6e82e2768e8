"""Main effects and interactions of choices that were crossed, by a mixed model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats

from tfbs.benchmark.statistics.crossed import (
    Coded,
    DegenerateDesignError,
    Design,
    add_interactions,
    check_factors,
    check_rank,
    matrix,
    sum_coded,
)
from tfbs.benchmark.statistics.difference import LEVEL
from tfbs.benchmark.statistics.variances import indicators_of, variances_of


@dataclass(frozen=True)
class Term:
    """A main effect, or an interaction of two factors.

    Attributes:
        factors: One or two names.
        spread: Standard deviation of the effect over its levels, in the unit of the response,
            corrected for what noise alone adds. It compares choices of any number of levels
            (Gelman 2005, https://doi.org/10.1214/009053604000001048).
        interval: Of the spread, by the noncentral chi-squared distribution (Steiger 2004,
            https://doi.org/10.1037/1082-989X.9.2.164), errors as much wider as Student's t is than
            the normal distribution.
        p_value: Of no effect, by an F test.
        effects: Of a main effect, by level: distance from the mean over all levels, and its
            standard error. Empty for an interaction.
    """

    factors: tuple[str, ...]
    spread: float
    interval: tuple[float, float]
    p_value: float
    effects: Mapping[str, tuple[float, float]]

    @property
    def name(self) -> str:
        """For people."""
        return " × ".join(self.factors)


@dataclass(frozen=True)
class Analysis:
    """What a design says.

    Attributes:
        terms: Main effects, then interactions.
        spreads: Standard deviations of what was drawn from many, and of the `residual`.
        refused: Why an interaction is missing.
    """

    terms: tuple[Term, ...]
    spreads: Mapping[str, float]
    refused: tuple[str, ...]


def analyse(design: Design) -> Analysis:
    """Returns main effects and interactions of two factors.

    Factors are fixed and coded by sums to zero, groups random and crossed; their variances by
    `variances_of`, then effects by generalised least squares. An F test has the degrees of freedom
    that neither effects nor groups use; where a group holds one combination of the factors at each
    level, such as choices on a task, effects are held against its levels, which seeds repeat.

    Args:
        design: Every factor with two levels or more; groups of a single level are left out.

    Raises:
        DegenerateDesignError: If factors cannot be told apart, the response does not vary, or
            there are too few observations.
    """
    check_factors(design)
    codes = {name: sum_coded(levels) for name, levels in design.factors.items()}
    blocks: dict[tuple[str, ...], np.ndarray] = {
        (name,): code.columns for name, code in codes.items()
    }
    check_rank(blocks)
    refused = add_interactions(blocks, design)
    groups = {name: g for name, g in design.groups.items() if len(set(g)) > 1}
    exog = matrix(blocks)
    freedom = _freedom(design, exog.shape[1], groups)
    variances = variances_of(np.asarray(design.response, float), exog, groups)
    covariance, effects = _least_squares(design.response, exog, groups, variances)
    terms, start = [], 1
    for factors, columns in blocks.items():
        part = slice(start, start + columns.shape[1])
        terms.append(_term(factors, codes, effects[part], covariance[part, part], freedom))
        start = part.stop
    spreads = {name: math.sqrt(variance) for name, variance in variances.items()}
    return Analysis(tuple(terms), spreads, tuple(refused))


def _freedom(design: Design, effects: int, groups: Mapping[str, Sequence[str]]) -> int:
    """Returns the degrees of freedom of what effects are held against.

    Raises:
        DegenerateDesignError: If none are left.
    """
    units: Sequence[Any] = range(len(design.response))
    for group in groups.values():
        if all(_is_within(group, levels) for levels in design.factors.values()):
            units = group
    used = effects + sum(
        len(set(group)) - 1
        for group in groups.values()
        if group is not units and _is_within(units, group)
    )
    if len(set(units)) <= used:
        raise DegenerateDesignError(
            f"{len(set(units))} runs are too few for {used} numbers that they are to tell"
        )
    return len(set(units)) - used


def _is_within(inner: Sequence[Any], outer: Sequence[Any]) -> bool:
    """Returns whether every level of a group lies in one level of another."""
    return len(set(zip(inner, outer, strict=True))) == len(set(inner))


def _least_squares(
    response: np.ndarray,
    exog: np.ndarray,
    groups: Mapping[str, Sequence[str]],
    variances: Mapping[str, float],
) -> tuple[np.ndarray, np.ndarray]:
    """Returns covariance and estimates of the effects, given the variances."""
    total = variances["residual"] * np.eye(len(response))
    for name, group in groups.items():
        z = indicators_of(group)
        total += variances[name] * z @ z.T
    weighted = np.linalg.solve(total, exog)
    covariance = np.linalg.inv(exog.T @ weighted)
    return covariance, covariance @ weighted.T @ response


def _term(
    factors: tuple[str, ...],
    codes: Mapping[str, Coded],
    estimate: np.ndarray,
    covariance: np.ndarray,
    freedom: int,
) -> Term:
    contrast = codes[factors[0]].contrast
    for name in factors[1:]:
        contrast = np.kron(contrast, codes[name].contrast)
    own = len(estimate)
    statistic = float(estimate @ np.linalg.solve(covariance, estimate)) / own
    of_cells = contrast @ covariance @ contrast.T
    unit = float(np.trace(of_cells)) / own**2  # times the noncentrality: the squared spread
    low, high = _noncentrality(own * statistic, own, wider := _widening(freedom))
    effects = {}
    if len(factors) == 1:
        errors = np.sqrt(np.diag(of_cells))
        values = contrast @ estimate
        pairs = zip(values.tolist(), errors.tolist(), strict=True)
        effects = dict(zip(codes[factors[0]].levels, pairs, strict=True))
    return Term(
        factors,
        math.sqrt(unit * max(0.0, own * (statistic - 1))),
        (wider * math.sqrt(unit * low), wider * math.sqrt(unit * high)),
        float(stats.f.sf(statistic, own, freedom)),
        effects,
    )


def _widening(freedom: int) -> float:
    """Returns how much wider Student's t is than the normal distribution."""
    tail = (1 + LEVEL) / 2
    return float(stats.t.ppf(tail, freedom) / stats.norm.ppf(tail))


def _noncentrality(statistic: float, own: int, wider: float) -> tuple[float, float]:
    """Returns the interval of the noncentrality of a chi-squared statistic."""
    ends = []
    for probability in ((1 + LEVEL) / 2, (1 - LEVEL) / 2):

        def excess(noncentrality: float, probability: float = probability) -> float:
            reached = stats.ncx2.cdf(statistic / wider**2, own, noncentrality)
            return float(reached) - probability

        if excess(0.0) <= 0:
            ends.append(0.0)
            continue
        high = 10.0 + 4 * statistic
        while excess(high) > 0:
            high *= 2
        ends.append(float(optimize.brentq(excess, 0.0, high)))
    return ends[0], ends[1]
