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

_DIGITS = 6
_SAME_TO = 4
"""Digits to which probabilities that are sums over layouts tell an AUROC."""


def bayes_ceilings(task: Task) -> dict[str, float]:
    """Returns the AUROC that no outputs can be expected to exceed, by target.

    Over labels drawn again for the sequences of the test split. Empty where the law of the labels
    is not known. Takes about a minute where it is a sum over all layouts of each sequence.

    Args:
        task: With its test split.
    """
    noted: Any = task.metadata.get("ceiling", {})
    if "test" in noted:
        return dict.fromkeys(task.targets, noted["test"]["auroc"])
    if task.chances is None:
        return {}
    chances = task.chances(np.asarray(task.splits["test"].sequence))
    return {
        target: round(expected_auroc(chance), _SAME_TO)
        for target, chance in zip(task.targets, chances.T, strict=True)
    }


def mean_ceiling(by_target: Mapping[str, float]) -> dict[str, float]:
    """Returns the best AUROC of a task, the mean over its targets; empty where none is known."""
    values = list(by_target.values())
    return {HEADLINES["prediction"][0]: round(float(np.mean(values)), _DIGITS)} if values else {}


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
