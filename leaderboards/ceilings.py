"""What the truth itself scores on a task: the best outputs, and the true map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfbs.benchmark.axes import HEADLINES
from tfbs.benchmark.protocol import Protocol
from tfbs.datasets.ceiling import expected_auroc
from tfbs.datasets.probe import bound_rows
from tfbs.datasets.task import Task
from tfbs.errors import UserError

CEILINGS_VERSION = 1
"""Of the numbers: raised where a task's law or the way from it to an AUROC is mended."""

_DIGITS = 6
_SAME_TO = 4
"""Digits to which probabilities that are sums over layouts tell an AUROC."""


def target_ceilings(task: Task) -> dict[str, float]:
    """Returns the AUROC that no outputs can be expected to exceed, by target.

    Over labels drawn again for the sequences of the test split whose label is known. Targets
    without both classes are left out; empty where the law of the labels is not known. Takes
    minutes where it is a sum over all layouts of each sequence.

    Args:
        task: With its test split.

    Raises:
        UserError: If what the task gives for probabilities is none.
    """
    test = task.splits["test"]
    if task.chances is None:
        best = _noted(task)
        return dict.fromkeys(task.targets, best) if best and len(task.targets) == 1 else {}
    chances = np.asarray(task.chances(np.asarray(test.sequence)))
    if chances.shape != test.label.shape or not ((chances >= 0) & (chances <= 1)).all():
        raise UserError(
            f"task {task.name}: `chances` gives {chances.shape} numbers from "
            f"{chances.min():g} to {chances.max():g}, where {test.label.shape} probabilities "
            "are expected"
        )
    found = {}
    for column, target in enumerate(task.targets):
        label = np.asarray(test.label[:, column])
        if {0, 1} <= set(label.tolist()):
            found[target] = round(expected_auroc(chances[label >= 0, column]), _SAME_TO)
    return found


def best_auroc(task: Task, by_target: Mapping[str, float]) -> dict[str, float]:
    """Returns the best AUROC of a task, the mean over its targets; empty where none is known.

    Args:
        task: Which may note it for all targets together.
        by_target: See `target_ceilings`.
    """
    best = float(np.mean([*by_target.values()])) if by_target else _noted(task)
    return {} if best is None else {HEADLINES["prediction"][0]: round(best, _DIGITS)}


def _noted(task: Task) -> float | None:
    """Returns the best AUROC that the builder of a task noted, or None."""
    noted: Any = task.metadata.get("ceiling", {})
    return float(noted["test"]["auroc"]) if "test" in noted else None


def truth_as_a_map(task: Task, protocol: Protocol) -> dict[str, float]:
    """Returns what the task's own truth scores as an attribution map."""
    test = task.splits["test"]
    if test.information is None:
        return {}
    from tfbs.benchmark.evaluation.interpretability import TRUTH_RULES, position_scores_areas

    rows = bound_rows(test, protocol.explanation_probe)
    truth = np.asarray(test.information[rows])
    scores = truth
    if test.importance is not None:
        scores = -np.asarray(test.importance[rows]).sum(axis=-1)  # 0 for the letter that is there
    areas = position_scores_areas(scores, truth, TRUTH_RULES[""])[:, 0]
    return {HEADLINES["interpretability"][0]: round(float(np.nanmean(areas)), _DIGITS)}
