"""How much of a response is due to groups that were drawn from many, such as seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import optimize

from tfbs.benchmark.statistics.crossed import DegenerateDesignError

_STARTS = (0.0, 0.1, 1.0, 5.0)
_MOST = 25.0
"""Logarithm of 1 plus the largest ratio of a group's variance to the residual one."""


def variances_of(
    response: np.ndarray, exog: np.ndarray, groups: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Returns the variance of each group and of the `residual`, by restricted maximum likelihood.

    Not by `statsmodels.MixedLM`: in designs of this kind its optimisers stop at a variance of 0,
    where the slope of a square root is 0 too, or at a matrix that they cannot invert.

    Source: Patterson & Thompson (1971), https://doi.org/10.1093/biomet/58.3.545.

    Args:
        response: `(n,)`.
        exog: `(n, p)`, of the fixed effects, of full rank.
        groups: The level of each group, `(n,)`; crossed with each other.

    Raises:
        DegenerateDesignError: If effects and groups leave nothing over.
    """
    total = float(response.var())
    indicators = [indicators_of(group) for group in groups.values()]
    everything = np.column_stack([exog, *indicators])
    left = response - everything @ np.linalg.lstsq(everything, response, rcond=None)[0]
    if not left @ left > 1e-10 * len(left) * total:
        raise DegenerateDesignError("seeds do not vary: effects and groups leave nothing over")
    rest = response - exog @ np.linalg.lstsq(exog, response, rcond=None)[0]
    given = np.column_stack([exog, rest])
    stacked = np.column_stack([np.zeros((len(response), 0)), *indicators])
    within, across, own = stacked.T @ stacked, stacked.T @ given, given.T @ given
    sizes = [z.shape[1] for z in indicators]

    def profile(logs: np.ndarray) -> tuple[float, float]:
        """Returns -2 log likelihood but for a constant, and the residual variance.

        By Woodbury's identity: matrices are no larger than the number of levels.
        """
        roots = np.repeat(np.sqrt(np.expm1(logs)), sizes)
        inner = np.eye(len(roots)) + roots[:, None] * within * roots
        scaled = roots[:, None] * across
        weighted = own - scaled.T @ np.linalg.solve(inner, scaled)
        fixed, cross = weighted[:-1, :-1], weighted[:-1, -1]
        freedom = len(response) - exog.shape[1]
        residual = float(weighted[-1, -1] - cross @ np.linalg.solve(fixed, cross)) / freedom
        logdets = np.linalg.slogdet(inner)[1] + np.linalg.slogdet(fixed)[1]
        return freedom * float(np.log(residual / total)) + float(logdets), residual

    bounds = [(0.0, _MOST)] * len(groups)
    tried = [
        optimize.minimize(lambda x: profile(x)[0], np.full(len(groups), start), bounds=bounds)
        for start in (_STARTS if groups else ())
    ]
    best = min(tried, key=lambda found: float(found.fun)).x if tried else np.zeros(0)
    residual = profile(best)[1]
    found = {name: float(r) * residual for name, r in zip(groups, np.expm1(best), strict=True)}
    return {**found, "residual": residual}


def indicators_of(group: Sequence[str]) -> np.ndarray:
    """Returns a column of zeros and ones for each level, `(n, levels)`."""
    levels = sorted(set(group))
    return np.eye(len(levels))[[levels.index(level) for level in group]]
