"""What a board keeps of a task, so that it can be ranked without the task's data.

    tasks/SUITE-VERSION/TASK.json  what the task is, and the numbers that stand for each axis
    tasks/SUITE-VERSION/TASK.npz   labels of the test split; which rows are attacked, explained

The host writes them when it verifies an entry, from the data that the entry is verified on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tfbs.benchmark.axes import HEADLINES
from tfbs.benchmark.protocol import PROTOCOLS, Protocol
from tfbs.benchmark.suite import Suite
from tfbs.datasets.probe import bound_rows, probe_rows
from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.files import write_whole, write_whole_bytes
from tfbs.jaspar import read_factors, read_families
from tfbs.leaderboards.arrays_file import pack_arrays, read_arrays
from tfbs.leaderboards.ceilings import (
    CEILINGS_VERSION,
    best_auroc,
    target_ceilings,
    truth_as_a_map,
)
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.untrusted import LARGEST_JSON, Unusable, parse_json, read_bytes, sha256

if TYPE_CHECKING:
    from tfbs.benchmark.evaluation.metric import Axis

TASKS = "tasks"
MOST_EXAMPLES = 50_000
"""Test examples up to which outputs are kept one by one: a board lives in git."""

RANKED_AXES: tuple[Axis, ...] = ("prediction", "interpretability", "robustness")
BY_TARGET: tuple[Axis, ...] = ("prediction",)
"""Axes whose numbers are of one target each; maps and attacks are of all targets of a sequence."""


class TaskFile(BaseModel):
    """What a task is.

    Attributes:
        schema_version: Of this file; `schema` in JSON.
        name: `DATASET/CONFIG`.
        version: Of its builder.
        fingerprint: Of its data.
        protocol: That it is measured by.
        splits: Examples of each.
        headlines: The metric that stands for each axis; an axis that it has no truth for is left
            out.
        ceilings: What the truth itself scores, by metric.
        ceilings_version: Of the way they are computed.
        target_ceilings: The AUROC that no outputs can be expected to exceed, by target; empty where
            the law of the labels is not known.
        targets: In the order of the label columns.
        families: Of the factors that targets are called after, by target, as JASPAR has them;
            targets whose family is not known are left out.
        arrays: sha256 of the npz file.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_version: Annotated[Literal[2], Field(alias="schema")] = 2
    name: str
    version: str
    fingerprint: str
    protocol: str
    splits: dict[str, int]
    headlines: dict[str, str]
    ceilings: dict[str, float]
    ceilings_version: int
    target_ceilings: dict[str, float]
    targets: list[str]
    families: dict[str, str]
    arrays: str

    @property
    def family(self) -> str:
        """The family that all targets are of; empty where they are of several, or not known."""
        found = {self.families.get(target, "") for target in self.targets}
        return found.pop() if len(found) == 1 else ""

    def columns(self, family: str) -> list[int]:
        """Returns the label columns of a family."""
        return [
            column
            for column, target in enumerate(self.targets)
            if self.families.get(target) == family
        ]

    def factors(self, family: str) -> list[str]:
        """Returns the names of the factors of a family, without the cells of targets."""
        own = (self.targets[column] for column in self.columns(family))
        return list(dict.fromkeys(factor_of(target) for target in own))

    def parts(self, axis: str) -> list[str]:
        """Returns the families that some targets are of, where they are ranked apart.

        That is where not all are of one family, and numbers of the axis are known by target.
        """
        return [] if self.family or axis not in BY_TARGET else sorted(set(self.families.values()))


@dataclass(frozen=True)
class TruthRows:
    """Which examples a task's headline numbers are of, and their labels.

    Attributes:
        label: `(n, targets)` int8, -1 where unknown, of the test split; None where it is too large.
        block: `(n,)` int: bins of one block of a chromosome; None for loose sequences.
        rows: Rows of the test split, by metric; a metric of all rows is left out.
    """

    label: np.ndarray | None
    block: np.ndarray | None
    rows: dict[str, np.ndarray]


def task_path(board: Path, suite_folder: str, task: str) -> Path:
    """Returns where a board keeps what a task is."""
    return board / TASKS / suite_folder / f"{task.replace('/', '--')}.json"


def headlines(task: Task, protocol: Protocol) -> dict[str, str]:
    """Returns the metric that stands for each ranked axis, of those that a task has truth for."""
    test = task.splits["test"]
    maps, summits, sites = HEADLINES["interpretability"]
    radii = {f"auroc_pgd_{epsilon:g}" for epsilon in protocol.epsilons}
    found = {"prediction": HEADLINES["prediction"][0]}
    if test.information is not None:
        found["interpretability"] = maps
    elif test.summits is not None:
        found["interpretability"] = summits
    elif (
        "jaspar_agreement" in protocol.extras
        and not task.motifs
        and any(read_factors([*map(factor_of, task.targets)]).values())
    ):
        found["interpretability"] = sites
    if (attacked := HEADLINES["robustness"][0]) in radii:
        found["robustness"] = attacked
    return found


def write_task(board: Path, suite: Suite, task: Task) -> Path:
    """Writes what a task is, and returns where; files that say the same are left alone."""
    name = suite.protocol_of(task.name)
    protocol = PROTOCOLS[name]
    content = pack_arrays(_arrays(task, protocol))
    path = task_path(board, f"{suite.name}-{suite.version}", task.name)
    best = _known_ceilings(path, task) or target_ceilings(task)
    families = read_families([*map(factor_of, task.targets)])
    file = TaskFile(
        name=task.name,
        version=task.version,
        fingerprint=task.fingerprint,
        protocol=name,
        splits={name: len(split.sequence) for name, split in task.splits.items()},
        headlines=headlines(task, protocol),
        ceilings=best_auroc(task, best) | truth_as_a_map(task, protocol),
        ceilings_version=CEILINGS_VERSION,
        target_ceilings=best,
        targets=list(task.targets),
        families={
            target: families[factor_of(target)]
            for target in task.targets
            if factor_of(target) in families
        },
        arrays=sha256(content),
    )
    write_whole_bytes(path.with_suffix(".npz"), content)
    text = json.dumps(file.model_dump(by_alias=True), indent=1, sort_keys=True) + "\n"
    return write_whole(path, text)


def read_task_file(path: Path) -> TaskFile:
    """Returns what a board keeps of a task.

    Raises:
        UserError: If there is no such file, or it is not valid.
    """
    try:
        content = read_bytes(path.parent, path.name, LARGEST_JSON)
        return TaskFile.model_validate(parse_json(content, path.name))
    except (Unusable, ValidationError) as error:
        raise UserError(f"{path}: not a task of a board: {plain(error)}") from error


def read_truth_rows(path: Path, file: TaskFile) -> TruthRows:
    """Returns labels and rows of a task.

    Args:
        path: Of the JSON file.
        file: Read from it.

    Raises:
        Unusable: If they are not those that the file names.
    """
    arrays = read_arrays(path.with_suffix(".npz"), file.arrays)
    rows = {name[5:]: value for name, value in arrays.items() if name.startswith("rows ")}
    return TruthRows(arrays.get("label"), arrays.get("block"), rows)


def _arrays(task: Task, protocol: Protocol) -> dict[str, np.ndarray]:
    test = task.splits["test"]
    known = headlines(task, protocol)
    found: dict[str, np.ndarray] = {}
    if len(test.label) <= MOST_EXAMPLES:
        found["label"] = np.asarray(test.label)
        if test.grid is not None:
            from tfbs.benchmark.evaluation.designs import chromosome_blocks

            found["block"] = chromosome_blocks(test)
        if "robustness" in known:
            rows = probe_rows(test, protocol.robustness_probe)
            found[f"rows {known['robustness']}"] = rows
        if test.information is not None:
            rows = bound_rows(test, protocol.explanation_probe)
            found[f"rows {known['interpretability']}"] = rows
    return found


def factor_of(target: str) -> str:
    """Returns what a target is called without its cell: the name of a factor, or not."""
    return target.partition("/")[0]


def _known_ceilings(path: Path, task: Task) -> dict[str, float]:
    """Returns what was computed from the same data before: it may take minutes."""
    try:
        file = read_task_file(path)
    except UserError:  # there is none yet, or it is replaced as a whole
        return {}
    own = (file.name, file.version, file.fingerprint, file.ceilings_version)
    same = own == (task.name, task.version, task.fingerprint, CEILINGS_VERSION)
    return file.target_ceilings if same else {}
