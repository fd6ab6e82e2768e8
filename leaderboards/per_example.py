"""The numbers per example that pair two entries: what `verify` keeps beside a verdict."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.protocol import Protocol
from tfbs.datasets.probe import bound_rows
from tfbs.datasets.task import RowArray, Split, Task
from tfbs.leaderboards.task_file import MOST_EXAMPLES, headlines

MAPS = "maps"
_SHOWN = 2
"""Explained sequences of which the map itself is kept."""

Arrays = dict[str, np.ndarray]


def per_example(
    task: Task, protocol: Protocol, arrays: Mapping[str, np.ndarray], own_label: np.ndarray
) -> Arrays:
    """Returns, by headline metric, what it is made of, example by example.

    Outputs `(n, targets)` float32 for areas under curves, and `(n,)` float32 for a mean over
    sequences; also, as `maps`, `(2, length, 4)` float16, what is drawn of the explanations.
    Nothing where the test split is too large, or where the run was scored on other labels than the
    task's, as a network with permuted ones is.

    Args:
        task: Of the run.
        protocol: Of the run.
        arrays: Of the run, by name.
        own_label: `(n, targets)`, the labels of the test split that the run was scored on.
    """
    test = task.splits["test"]
    if len(test.label) > MOST_EXAMPLES or not np.array_equal(own_label, np.asarray(test.label)):
        return {}
    known = headlines(task, protocol)
    sources = {
        "auroc": "test_logits",
        known.get("robustness"): f"probe_logits_{known.get('robustness', '')[6:]}",
    }
    found = {
        metric: np.asarray(arrays[source], "float32")
        for metric, source in sources.items()
        if metric is not None and source in arrays
    }
    if test.information is not None:
        found |= _positions(test, test.information, protocol, arrays, known["interpretability"])
    return found


def run_key(run_id: str, metric: str) -> str:
    """Returns the name of the numbers of a run in the file beside a verdict."""
    return f"{run_id[:16]} {metric}"


def _positions(
    test: Split,
    information: RowArray,
    protocol: Protocol,
    arrays: Mapping[str, np.ndarray],
    metric: str,
) -> Arrays:
    """Returns `(n,)` areas of the positions of every explained sequence."""
    from tfbs.benchmark.evaluation.interpretability import TRUTH_RULES, position_scores_areas
    from tfbs.datasets.alphabet import one_hot

    found = arrays.get(f"attribution_{metric.removeprefix('attribution_auroc_')}")
    if found is None:
        return {}
    rows = bound_rows(test, protocol.explanation_probe)
    maps = found.astype("float32") * one_hot(np.asarray(test.sequence[rows]))
    scores = maps.sum(axis=-1)
    truth = np.asarray(information[rows])
    areas = position_scores_areas(scores, truth, TRUTH_RULES[""])[:, 0]
    return {metric: areas.astype("float32"), MAPS: maps[:_SHOWN].astype("float16")}
