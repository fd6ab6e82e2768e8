"""How a careful forger changes a submission: with all hashes made to fit."""

from __future__ import annotations

import json
from pathlib import Path

from tfbs.benchmark.spec import RunSpec
from tfbs.leaderboards.manifest import read_manifest, run_folder, write_manifest
from tfbs.leaderboards.untrusted import sha256, walk


def repack(folder: Path, **changes) -> None:
    """Writes a manifest whose hashes fit whatever is in the folder; a careful forger would."""
    manifest = read_manifest(folder)[0].manifest
    files, _ = walk(folder)
    entry = manifest.entry.model_copy(update=changes)
    write_manifest(folder, manifest.suite, entry, manifest.runs, files)


def edit_json(path: Path, change) -> None:
    """Changes a JSON file in place."""
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


def first_run(folder: Path) -> Path:
    """The folder of a submission's first run."""
    return folder / run_folder(read_manifest(folder)[0].manifest.runs[0])


def set_array(folder: Path, name: str, content: bytes) -> None:
    """Puts other bytes in the place of an array, with all hashes made to fit."""
    run = first_run(folder)
    (run / "arrays" / f"{name}.npy").write_bytes(content)
    edit_json(run / "record.json", lambda r: r["arrays"][name].update(sha256=sha256(content)))
    repack(folder)


def respecify(folder: Path, change) -> None:
    """Changes the spec of the first run, with id, folder and hashes made to fit."""
    old = first_run(folder)
    record = json.loads((old / "record.json").read_text())
    before = record["id"]
    change(record["spec"])
    record["id"] = RunSpec.from_json(record["spec"]).id
    (old / "record.json").write_text(json.dumps(record))
    old.rename(folder / run_folder(record["id"]))
    edit_json(
        folder / "manifest.json",
        lambda m: m.update(runs=[record["id"] if run == before else run for run in m["runs"]]),
    )
    repack(folder)
