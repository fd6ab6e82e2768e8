"""Which metric stands for each axis of a task on a board."""

from __future__ import annotations

import numpy as np
import pytest

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.datasets.task import Split, Task
from tfbs.leaderboards.task_file import headlines


def task_of(target: str) -> Task:
    ids = np.array(["s0", "s1"])
    test = Split(ids, np.zeros((2, 9), "uint8"), np.array([[0], [1]], "int8"))
    return Task("x", "x", "", "1.0.0", "0" * 64, "", 9, (target,), {"test": test}, {})


@pytest.mark.parametrize(
    ("target", "protocol", "found"),
    [
        ("REST", "full-3", "jaspar_auroc_saliency"),
        ("REST", "full-1", None),
        ("Bound", "full-3", None),
    ],
)
def test_real_sequences_are_explained_where_jaspar_knows_the_factor(target, protocol, found):
    assert headlines(task_of(target), PROTOCOLS[protocol]).get("interpretability") == found
