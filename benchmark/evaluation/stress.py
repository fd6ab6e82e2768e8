"""Everything that a protocol's `stress` asks for."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.attribution_consistency import measure_consistency
from tfbs.benchmark.evaluation.cost import known_macs
from tfbs.benchmark.evaluation.edits import measure_edits
from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.explanation_stability import measure_stability
from tfbs.benchmark.evaluation.gradient_angle import measure_angles
from tfbs.benchmark.evaluation.gradient_masking import measure_masking
from tfbs.benchmark.evaluation.metric import METRICS, Measurement
from tfbs.benchmark.evaluation.robust_curves import measure_curves
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.evaluation.shifts import measure_shifts
from tfbs.benchmark.evaluation.substitutions import measure_substitutions
from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import Stress
from tfbs.datasets.probe import bound_rows, probe_rows
from tfbs.datasets.task import Task


def measure_stress(
    predict: Predictor, task: Task, stress: Stress, seed: int
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns the measurements of robustness that go beyond those of every protocol.

    Args:
        predict: The model.
        task: With a `test` split.
        stress: Sizes and strengths for small networks; for others see `Stress.fitted`.
        seed: Of the bootstrap. Perturbations are the same for every run of a task.

    Returns:
        Measurements on the split `probe`, and the outputs that they come from.
    """
    fitted = stress.fitted(known_macs(predict.model))
    test = task.splits["test"]

    def probe(size: int) -> Examples:
        return Examples.of(predict, task, probe_rows(test, size), seed)

    attacked = probe(fitted.attacked)
    parts = [
        measure_curves(attacked, fitted),
        measure_shifts(attacked, fitted),
        measure_edits(attacked, fitted),
        measure_substitutions(probe(fitted.searched), fitted),
    ]
    measured = [measurement for found, _ in parts for measurement in found]
    measured += measure_masking(probe(fitted.gated), fitted)
    rows = bound_rows(test, fitted.explained)
    if len(rows):
        explained = Examples.of(predict, task, rows, seed)
        measured += _explanations(explained, fitted)
    else:
        measured += [undefined(name, "no test example is bound") for name in _of_explanations()]
    return measured, {name: array for _, named in parts for name, array in named.items()}


def _of_explanations() -> list[str]:
    """Returns the names of the metrics of `_explanations`."""
    families = ("attribution_similarity_", "attribution_consistency_", "gradient_angle_")
    return [name for name in METRICS if name.startswith(families) or name == "map_attack_share"]


def _explanations(explained: Examples, stress: Stress) -> list[Measurement]:
    gradient = explain_bound(
        InputGradient(explained.predict.model),
        explained.sequence,
        explained.label,
        tracks=explained.tracks,
    )
    return [
        *measure_stability(explained, stress),
        *measure_angles(explained, gradient),
        *measure_consistency(explained, gradient),
    ]
