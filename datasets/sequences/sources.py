"""What the user gave, and how it becomes examples by split."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from tfbs.datasets.sequences.examples import Examples, add_shuffled_negatives, concatenate, take
from tfbs.datasets.sequences.one_hot_files import read_one_hot
from tfbs.datasets.sequences.sequence_files import file_kind, read_fasta
from tfbs.datasets.sequences.sequence_tables import read_table
from tfbs.datasets.sequences.simdata_files import read_simdata
from tfbs.datasets.split import Progress
from tfbs.datasets.text_files import open_text, sha256
from tfbs.errors import UserError, nearest

SHUFFLE = "shuffle"
"""In the place of a file of negatives: one exact dinucleotide shuffle of each positive."""

POOL = "all"
"""Key of examples that no file assigns to a split."""


@dataclass(frozen=True)
class Sources:
    """The files of one task: tables or HDF5 by split, or pairs of FASTA files by split.

    Attributes:
        input: All examples in one table or HDF5 file.
        train: Training examples, a table; likewise `valid`, `test`.
        positives: A FASTA file of label 1; with `test_positives`, those of training.
        negatives: A FASTA file of label 0, or `"shuffle"`, which for tables makes negatives
            for each file that holds positives only.
        test_names: Names of the test examples of `input`, one a line.
    """

    input: Path | None = None
    train: Path | None = None
    valid: Path | None = None
    test: Path | None = None
    positives: Path | None = None
    negatives: Path | str | None = None
    valid_positives: Path | None = None
    valid_negatives: Path | str | None = None
    test_positives: Path | None = None
    test_negatives: Path | str | None = None
    test_names: Path | None = None


@dataclass(frozen=True)
class Reading:
    """How the files are read.

    Attributes:
        sequence_column: Name of the sequence column of tables; found by default.
        label_columns: Names of the label columns of tables; found by default.
        layout: Of HDF5 arrays, `"channels-last"` or `"channels-first"`; found by default.
        length: That all sequences are fitted to; the most common one by default.
        targets: What the label columns are called, in order; as in the files by default.
    """

    sequence_column: str | None = None
    label_columns: tuple[str, ...] = ()
    layout: str | None = None
    length: int | None = None
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """Everything read.

    Attributes:
        splits: Examples by split, or all under `POOL`.
        targets: Names of the label columns.
        sources: Name, role, sha256 and number of sequences of each file.
        negatives: Where the negatives come from, in words.
        notes: What the user should know.
    """

    splits: dict[str, Examples]
    targets: tuple[str, ...]
    sources: list[dict[str, str | int]]
    negatives: str
    notes: list[str]


def gather(sources: Sources, reading: Reading, seed: int, progress: Progress) -> Gathered:
    """Returns the examples that the files hold.

    Raises:
        UserError: If the files do not go together, or one of them cannot be used.
    """
    _check_combination(sources)
    if sources.positives:
        gathered = _gather_pairs(sources, seed, progress)
    elif sources.input and file_kind(sources.input) == "hdf5":
        gathered = _gather_one_hot(sources, reading, progress)
    else:
        gathered = _gather_tables(sources, reading, seed, progress)
    if not reading.targets:
        return gathered
    return replace(gathered, targets=_renamed(gathered.targets, reading.targets))


def _renamed(found: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[str, ...]:
    if len(wanted) != len(found):
        raise UserError(
            f"--target names {len(wanted)} targets ({', '.join(wanted)}), the files have "
            f"{len(found)}: {', '.join(found)}"
        )
    if len(set(wanted)) < len(wanted) or not all(map(str.strip, wanted)):
        raise UserError(f"--target {', '.join(wanted)}: targets need names that differ")
    return wanted


def _check_combination(sources: Sources) -> None:
    given = {field.name for field in fields(sources) if getattr(sources, field.name) is not None}
    options = {name: f"--{name.replace('_', '-')}" for name in given}
    if not given:
        raise UserError(
            "no files given; give --input FILE, --train FILE, or --positives FASTA and "
            "--negatives FASTA|shuffle"
        )
    ways = [given & way for way in ({"input"}, {"train", "valid", "test"}, {"positives"})]
    if sum(bool(way) for way in ways) != 1:
        raise UserError(
            "give one of --input, --train and --positives, not "
            f"{', '.join(sorted(options.values()))}"
        )
    if "test_names" in given and "input" not in given:
        raise UserError("--test-names chooses among the examples of --input; give it too")
    if {"valid", "test"} & given and "train" not in given:
        raise UserError("--valid and --test need --train beside them")
    for split in ("", "valid_", "test_"):
        positives, negatives = f"{split}positives", f"{split}negatives"
        if positives in given and negatives not in given:
            raise UserError(
                f"--{positives.replace('_', '-')} needs --{negatives.replace('_', '-')} "
                "FASTA or shuffle"
            )
        if negatives in given and positives not in given and negatives != "negatives":
            raise UserError(f"{options[negatives]} needs --{positives.replace('_', '-')}")
        if positives in given and "positives" not in given:
            raise UserError(f"{options[positives]} needs --positives and --negatives beside it")
    if "positives" not in given and sources.negatives not in (None, SHUFFLE):
        raise UserError("--negatives FASTA goes with --positives; tables take --negatives shuffle")


def _gather_pairs(sources: Sources, seed: int, progress: Progress) -> Gathered:
    splits: dict[str, Examples] = {}
    records: list[dict[str, str | int]] = []
    origins: set[str] = set()
    split_given = bool(sources.valid_positives or sources.test_positives)
    for split in ("train", "valid", "test"):
        prefix = "" if split == "train" else f"{split}_"
        positives_path = getattr(sources, f"{prefix}positives")
        negatives_path = getattr(sources, f"{prefix}negatives")
        if positives_path is None:
            continue
        role = f"{split} " if split_given else ""
        positives = _read_fasta(positives_path, 1, f"{role}positives", records, progress)
        if negatives_path == SHUFFLE:
            origins.add("one exact dinucleotide shuffle of each positive")
            examples = add_shuffled_negatives(positives, _seed_of(seed, split))
        else:
            origins.add("given")
            negatives = _read_fasta(Path(negatives_path), 0, f"{role}negatives", records, progress)
            examples = concatenate([positives, negatives])
        splits[split if split_given else POOL] = examples
    return Gathered(splits, ("label",), records, "; ".join(sorted(origins)), [])


def _read_fasta(
    path: Path, label: int, role: str, records: list[dict[str, str | int]], progress: Progress
) -> Examples:
    kind = file_kind(path)
    if kind != "fasta":
        raise UserError(f"{path}: not FASTA but a {kind}; pass it as --input or --train")
    examples = read_fasta(path, label)
    records.append(_record(path, role, len(examples), progress))
    return examples


def _gather_one_hot(sources: Sources, reading: Reading, progress: Progress) -> Gathered:
    path = sources.input
    if path is None or sources.negatives:
        raise UserError("--negatives shuffle is for FASTA and tables, not for HDF5")
    if sources.test_names:
        raise UserError("--test-names is for tables; HDF5 has no names")
    splits, layout = read_one_hot(path, reading.layout)
    shape = "(n, length, 4)" if layout == "channels-last" else "(n, 4, length)"
    note = f"one-hot layout {shape}{'' if reading.layout else ', found from the shapes'}"
    progress(f"{path.name}: {note}")
    num_targets = splits["train"].labels.shape[1]
    for split, examples in splits.items():
        if examples.labels.shape[1] != num_targets:
            raise UserError(
                f"{path}: Y_{split} has {examples.labels.shape[1]} label columns, "
                f"Y_train has {num_targets}"
            )
    targets = ("label",) if num_targets == 1 else tuple(f"label_{i}" for i in range(num_targets))
    record = _record(path, "all splits", sum(map(len, splits.values())), progress)
    return Gathered(splits, targets, [record], "given", [note])


def _gather_tables(sources: Sources, reading: Reading, seed: int, progress: Progress) -> Gathered:
    splits: dict[str, Examples] = {}
    records: list[dict[str, str | int]] = []
    targets: tuple[str, ...] = ()
    shuffled = []
    for role, split in (("input", POOL), ("train", "train"), ("valid", "valid"), ("test", "test")):
        path = getattr(sources, role)
        if path is None:
            continue
        examples, found = _read_table(path, reading)
        records.append(_record(path, role, len(examples), progress))
        if targets and found != targets:
            raise UserError(
                f"{path}: label columns {', '.join(found)} differ from {', '.join(targets)} "
                "of the training file"
            )
        targets = found
        if sources.negatives == SHUFFLE and (examples.labels == 1).all():
            if sources.test_names:
                raise UserError(
                    "--test-names and --negatives shuffle do not go together: made negatives have "
                    "no names; give the splits as --train and --test"
                )
            examples = add_shuffled_negatives(examples, _seed_of(seed, split))
            shuffled.append(role)
        splits[split] = examples
        if sources.test_names:
            splits = _by_name(examples, sources.test_names)
            records.append(_record(sources.test_names, "test names", len(splits["test"]), progress))
    if sources.negatives == SHUFFLE and not shuffled:
        raise UserError("--negatives shuffle: every file holds negatives already; leave it out")
    origin = "given"
    if shuffled:
        origin = f"one exact dinucleotide shuffle of each positive in {', '.join(shuffled)}"
        origin += "" if len(shuffled) == len(splits) else "; others given"
    return Gathered(splits, targets, records, origin, [])


def _read_table(path: Path, reading: Reading) -> tuple[Examples, tuple[str, ...]]:
    kind = file_kind(path)
    if kind == "fasta":
        raise UserError(
            f"{path}: FASTA carries no labels; pass it as --positives, and --negatives beside it"
        )
    if kind == "hdf5":
        raise UserError(f"{path}: an HDF5 file holds its own splits; pass it as --input")
    if kind == "simdata":
        if reading.sequence_column:
            raise UserError(f"{path}: simulated data have their sequences in the second column")
        return read_simdata(path, reading.label_columns)
    return read_table(path, reading.sequence_column, reading.label_columns)


def _by_name(examples: Examples, path: Path) -> dict[str, Examples]:
    """Returns the examples by split: `test` those whose names the file lists, else `train`."""
    known: dict[str, int] = {}
    for row, name in enumerate(examples.ids):
        if name in known:
            raise UserError(
                f"two examples are called {name!r}: --test-names cannot tell them apart"
            )
        known[name] = row
    test = set()
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            name = line.strip()
            if name and name not in known:
                raise UserError(
                    f"{path}, line {number}: no example is called {name!r}{nearest(name, known)}"
                )
            if name:
                test.add(known[name])
    if not test:
        raise UserError(f"{path}: the file names no examples")
    named = np.isin(np.arange(len(examples)), list(test))
    rows = {"train": np.flatnonzero(~named), "test": np.flatnonzero(named)}
    return {split: take(examples, own) for split, own in rows.items()}


def _record(path: Path, role: str, count: int, progress: Progress) -> dict[str, str | int]:
    progress(f"read {count:,} sequences from {path.name} ({role})")
    return {"file": path.name, "role": role, "sequences": count, "sha256": sha256(path)}


def _seed_of(seed: int, split: str) -> int:
    """Returns a seed of its own for each split."""
    digest = hashlib.sha256(f"shuffle/{seed}/{split}".encode()).digest()
    return int.from_bytes(digest[:4], "big")
