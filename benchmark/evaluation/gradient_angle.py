"""How far gradients point off the simplex of DNA."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, stressed

LIMITS = (30, 45, 60)
"""Degrees."""

_ANGLE = (
    "of the gradient of what is bound with the plane on which one-hot positions lie, over "
    "positions, mean over the probe set (Majdandzic, Rajesh & Koo 2023)"
)

METRICS.add(
    "gradient_angle_deviation",
    Metric(
        "robustness",
        f"Standard deviation of the angle {_ANGLE}, in degrees, in [0, 90].",
        higher_is_better=False,
        formula="sqrt(mean over positions of angle^2)",
        between=(0, 90),
        source="Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3",
        asked=stressed,
    ),
)
for _limit in LIMITS:
    METRICS.add(
        f"gradient_angle_above_{_limit}",
        Metric(
            "robustness",
            f"Share of positions where the angle {_ANGLE}, is beyond {_limit} degrees to either "
            "side; in [0, 1].",
            higher_is_better=False,
            formula=f"share of positions with |angle| > {_limit}",
            between=SHARE,
            source="Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3",
            asked=stressed,
        ),
    )


def measure_angles(examples: Examples, gradient: np.ndarray) -> list[Measurement]:
    """Returns how the angles of gradients to the simplex spread.

    Args:
        examples: Those explained.
        gradient: `(n, length, 4)`, not corrected.
    """
    angle = simplex_angles(gradient)
    found = {"gradient_angle_deviation": np.sqrt(_mean(angle**2))}
    for limit in LIMITS:
        beyond = np.where(np.isnan(angle), np.nan, np.abs(angle) > limit)
        found[f"gradient_angle_above_{limit}"] = _mean(beyond)
    reason = "every gradient is 0"
    return [examples.mean(name, values, reason) for name, values in found.items()]


def simplex_angles(gradient: np.ndarray) -> np.ndarray:
    """Returns the angle of a gradient to the plane of the simplex, in degrees.

    Source: Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3: the
    arcsine of half the sum over letters over the length.

    Args:
        gradient: `(..., 4)`.

    Returns:
        `(...)` in [-90, 90]; NaN where the gradient is 0.
    """
    values = gradient.astype(np.float64)
    length = np.linalg.norm(values, axis=-1)
    half = values.sum(axis=-1) / 2
    sine = np.divide(half, length, out=np.full(length.shape, np.nan), where=length > 0)
    return np.degrees(np.arcsin(np.clip(sine, -1, 1)))


def _mean(values: np.ndarray) -> np.ndarray:
    """Returns the mean over positions with a gradient, `(n,)`; NaN where there is none."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)
