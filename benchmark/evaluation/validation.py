"""Judging a model on the validation split, as a search must: the test splits are not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.datasets.task import Task

TEST, VALID = "test", "valid"
PROBE, VALID_PROBE = "probe", "valid_probe"


def without_test(task: Task) -> Task:
    """Returns the task with its training and validation splits only."""
    kept = {name: split for name, split in task.splits.items() if not name.startswith(TEST)}
    return replace(task, splits=kept)


def validation_as_test(task: Task) -> Task:
    """Returns the task with its validation split, and what is known of it, as the only test."""
    metadata = dict(task.metadata)
    ceilings: Any = metadata.get("ceiling")
    if ceilings is not None:
        metadata["ceiling"] = {TEST: ceilings[VALID]} if VALID in ceilings else {}
    return replace(
        without_test(task),
        splits={**without_test(task).splits, TEST: task.splits[VALID]},
        metadata=metadata,
    )


def named_validation(
    measured: Sequence[Measurement], arrays: Mapping[str, np.ndarray]
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns what was measured with `validation_as_test` under the names of its true split."""
    renamed = [replace(each, split=_true_name(each.split)) for each in measured]
    return renamed, {_true_array(name): array for name, array in arrays.items()}


def _true_name(split: str) -> str:
    """Returns `valid` for `test`, `valid:chr1` for `test:chr1`, `valid_probe` for `probe`."""
    if split == PROBE:
        return VALID_PROBE
    return VALID + split.removeprefix(TEST) if split.startswith(TEST) else split


def _true_array(name: str) -> str:
    return f"{VALID}_{name.removeprefix(f'{TEST}_')}" if name.startswith(f"{TEST}_") else name
