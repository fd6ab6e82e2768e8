"""A negative control: nothing can be learned, so a score off chance is a fault."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tfbs.benchmark.runtime import stream_seed
from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard
from tfbs.datasets.task import Task


@register(
    "permuted_labels",
    source="Ojala & Garriga (2010), https://www.jmlr.org/papers/v11/ojala10a.html, test 1",
)
@dataclass(frozen=True, kw_only=True)
class PermutedLabels(Standard):
    """Control: the standard regime on labels permuted within every split; must land on chance.

    The test labels are permuted too, so the test AUROC has the null distribution of the U
    statistic, with standard error sqrt((p + n + 1) / (12 p n)), unless test labels reach the
    training. Against the true test labels it would not: a network that learned nothing still
    sorts sequences by something, composition for one, and where the classes differ in that,
    its AUROC strays from 0.5 in either direction.
    """

    def prepare_task(self, task: Task, seed: int) -> Task:
        """Returns the task with the rows of each split's labels in a random order."""
        splits = {}
        for index, (name, split) in enumerate(task.splits.items()):
            rng = np.random.default_rng(stream_seed(seed, "labels", index))
            label = rng.permutation(np.asarray(split.label), axis=0)
            splits[name] = replace(split, label=label)
        return replace(task, splits=splits)
