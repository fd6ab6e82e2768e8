"""What no other choice beats in everything."""

from __future__ import annotations

import numpy as np


def pareto_front(points: np.ndarray) -> np.ndarray:
    """Returns whether no other point is at least as good in everything and better in something.

    Equal points do not beat each other, so copies are on the front together.

    Args:
        points: `(points, objectives)`, finite, higher is better.

    Returns:
        `(points,)` bool.

    Raises:
        ValueError: If a value is not finite: it neither beats nor is beaten.
    """
    if not np.isfinite(points).all():
        raise ValueError("a point on a Pareto front needs a finite value of every objective")
    at_least = (points[:, None] >= points[None]).all(axis=2)
    better = (points[:, None] > points[None]).any(axis=2)
    return np.asarray(~(at_least & better).any(axis=0))
