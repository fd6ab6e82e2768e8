"""An example of a submission by other software: inputs, and outputs in the layout asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.suite import Suite
from tfbs.datasets.task import Split, Task
from tfbs.errors import UserError
from tfbs.files import unfinished_folder
from tfbs.leaderboards.external import RUN_FILE
from tfbs.leaderboards.layout import expected_arrays

MOST_INPUT = 200_000_000
"""Codes of more nucleotides than this are not written out; `load_task` cuts them on the fly."""

_GUIDE = """\
A submission to {suite} by other software
{line}

inputs/TASK/SPLIT_sequence.npy   (n, length) uint8: A C G T = 0 1 2 3, anything else 4
inputs/TASK/SPLIT_label.npy      (n, targets) int8: 1 bound, 0 unbound, -1 unknown
runs/TASK-SEED/run.json          what was trained, on which task, with which seed
runs/TASK-SEED/arrays/NAME.npy   its outputs

The example ranks sequences by their GC content. Replace the arrays and run.json by those of your
network, one folder for every task and seed ({seeds} seeds of every task), and pack them:

    tfbs leaderboard submit {where}/runs/* --suite {suite} --name NAME --team TEAM --to FOLDER

Logits may be on any monotone scale for ranking; the sigmoid is taken of them for calibration and
for the difference of strands. Of every array the rows are in the order of the split. Arrays:

{arrays}
"""


def write_template(suite: Suite, tasks: dict[str, Task], target: Path) -> None:
    """Writes inputs of all tasks, and an example of the arrays for every task and seed.

    Args:
        suite: That a submission is for.
        tasks: Of the suite, by name.
        target: A folder that does not exist yet.

    Raises:
        UserError: If it exists.
    """
    if target.exists():
        raise UserError(f"--to {target}: exists already")
    with unfinished_folder(target) as partial:
        for task in tasks.values():
            _write_inputs(task, partial / "inputs" / task.name.replace("/", "-"))
            for seed in range(suite.minimum_seeds):
                own = partial / "runs" / f"{task.name.replace('/', '-')}-{seed}"
                _write_example(task, seed, own)
        (partial / "README.txt").write_text(_guide(suite, tasks, target), encoding="utf-8")
        partial.rename(target)


def _guide(suite: Suite, tasks: dict[str, Task], target: Path) -> str:
    lines = []
    for task_name, task in tasks.items():
        lines.append(task.name)
        protocol = PROTOCOLS[suite.protocol_of(task_name)]
        for name, wanted in expected_arrays(task, protocol).items():
            needed = ", needed" if wanted.required else ""
            lines.append(f"    {name:40} {wanted}: {wanted.words}{needed}")
    title = f"A submission to {suite.name} by other software"
    return _GUIDE.format(
        suite=suite.name,
        line="=" * len(title),
        seeds=suite.minimum_seeds,
        where=target,
        arrays="\n".join(lines),
    )


def _write_inputs(task: Task, folder: Path) -> None:
    folder.mkdir(parents=True)
    sizes = [len(split.label) * task.length for split in task.splits.values()]
    if sum(sizes) > MOST_INPUT:
        (folder / "README.txt").write_text(
            "Too large to be written out. In Python: from tfbs.datasets.task import load_task; "
            f"load_task({task.name!r}).splits['test'].sequence[rows]\n",
            encoding="utf-8",
        )
        return
    for name, split in task.splits.items():
        np.save(folder / f"{name}_sequence.npy", np.asarray(split.sequence[:]))
        np.save(folder / f"{name}_label.npy", np.asarray(split.label))


def _write_example(task: Task, seed: int, folder: Path) -> None:
    (folder / "arrays").mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for name, split in task.splits.items():
        if name.startswith("test"):
            noise = rng.normal(0, 0.05, (len(split.label), 1))
            logit = np.repeat(_gc(split)[:, None] + noise, len(task.targets), axis=1)
            for array in (f"{name}_logits", f"{name}_logits_reverse_complement"):
                np.save(folder / "arrays" / f"{array}.npy", logit.astype("float32"))
    run = {
        "task": task.name,
        "seed": seed,
        "architecture": "my_network",
        "hyperparameters": {"filters": 32},
        "parameters": 12345,
        "software": "the framework and its version",
    }
    (folder / RUN_FILE).write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


def _gc(split: Split) -> np.ndarray:
    """Returns `(n,)` GC fractions, read in parts."""
    parts = []
    for start in range(0, len(split.label), 4096):
        codes = np.asarray(split.sequence[slice(start, start + 4096)])
        parts.append(((codes == 1) | (codes == 2)).mean(axis=1))
    return np.concatenate(parts)
