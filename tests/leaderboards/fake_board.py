"""A board written by hand: files as `verify` leaves them, without a network or TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from tfbs.benchmark.record import write_record
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Block, Suite
from tfbs.leaderboards.arrays_file import pack_arrays
from tfbs.leaderboards.manifest import (
    EntryName,
    SuiteName,
    read_manifest,
    run_folder,
    write_manifest,
)
from tfbs.leaderboards.task_file import TaskFile, task_path
from tfbs.leaderboards.untrusted import sha256, walk
from tfbs.leaderboards.verdict import Recipe, Verdict, write_verdict

PROTOCOL = "quick-1"
HEADLINES = {
    "prediction": "auroc",
    "interpretability": "attribution_auroc_saliency",
    "robustness": "auroc_pgd_0.02",
}


@dataclass
class FakeTask:
    """A task of two classes; the first examples are attacked and explained.

    Attributes:
        name: Of it.
        n: Examples.
        families: Of each target; empty where it is not known.
        seed: Of the labels.
        label: `(n, targets)`.
    """

    name: str
    n: int = 400
    families: tuple[str, ...] = ("",)
    seed: int = 0
    label: np.ndarray = field(init=False)

    def __post_init__(self):
        shape = (self.n, len(self.families))
        self.label = np.random.default_rng(self.seed).integers(0, 2, shape).astype("int8")
        self.attacked = np.arange(self.n // 2)
        self.explained = np.flatnonzero(self.label[:, 0] == 1)[: self.n // 4]

    @property
    def targets(self) -> list[str]:
        return [f"T{column}" for column in range(len(self.families))]

    @property
    def fingerprint(self) -> str:
        return sha256(self.label.tobytes())


def suite_of(tasks, name="fake", version=1) -> Suite:
    blocks = [Block(tasks=[task.name for task in tasks], architectures=["gc_logistic"])]
    return Suite(
        name=name, version=version, description="Made up", protocol=PROTOCOL, matrix=blocks
    )


def write_fake_task(board: Path, suite: Suite, task: FakeTask, **changes) -> None:
    content = pack_arrays(
        {
            "label": task.label,
            "rows auroc_pgd_0.02": task.attacked,
            "rows attribution_auroc_saliency": task.explained,
        }
    )
    said = {
        "name": task.name,
        "version": "1.0.0",
        "fingerprint": task.fingerprint,
        "protocol": PROTOCOL,
        "splits": {"test": task.n},
        "headlines": HEADLINES,
        "ceilings": {},
        "ceilings_version": 1,
        "target_ceilings": {},
        "targets": task.targets,
        "families": {
            target: family
            for target, family in zip(task.targets, task.families, strict=True)
            if family
        },
        "arrays": sha256(content),
        **changes,
    }
    path = task_path(board, f"{suite.name}-{suite.version}", task.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".npz").write_bytes(content)
    path.write_text(json.dumps(TaskFile(**said).model_dump(by_alias=True)))


@dataclass
class FakeEntry:
    """An entry whose outputs are the labels and noise.

    Attributes:
        slug: Of it.
        signal: Distance of the classes in standard deviations; by task, or of all.
        seeds: Of its runs.
        wobble: Standard deviation of the signal over seeds.
        noise: Shared by the seeds of the entry, so that entries differ by example.
        trust: Of the verdict; None where it has none.
        changes: Of the verdict.
    """

    slug: str
    signal: float | Mapping[str, float] = 1.0
    seeds: tuple[int, ...] = (0, 1, 2)
    wobble: float = 0.02
    noise: int = 0
    trust: str | None = "re-evaluated"
    architecture: str = "cnn_local"
    regime: str = "standard"
    fitted: bool = False
    keep: bool = True
    name: str = ""
    changes: dict = field(default_factory=dict)
    fingerprint: str | None = None

    def outputs(self, task: FakeTask, seed: int) -> dict[str, np.ndarray]:
        """Numbers per example by metric."""
        signal = self.signal if isinstance(self.signal, float) else self.signal[task.name]
        shared = np.random.default_rng(7).normal(size=task.label.shape)
        rng = np.random.default_rng([self.noise, seed, task.seed])
        own = rng.normal(size=task.label.shape)
        logits = task.label * (signal + self.wobble * rng.normal()) + 0.8 * shared + 0.6 * own
        attacked = logits[task.attacked] - 0.3 * task.label[task.attacked]
        maps = np.clip(0.6 + 0.05 * signal + 0.1 * rng.normal(size=len(task.explained)), 0, 1)
        values = (logits, attacked, maps)
        order = ("auroc", "auroc_pgd_0.02", "attribution_auroc_saliency")
        return {
            metric: value.astype("float32") for metric, value in zip(order, values, strict=True)
        }


def _metric(name: str, value: float, n: int, target: str = "mean") -> dict:
    return {
        "name": name, "target": target, "split": "test" if name == "auroc" else "probe",
        "design": "all", "value": value, "interval": [value - 0.03, value + 0.03], "n": n,
        "positives": n // 2, "undefined_reason": None,
    }  # fmt: skip


def scores_of(task: FakeTask, outputs: Mapping[str, np.ndarray]) -> list[dict]:
    """Metrics, by scikit-learn: of each target, and their mean."""
    found = []
    for name, rows in (("auroc", np.arange(task.n)), ("auroc_pgd_0.02", task.attacked)):
        areas = [
            float(roc_auc_score(task.label[rows, column], outputs[name][:, column]))
            for column in range(len(task.targets))
        ]
        found += [
            _metric(name, area, len(rows), target)
            for target, area in zip(task.targets, areas, strict=True)
        ]
        found.append(_metric(name, float(np.mean(areas)), len(rows)))
    maps = float(outputs["attribution_auroc_saliency"].mean())
    return [*found, _metric("attribution_auroc_saliency", maps, len(task.explained))]


def write_fake_entry(board: Path, suite: Suite, tasks, entry: FakeEntry) -> Path:
    """Writes an entry, its verdict and its numbers per example; returns the folder."""
    where = f"{suite.name}-{suite.version}"
    folder = board / "entries" / where / entry.slug
    scores, examples, ids = {}, {}, []
    for task in tasks:
        for seed in entry.seeds:
            spec = _spec(entry, task, seed)
            outputs = entry.outputs(task, seed)
            scores[spec.id] = scores_of(task, outputs)
            examples |= {f"{spec.id[:16]} {name}": value for name, value in outputs.items()}
            _write_run(folder, spec, scores[spec.id], task)
            ids.append(spec.id)
    name = EntryName(name=entry.name or entry.slug, team="Team")
    named = SuiteName(name=suite.name, version=suite.version)
    write_manifest(folder, named, name, ids, walk(folder)[0])
    if entry.trust is not None:
        content = pack_arrays(examples)
        file = board / "verdicts" / where / f"{entry.slug}.json"
        said = {
            "status": "agrees", "trust": entry.trust, "asked": "re-evaluated", "suite": named,
            "entry": name, "manifest": read_manifest(folder)[0].sha256, "scores": scores,
            "examples": sha256(content) if entry.keep else None,
            "recipe": Recipe(family="CNN", source="", fitted=entry.fitted),
            "metrics": dict.fromkeys(HEADLINES.values(), 1), "date": "2026-01-01T00:00:00+00:00",
            **entry.changes,
        }  # fmt: skip
        write_verdict(file, Verdict(**said))
        if entry.keep:
            file.with_suffix(".npz").write_bytes(content)
    return folder


def _spec(entry: FakeEntry, task: FakeTask, seed: int) -> RunSpec:
    dataset, _, config = task.name.partition("/")
    return RunSpec.from_json(
        {
            "task": {
                "name": dataset,
                "config": config or "default",
                "version": "1.0.0",
                "fingerprint": entry.fingerprint or task.fingerprint,
            },
            "architecture": {"name": entry.architecture, "hyperparameters": {"of": entry.slug}},
            "regime": {"name": entry.regime, "parameters": {}},
            "seed": seed,
            "protocol": PROTOCOL,
        }
    )


def _write_run(folder: Path, spec: RunSpec, metrics: list[dict], task: FakeTask) -> None:
    own = folder / run_folder(spec.id)
    own.mkdir(parents=True)
    record = {
        "schema": 1, "id": spec.id, "spec": spec.to_json(), "metrics": metrics,
        "dataset": {"fingerprint": task.fingerprint, "length": 20, "targets": ["bound"],
                    "splits": {"test": {"n": task.n, "positives": [int(task.label.sum())]}}},
        "training": {"curves": {"loss": [1.0, 0.5]}, "probe_curves": {}, "epochs": 2,
                     "best_epoch": 1, "steps": 10, "chosen": {}},
        "cost": {"macs": 1000, "parameters": 10}, "arrays": {}, "environment": {},
        "code": {"version": "0", "commit": None, "dirty": None},
    }  # fmt: skip
    write_record(own, record)


def fake_board(board: Path, tasks, entries) -> Suite:
    """Writes a whole board; returns its suite."""
    suite = suite_of(tasks)
    for task in tasks:
        write_fake_task(board, suite, task)
    for entry in entries:
        write_fake_entry(board, suite, tasks, entry)
    return suite
