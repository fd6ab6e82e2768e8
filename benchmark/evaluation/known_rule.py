"""What can be said of predictions only where the law of the labels is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfbs.benchmark.evaluation.ceiling_gap import measure_ceiling_gap
from tfbs.benchmark.evaluation.confounding import measure_gc_reliance
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.shift import measure_drop
from tfbs.benchmark.evaluation.true_logit import measure_true_logit
from tfbs.datasets.task import Task


def measure_known_rule(
    task: Task, logits: Mapping[str, np.ndarray], measured: Sequence[Measurement], seed: int
) -> list[Measurement]:
    """Returns, for every test split with true logits, how close a model comes to the rule.

    Args:
        task: With `test`.
        logits: Predicted, `(n, targets)`, by split; `test` among them.
        measured: The ranking metrics of these splits.
        seed: Of the bootstrap.
    """
    ceilings: Any = task.metadata.get("ceiling", {})
    found: list[Measurement] = []
    for name, logit in logits.items():
        split = task.splits[name]
        if split.logit is None:
            continue
        truth, codes = np.asarray(split.logit), np.asarray(split.sequence[:])
        gc = ((codes == 1) | (codes == 2)).mean(axis=1)
        found += measure_ceiling_gap(measured, ceilings.get(name), name)
        found += measure_true_logit(logit, truth, task.targets, seed, name)
        found += measure_gc_reliance(logit, truth, gc, task.targets, seed, name)
        if name != "test":
            test = np.asarray(task.splits["test"].label), logits["test"]
            shifted = np.asarray(split.label), logit
            found += measure_drop(test, shifted, task.targets, seed, name)
    return found
