"""Makes a task of the user's labelled sequences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfbs.datasets.prepare import quiet_tfds
from tfbs.datasets.sequences import VERSION
from tfbs.datasets.sequences.examples import Examples, canonical, concatenate, with_unique_ids
from tfbs.datasets.sequences.lengths import (
    SUSPICIOUS,
    fit_length,
    length_auroc,
    most_common_length,
)
from tfbs.datasets.sequences.sources import POOL, Gathered, Reading, Sources, gather
from tfbs.datasets.sequences.splits import Splitting, cut_splits
from tfbs.datasets.split import Progress
from tfbs.datasets.storage import default_data_dir
from tfbs.datasets.task import Task, silent
from tfbs.datasets.user_tasks import UserTask, check_name, keep_user_task
from tfbs.errors import UserError

if TYPE_CHECKING:
    from tfbs.datasets.sequences.sequences_dataset_builder import SequencesConfig

SPLITS = ("train", "valid", "test")


def build_sequences(
    name: str,
    sources: Sources,
    *,
    reading: Reading | None = None,
    splitting: Splitting | None = None,
    data_dir: Path | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Task:
    """Returns the task `sequences/NAME`, made from the user's files and kept as a TFDS dataset.

    Everything is read and checked before anything is written, and the result appears whole or
    not at all. The same content under the same name is left as it is.

    Args:
        name: Letters, digits, `_` and `-`, beginning with a letter.
        sources: The files.
        reading: How they are read, and the length that sequences are fitted to.
        splitting: How splits that are not given are cut.
        data_dir: Where TFDS keeps its data; `default_data_dir()` by default.
        overwrite: Whether other content under this name may be replaced.
        progress: Is told what happens, a line at a time.

    Raises:
        UserError: If the files cannot make a task, or the name is taken by other content.
    """
    check_name(name)
    data_dir = data_dir or default_data_dir()
    reading, splitting = reading or Reading(), splitting or Splitting()
    config = _configure(
        name, gather(sources, reading, splitting.seed, progress), reading, splitting
    )
    from tfbs.datasets.sequences.sequences_dataset_builder import Builder

    return keep_user_task(
        UserTask("sequences", name, VERSION, config.metadata["content"], config.description),
        lambda workshop: Builder(config=config, data_dir=workshop),
        data_dir,
        overwrite=overwrite,
        progress=progress,
    )


def _configure(
    name: str, gathered: Gathered, reading: Reading, splitting: Splitting
) -> SequencesConfig:
    """Returns the builder config: sequences fitted, splits cut, classes checked."""
    with quiet_tfds():
        from tfbs.datasets.sequences.sequences_dataset_builder import (
            SequencesConfig,
            SplitContent,
        )
    examples = concatenate(list(gathered.splits.values()))
    lengths = np.array([len(sequence) for sequence in examples.sequences])
    length = reading.length or most_common_length(lengths)
    fitted = np.stack([fit_length(sequence, length) for sequence in examples.sequences])
    truth = None
    if examples.information is not None:
        truth = np.stack([fit_length(row, length, fill=0) for row in examples.information])
    splits, split_rule = _assign(gathered.splits, fitted, splitting)
    _check_classes(examples, splits, gathered)
    unique = np.array(with_unique_ids(examples.ids), dtype=object)
    content = {
        split: SplitContent(
            unique[splits == split].tolist(),
            fitted[splits == split],
            examples.labels[splits == split],
            None if truth is None else truth[splits == split],
        )
        for split in SPLITS
    }
    notes = [
        *gathered.notes,
        *_length_notes(np.minimum(lengths, length), examples, gathered.targets),
        *_leak_notes(content),
    ]
    first, *others = (str(source["file"]) for source in gathered.sources)
    files = f"{first} and {len(others)} more" if others else first
    return SequencesConfig(
        name=name,
        description=f"{len(examples):,} sequences of {length} nucleotides from {files}",
        content=content,
        metadata={
            "targets": list(gathered.targets),
            "sources": gathered.sources,
            "split_rule": split_rule,
            "length_rule": _length_rule(lengths, length),
            "negatives": gathered.negatives,
            "seed": splitting.seed,
            "notes": notes,
            "content": _digest(content, gathered.targets),
        },
    )


def _assign(
    given: dict[str, Examples], fitted: np.ndarray[Any, np.dtype[np.uint8]], splitting: Splitting
) -> tuple[np.ndarray[Any, np.dtype[np.str_]], str]:
    """Returns the split of every example, in the order of `given`, and the rule in words."""
    missing = [split for split in SPLITS if split not in given and split != "train"]
    names, rules, first = [], [], 0
    for split, part in given.items():
        own = fitted[first : first + len(part)]
        first += len(part)
        if split in (POOL, "train"):
            cut, rule = cut_splits(part, list(own), missing, splitting)
            rules.append(rule)
            names.append(cut)
        else:
            names.append(np.full(len(part), split, dtype="U5"))
    if missing and POOL not in given:
        kept = " and ".join(split for split in SPLITS if split in given and split != "train")
        prefix = f"{kept} given; " if kept else ""
        return np.concatenate(names), f"{prefix}{' and '.join(missing)} cut from train {rules[0]}"
    return np.concatenate(names), rules[0]


def _check_classes(
    examples: Examples, splits: np.ndarray[Any, np.dtype[np.str_]], gathered: Gathered
) -> None:
    """Refuses data without both classes: training for any target, other splits for all."""
    files = ", ".join(str(source["file"]) for source in gathered.sources)
    for column, target in enumerate(gathered.targets):
        present = set(examples.labels[:, column].tolist()) - {-1}
        if len(present) < 2:
            found = f"is {present.pop()}" if present else "is missing"
            raise UserError(
                f"{files}: one class only, every known label of {target!r} {found}; "
                "give positives and negatives (--negatives shuffle makes some)"
            )
    for split in SPLITS:
        labels = examples.labels[splits == split]
        both = ((labels == 1).any(axis=0) & (labels == 0).any(axis=0)).tolist()
        lacking = [name for name, fine in zip(gathered.targets, both, strict=True) if not fine]
        if (lacking and split == "train") or not any(both):
            raise UserError(
                f"{files}: one class only, the {split} split of {len(labels):,} examples lacks a "
                f"class of {lacking[0]!r}; give more data, a {split} file, or another --seed"
            )


def _length_rule(lengths: np.ndarray[Any, np.dtype[np.int64]], length: int) -> str:
    longer, shorter = int((lengths > length).sum()), int((lengths < length).sum())
    if not longer and not shorter:
        return f"all {length} nucleotides as given"
    return (
        f"fitted to {length} nucleotides: {longer:,} longer ones cut to their middle, "
        f"{shorter:,} shorter ones padded with N on both sides"
    )


def _length_notes(
    lengths: np.ndarray[Any, np.dtype[np.int64]], examples: Examples, targets: tuple[str, ...]
) -> Iterable[str]:
    for column, target in enumerate(targets):
        auroc = length_auroc(lengths, examples.labels[:, column])
        if auroc < SUSPICIOUS[0] or auroc > SUSPICIOUS[1]:
            yield (
                f"padding alone predicts {target!r} with AUROC {auroc:.2f}: a network can read "
                "it off; choose negatives of the same lengths, or a --length that "
                "no sequence is shorter than"
            )


def _leak_notes(content: dict[str, Any]) -> Iterable[str]:
    """Yields a note where a held-out sequence also occurs in training, on either strand."""
    train = {canonical(sequence) for sequence in content["train"].sequence}
    for split in ("valid", "test"):
        held_out = content[split].sequence
        leaked = sum(canonical(sequence) in train for sequence in held_out)
        if leaked:
            yield (
                f"{leaked:,} of {len(held_out):,} {split} sequences also occur in train "
                "(either strand)"
            )


def _digest(content: dict[str, Any], targets: tuple[str, ...]) -> str:
    digest = hashlib.sha256(json.dumps(targets).encode())
    for split, part in content.items():
        digest.update(json.dumps([split, part.sequence.shape, part.ids]).encode())
        digest.update(np.ascontiguousarray(part.sequence).tobytes())
        digest.update(np.ascontiguousarray(part.label).tobytes())
        if part.information is not None:
            digest.update(np.ascontiguousarray(part.information).tobytes())
    return digest.hexdigest()
