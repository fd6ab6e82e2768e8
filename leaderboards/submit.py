"""Packing finished runs into a folder that is ready for a pull request."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.benchmark.record import Record, RecordFolder, read_record, write_record
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Suite
from tfbs.benchmark.tracking import Store
from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.files import unfinished_folder
from tfbs.leaderboards.manifest import EntryName, SuiteName, run_folder, write_manifest
from tfbs.leaderboards.minimum import recipe_problems, spec_problems
from tfbs.leaderboards.names import SLUG, name_problems
from tfbs.leaderboards.reevaluation import rebuild
from tfbs.leaderboards.safe_weights import NPZ, write_npz
from tfbs.leaderboards.untrusted import walk

_CHECKED = 64
"""Test sequences on which weights in a rebuilt network are tried."""


@dataclass(frozen=True)
class Packed:
    """A run that goes into a submission.

    Attributes:
        record: Of it.
        folder: Where its arrays are.
    """

    record: Record
    folder: Path

    @property
    def spec(self) -> RunSpec:
        """Of the record."""
        return RunSpec.from_json(self.record["spec"])


def find_runs(prefixes: Sequence[str], store: Store, records: RecordFolder | None) -> list[Packed]:
    """Returns finished runs by the beginnings of their ids, with the folder that has their arrays.

    The store is looked into first: a records folder keeps only small arrays.

    Raises:
        UserError: If there is none, or more than one, of some id.
    """
    found = []
    kept = [] if records is None else list(records)
    for prefix in prefixes:
        among = [record for record in kept if record["id"].startswith(prefix)]
        run_id = among[0]["id"] if len(among) == 1 else store.expand_id(prefix)
        folder = store.folder(run_id)
        if folder is not None:
            found.append(Packed(read_record(folder), folder))
        elif records is not None:
            found.append(Packed(among[0], records.folder(run_id)))
    return found


def submit(
    runs: Sequence[Packed],
    suite: Suite,
    tasks: dict[str, Task],
    entry: EntryName,
    target: Path,
    store: Store | None = None,
    *,
    maps: bool = True,
) -> list[str]:
    """Writes a submission, all or nothing.

    Args:
        runs: Of one recipe.
        suite: That it is for; it sets the minimum.
        tasks: Of the suite, by name.
        entry: Who enters what.
        target: A folder that does not exist yet; its name is that of the entry on the board.
        store: Where the models are, if their weights are to go along.
        maps: Whether attacked outputs and explanations go along, and, where weights do, outputs on
            reverse complements.

    Returns:
        What is not in it, one sentence each.

    Raises:
        UserError: With everything that is missing or wrong.
    """
    problems = name_problems(entry.name, "--name") + name_problems(entry.team, "--team")
    if not SLUG.fullmatch(target.name):
        problems.append(
            f"--to {target}: the last part may have letters a-z, digits, - and _, at most 64"
        )
    if target.exists():
        problems.append(f"--to {target}: exists already")
    for run in runs:
        found = spec_problems(run.spec, suite, tasks)
        problems += [f"run {run.record['id'][:12]}: {problem}" for problem in found]
        problems += _missing(run)
    problems += recipe_problems([run.spec for run in runs], suite)
    if problems:
        raise UserError("; ".join(problems))
    with unfinished_folder(target) as partial:
        notes = [note for run in runs for note in _pack(run, partial, tasks, store, maps)]
        files, _ = walk(partial)
        ids = [run.record["id"] for run in runs]
        suite_name = SuiteName(name=suite.name, version=suite.version)
        write_manifest(partial, suite_name, entry, ids, files)
        partial.rename(target)
    return notes


def _missing(run: Packed) -> list[str]:
    """Returns the outputs on test splits that are not at hand."""
    needed = [
        said["path"]
        for name, said in run.record["arrays"].items()
        if name.startswith("test") and name.endswith("_logits")
    ]
    return [
        f"run {run.record['id'][:12]}: {path} is not in {run.folder}; submit from the run store "
        "that has it, or do the run again with tfbs run --from RECORD"
        for path in needed
        if not (run.folder / path).is_file()
    ]


def _pack(
    run: Packed, partial: Path, tasks: dict[str, Task], store: Store | None, maps: bool
) -> list[str]:
    """Copies record and arrays of a run, and its weights where there is a store."""
    own = partial / run_folder(run.record["id"])
    (own / "arrays").mkdir(parents=True)
    write_record(own, run.record)
    left, redone = [], []
    for name, said in run.record["arrays"].items():
        if not maps and not _is_kept(name, weights=store is not None):
            redone.append(name)
        elif (run.folder / said["path"]).is_file():
            shutil.copy(run.folder / said["path"], own / said["path"])
        else:
            left.append(name)
    short = run.record["id"][:12]
    notes = [f"run {short}: without {', '.join(left)}: not in {run.folder}"] if left else []
    if redone:
        what = f"{len(redone)} arrays of other outputs and maps"
        notes.append(f"run {short}: without {what} (--maps packs them)")
    if store is not None:
        _write_weights(run, own / NPZ, tasks[run.spec.task_name], store)
    return notes


def _is_kept(name: str, *, weights: bool) -> bool:
    """Returns whether a submission holds an array in any case.

    Outputs on the other strand, as many as on test splits, follow from weights.
    """
    return name.startswith("filter_") or (
        name.startswith("test") and (name.endswith("_logits") or not weights)
    )


def _write_weights(run: Packed, path: Path, task: Task, store: Store) -> None:
    """Writes the weights of one of our own models, and tries them in a rebuilt network.

    Raises:
        UserError: If its model is not at hand, or a rebuilt network does not give its outputs.
    """
    import keras

    from tfbs.benchmark.finished import load_model
    from tfbs.benchmark.predict import Predictor

    keras.backend.clear_session()
    model = load_model(run.record, store)
    again = rebuild(run.spec, task)
    short = run.record["id"][:12]
    if [w.shape for w in again.weights] != [w.shape for w in model.weights]:
        raise UserError(
            f"run {short}: the network of regime {run.spec.regime['name']} cannot be built again "
            "from its settings; submit it without --weights"
        )
    again.set_weights(model.get_weights())
    codes = np.asarray(task.splits["test"].sequence[:_CHECKED])
    tracks = task.splits["test"].tracks
    beside = None if tracks is None else tracks[slice(0, _CHECKED)]
    if not np.allclose(Predictor(model)(codes, beside), Predictor(again)(codes, beside), atol=1e-4):
        raise UserError(f"run {short}: a network with its weights does not give its outputs")
    write_npz(path, again)
