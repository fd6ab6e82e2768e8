"""Outputs that no training gives: copies, labels in disguise, attacks that help."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from tfbs.benchmark.protocol import Protocol
from tfbs.benchmark.record import RECORD_FILE, validate_record
from tfbs.datasets.probe import probe_rows
from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.safe_arrays import read_array
from tfbs.leaderboards.submission import SubmittedRun
from tfbs.leaderboards.untrusted import (
    LARGEST_FILE,
    LARGEST_JSON,
    Unusable,
    parse_json,
    read_bytes,
)

COPY = 0.995
"""Rank correlation of two runs' outputs for a target from which one is taken for a copy.

The highest between independent trainings in the committed records was 0.979.
"""

SEPARATION = 20.0
"""Distance of the classes' means, in standard deviations within a class, from which outputs are
taken for labels."""

SAME = 1e-3
"""Difference of two outputs for one sequence that different batches may give."""


@dataclass(frozen=True)
class Known:
    """Outputs of a run of another entry.

    Attributes:
        owner: How to name it.
        run_id: Of it.
        task: Name of its task.
        logits: `(n, targets)` on the test split.
    """

    owner: str
    run_id: str
    task: str
    logits: np.ndarray


def suspicions(
    run: SubmittedRun, task: Task, protocol: Protocol, others: Iterable[Known]
) -> list[str]:
    """Returns what a reviewer has to look at before a run is believed.

    Args:
        run: Of a submission.
        task: Of the run.
        protocol: Of the run.
        others: Outputs of other runs: of accepted entries, and of the other seeds of this one.
    """
    logits = run.arrays.get("test_logits")
    if logits is None:
        return []
    label = np.asarray(task.splits["test"].label)
    found = _labels(label, logits, task.targets)
    for other in others:
        if other.run_id == run.record["id"]:
            found.append(f"is the run of {other.owner}")
            continue
        if other.task == run.spec.task_name and other.logits.shape == logits.shape:
            alike = likeness(logits, other.logits)
            if alike >= COPY:
                found.append(
                    f"ranks of outputs on test correlate by {alike:.6f} with those of "
                    f"{other.owner}: a copy?"
                )
    found += _attacks(run.arrays, task, protocol)
    return [f"run {run.short}: {each}" for each in found]


def likeness(logits: np.ndarray, other: np.ndarray) -> float:
    """Returns the highest rank correlation of a target, its sign left out; in [0, 1].

    Ranks, for what ranks entries does not change with any rising function of the outputs; the
    highest, so that one spoilt target hides no copy. Outputs that are all equal correlate with
    nothing.

    Args:
        logits: `(n, targets)`.
        other: `(n, targets)`.
    """
    ranks = [rankdata(values, axis=0) for values in (logits, other)]
    centred = [values - values.mean(axis=0) for values in ranks]
    scale = np.sqrt((centred[0] ** 2).sum(axis=0) * (centred[1] ** 2).sum(axis=0))
    product = np.abs((centred[0] * centred[1]).sum(axis=0))
    return float(np.divide(product, scale, out=np.zeros_like(scale), where=scale > 0).max())


def _labels(label: np.ndarray, logits: np.ndarray, targets: tuple[str, ...]) -> list[str]:
    """Returns the targets whose outputs are further apart between classes than networks bring."""
    found = []
    for column, target in enumerate(targets):
        values = logits[:, column].astype(np.float64)
        classes = [values[label[:, column] == value] for value in (0, 1)]
        if min(map(len, classes)) < 2:
            continue
        gap = abs(classes[0].mean() - classes[1].mean())
        spread = np.sqrt((classes[0].var() + classes[1].var()) / 2)
        if gap > 0 and gap >= SEPARATION * spread:
            found.append(f"outputs of {target} on test are its labels, or nothing else is in them")
    return found


def _attacks(arrays: Mapping[str, np.ndarray], task: Task, protocol: Protocol) -> list[str]:
    """Returns where outputs contradict one another: an attack never helps, clean is clean."""
    test = task.splits["test"]
    rows = probe_rows(test, protocol.robustness_probe)
    sign = np.where(np.asarray(test.label[rows]) < 0, 0, 2 * np.asarray(test.label[rows]) - 1)
    names = [f"probe_logits_pgd_{epsilon:g}" for epsilon in sorted(protocol.epsilons)]
    ladder = [(name, arrays[name]) for name in names if name in arrays]
    found = []
    if ladder and ladder[0][0] == "probe_logits_pgd_0":
        clean, again = arrays["test_logits"][rows], ladder[0][1]
        if (np.abs(clean - again) > SAME * (1 + np.abs(clean))).any():
            found.append("probe_logits_pgd_0 is not test_logits at the rows of the probe set")
    for (less, before), (more, after) in itertools.pairwise(ladder):
        gain = (sign * (after - before)).sum(axis=1)
        if (gain > SAME * (1 + np.abs(before).sum(axis=1))).any():
            found.append(f"the stronger attack helps: {more} against {less}")
    return found


def read_known(folders: Iterable[Path]) -> tuple[list[Known], list[str]]:
    """Returns outputs of other entries' runs, and which could not be read.

    Args:
        folders: Each with `record.json`, `arrays/test_logits.npy` and `owner.txt`.
    """
    known, unread = [], []
    for folder in folders:
        owner = (folder / "owner.txt").read_text(encoding="utf-8")
        try:
            record = parse_json(read_bytes(folder, RECORD_FILE, LARGEST_JSON), owner)
            spec = validate_record(record, owner)
            content = read_bytes(folder, "arrays/test_logits.npy", LARGEST_FILE)
            known.append(Known(owner, spec.id, spec.task_name, read_array(content, owner)))
        except (Unusable, UserError) as error:
            unread.append(plain(error))
    return known, unread
