"""A record in words: settings, data, environment, code, and the command that repeats it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tfbs.benchmark.record import Record
from tfbs.benchmark.report.section import label
from tfbs.benchmark.settings import Usual, changed
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.terminal import METRIC_HEADER, left_out, metric_rows
from tfbs.benchmark.verdict import Row

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Described:
    """One record, ready for the page.

    Attributes:
        name: Row and seed.
        id: Of the run.
        command: That repeats it.
        spec: Names and settings.
        chosen: What was chosen on the validation split, for models that choose.
        environment: Where it ran.
        code: What ran.
        header: Of `numbers`.
        numbers: Metrics and costs.
        left_out: How many metrics of single targets are only in the record.
    """

    name: str
    id: str
    command: str
    spec: Pairs
    chosen: Pairs
    environment: Pairs
    code: Pairs
    header: Sequence[str]
    numbers: list[tuple[str, ...]]
    left_out: int


@dataclass(frozen=True)
class Dataset:
    """The data of a task.

    Attributes:
        task: Its name.
        facts: Version, fingerprint, length, targets.
        splits: Name, examples and positives per target, as text.
    """

    task: str
    facts: Pairs
    splits: list[tuple[str, str, str]]


def describe(row: Row, record: Record, usual: Usual | None) -> Described:
    """Returns what the page says of one record."""
    spec, code = record["spec"], record["code"]
    dirty = {True: "with uncommitted changes", False: "as committed", None: "unknown"}
    return Described(
        name=f"{label(row)}, seed {spec['seed']}",
        id=record["id"],
        command=run_command(record, usual),
        spec=[
            ("task", RunSpec.from_json(spec).task_name),
            ("architecture", spec["architecture"]["name"]),
            *_flat(spec["architecture"]["hyperparameters"], "architecture."),
            ("regime", spec["regime"]["name"]),
            *_flat(spec["regime"]["parameters"], "regime."),
            ("seed", str(spec["seed"])),
            ("protocol", spec["protocol"]),
        ],
        chosen=_flat(record["training"]["chosen"]),
        environment=_flat(record["environment"]),
        code=[
            ("version of tfbs", code["version"]),
            ("commit", code["commit"] or "not run from a checkout"),
            ("state", dirty[code["dirty"]]),
        ],
        header=METRIC_HEADER,
        numbers=metric_rows(record),
        left_out=left_out(record),
    )


def datasets(rows: Iterable[Row]) -> list[Dataset]:
    """Returns the data of each task once, as its first record describes them."""
    first: dict[str, Record] = {}
    for row in rows:
        first.setdefault(row.task, row.records[0])
    return [_dataset(task, record) for task, record in first.items()]


def _dataset(task: str, record: Record) -> Dataset:
    data = record["dataset"]
    targets = data["targets"]
    shown = ", ".join(targets[:8]) + (f" and {len(targets) - 8} more" if len(targets) > 8 else "")
    return Dataset(
        task=task,
        facts=[
            ("version", record["spec"]["task"]["version"]),
            ("fingerprint", data["fingerprint"]),
            ("length", f"{data['length']} nucleotides"),
            ("targets", shown),
        ],
        splits=[
            (name, f"{split['n']:,}", ", ".join(f"{n:,}" for n in split["positives"][:8]))
            for name, split in data["splits"].items()
        ],
    )


def run_command(record: Record, usual: Usual | None = None) -> str:
    """Returns the `tfbs run` that repeats a record.

    Args:
        record: Of the run.
        usual: Settings that need not be said; by default every setting is said.
    """
    spec = record["spec"]
    architecture, regime = usual(record) if usual else ({}, {})
    settings = {
        "architecture": changed(spec["architecture"]["hyperparameters"], architecture),
        "regime": changed(spec["regime"]["parameters"], regime),
    }
    both = set(spec["architecture"]["hyperparameters"]) & set(spec["regime"]["parameters"])
    words = ["tfbs", "run", "--task", RunSpec.from_json(spec).task_name]
    words += ["--architecture", spec["architecture"]["name"], "--regime", spec["regime"]["name"]]
    words += ["--seed", str(spec["seed"]), "--protocol", spec["protocol"]]
    for part, values in settings.items():
        for name, value in values.items():
            key = f"{part}.{name}" if name in both else name
            words += ["--set", f"{key}={_word(value)}"]
    return shlex.join(words)


def _word(value: object) -> str:
    """Returns a setting as `--set` reads it back: text as it is, unless it would read as JSON."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except json.JSONDecodeError:
            return value
    return json.dumps(value)


def _flat(values: Mapping[str, object], prefix: str = "") -> Pairs:
    """Returns nested mappings as dotted names and text."""
    pairs: Pairs = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{prefix}{name}.")
        else:
            pairs.append((prefix + name, value if isinstance(value, str) else json.dumps(value)))
    return pairs
