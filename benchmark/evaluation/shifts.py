"""What shifting a sequence does to its prediction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import expit

from tfbs.benchmark.attacks.shift import shift
from tfbs.benchmark.evaluation.bootstrap import mean_samples
from tfbs.benchmark.evaluation.examples import Examples, register_ranking
from tfbs.benchmark.evaluation.metric import METRICS, POSITIVE, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.prediction import percentile_interval
from tfbs.benchmark.protocol import Stress
from tfbs.benchmark.runtime import stream_seed

HOW = "to either side at random, what leaves at one end coming in at the other"


def _register(stress: Stress) -> None:
    register_ranking(
        (f"shift_{size}" for size in (0, *stress.shifts)), f"shifted by {{}} positions {HOW}"
    )
    METRICS.add(
        "shift_variation",
        Metric(
            "robustness",
            f"Standard deviation of the predicted probability over {stress.shift_samples} shifts "
            f"of up to {max(stress.shifts)} positions, what leaves at one end coming in at the "
            "other, mean over the probe set, over the mean predicted probability; 0 for a model "
            "that shifts do not touch (the score of Toneyan, Tang & Koo 2022, there for profiles "
            "of real flanks, https://doi.org/10.1038/s42256-022-00570-9).",
            higher_is_better=False,
            formula="mean over x of sd over shifts of p, over mean p",
            between=POSITIVE,
            source="Toneyan, Tang & Koo (2022), https://doi.org/10.1038/s42256-022-00570-9",
            asked=stressed,
        ),
    )


_register(Stress())


def measure_shifts(
    examples: Examples, stress: Stress
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns ranking metrics by size of the shift, and the variation over shifts.

    Args:
        examples: Of the probe set.
        stress: Sizes and number of shifts.

    Returns:
        Measurements, and the arrays `probe_logits_shift`, `(sizes + 1, n, targets)`, and
        `probe_logits_shift_samples`, `(samples, n, targets)`.
    """
    sizes = (0, *stress.shifts)
    n = len(examples.codes)
    rng = np.random.default_rng(stream_seed(0, "shift"))
    side = rng.choice([-1, 1], n)
    logits = np.stack([_shifted(examples, size * side) for size in sizes])
    furthest = max(stress.shifts)
    offsets = rng.integers(-furthest, furthest + 1, (stress.shift_samples, n))
    shifted = np.stack([_shifted(examples, offset) for offset in offsets])
    arrays = {"probe_logits_shift": logits, "probe_logits_shift_samples": shifted}
    return score_shifts(examples, arrays, stress), arrays


def score_shifts(
    examples: Examples, arrays: Mapping[str, np.ndarray], stress: Stress
) -> list[Measurement]:
    """Returns the measurements of shifted outputs; those whose array is missing are left out.

    Args:
        examples: Of the probe set.
        arrays: What `measure_shifts` keeps, or some of it.
        stress: Sizes of the shifts.
    """
    measured: list[Measurement] = []
    if (logits := arrays.get("probe_logits_shift")) is not None:
        sizes = (0, *stress.shifts)
        measured += examples.rank(
            {f"shift_{size}": logit for size, logit in zip(sizes, logits, strict=True)}
        )
    if (shifted := arrays.get("probe_logits_shift_samples")) is not None:
        measured.append(_variation(examples, expit(shifted)))
    return measured


def _shifted(examples: Examples, offset: np.ndarray) -> np.ndarray:
    """Returns the logits of shifted examples; their tracks shift along."""
    tracks = examples.tracks
    beside = None if tracks is None else shift(tracks, offset)
    return examples.predict(shift(examples.codes, offset), beside)


def _variation(examples: Examples, probability: np.ndarray) -> Measurement:
    """Returns the ratio of two means over examples, resampled together."""
    spread, level = shift_spread(probability)
    samples = mean_samples(spread, examples.seed) / mean_samples(level, examples.seed)
    return Measurement(
        "shift_variation",
        "mean",
        "probe",
        float(spread.mean() / level.mean()),
        percentile_interval(samples),
        len(spread),
        examples.positives,
    )


def shift_spread(probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns standard deviation over shifts and mean, of each example; means over targets.

    Args:
        probability: `(shifts, n, targets)`.

    Returns:
        Two arrays `(n,)`.
    """
    return probability.std(axis=0).mean(axis=1), probability.mean(axis=(0, 2))
