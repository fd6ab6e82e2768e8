"""What there is to learn from: every task by name, known without building or importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.registry import Registry

TrueLogits = Callable[[Codes], npt.NDArray[np.floating]]
Chances = Callable[[Codes], npt.NDArray[np.float64]]


@dataclass(frozen=True)
class TaskEntry:
    """A self-contained task: its builder needs no files from the user.

    Another package offers one by an entry point of the group `tfbs.tasks`, whose name is the
    task's and whose object is a `TaskEntry`; or a user names it as `package.module:NAME`.

    Attributes:
        dataset: TFDS name of the dataset.
        config: Name of its config; empty where the builder has none.
        version: The builder's version, `"1.0.0"`.
        description: One line.
        citation: Where it comes from, with a DOI.
        builder: `"package.module:Builder"`, imported only to build. Its features hold `id`
            (Text), `sequence` (uint8 codes, `(length,)`), `label` (int8, `(targets,)`) and,
            where the truth is known, `ground_truth/information` (float32, `(length,)`); where
            the law of the labels is known, `ground_truth/logit` (float32, `(targets,)`) and
            `ground_truth/importance` (float32, `(length, 4)`), and metadata `ceiling` with
            `auroc`, `average_precision` and `prevalence` by split. `ground_truth/motifs` may hold
            a sequence of `start`, `end`, `strand` and `matrix_id` of JASPAR, and the metadata
            `rule` the `factors`, each with `matrix_id` and `effect`: above 0 where a motif
            raises the logit, below where it lowers it; other motifs have no effect.
        needs_files: Whether it is made of public files that are downloaded, or given.
        true_logits: Returns `(n,)` true logits of `(n, length)` codes, where the rule is known.
        chances: Returns, for `(n, length)` codes of the test split, `(n, targets)`: the probability
            of label 1 under the law that sequences and labels are drawn from. For tasks that
            draw labels and layouts before letters; no score can rank labels better.
        motifs: Of a task that is planted with motifs: for each, base ids of JASPAR 2016 that
            count as it.
    """

    dataset: str
    config: str
    version: str
    description: str
    citation: str
    builder: str
    needs_files: bool = False
    true_logits: TrueLogits | None = None
    chances: Chances | None = None
    motifs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskFamily:
    """Tasks that share a builder, `dataset/NAME`: made from users' files, or too many to list.

    Attributes:
        dataset: TFDS name of the dataset.
        version: The builder's version.
        description: One line.
        build_command: The command that makes one, with NAME in the place of its name.
        builder: `"package.module:Builder"`.
        citation: Where its tasks come from.
        member: How names are made, where a name alone says what the task is.
        entry: Returns the task of such a name; raises `UserError` where there is none.
    """

    dataset: str
    version: str
    description: str
    build_command: str
    builder: str
    citation: str = "your own data"
    member: str = ""
    entry: Callable[[str], TaskEntry] | None = None


TASKS: Registry[TaskEntry] = Registry("task", TaskEntry)
FAMILIES: Registry[TaskFamily] = Registry("task family", TaskFamily)
