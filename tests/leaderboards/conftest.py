"""A tiny suite, an honest entry of other software for it, and a watch on what is opened."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tfbs.benchmark.record import read_record
from tfbs.benchmark.suite import Block, Suite
from tfbs.leaderboards.external import read_external
from tfbs.leaderboards.inspection import Question, inspect
from tfbs.leaderboards.manifest import EntryName
from tfbs.leaderboards.submit import Packed, submit


@pytest.fixture(scope="session")
def suite():
    blocks = [Block(tasks=["planted"], architectures=["gc_logistic"])]
    return Suite(name="tiny", version=1, description="", protocol="quick-1", matrix=blocks)


def outputs(task, seed: int) -> np.ndarray:
    """Logits of an honest, mediocre network."""
    label = np.asarray(task.splits["test"].label, "float32")
    return (label + np.random.default_rng(seed).normal(0, 1, label.shape)).astype("float32")


@pytest.fixture(scope="session")
def make_entry(planted_task, suite):
    """Returns what writes an entry of other software: three seeds, outputs by seed."""

    def make(target: Path, *, name="Honest", outputs=outputs, seeds=(0, 1, 2), scratch: Path):
        packed = []
        for seed in seeds:
            run, record = scratch / f"run-{seed}", scratch / f"record-{seed}"
            (run / "arrays").mkdir(parents=True)
            record.mkdir()
            logits = outputs(planted_task, seed)
            np.save(run / "arrays" / "test_logits.npy", logits)
            np.save(run / "arrays" / "test_logits_reverse_complement.npy", logits[::-1].copy())
            said = {"task": "planted", "seed": seed, "architecture": f"net.{name}"}
            (run / "run.json").write_text(json.dumps(said))
            read_external(run, suite, {"planted": planted_task}, record)
            packed.append(Packed(read_record(record), record))
        entry = EntryName(name=name, team="Team")
        submit(packed, suite, {"planted": planted_task}, entry, target)
        return target

    return make


@pytest.fixture(scope="session")
def honest(make_entry, tmp_path_factory):
    """An entry that is never changed."""
    folder = tmp_path_factory.mktemp("honest")
    return make_entry(folder / "honest", scratch=folder)


@pytest.fixture
def entry(honest, tmp_path):
    """A copy of the honest entry, to be tampered with."""
    return Path(shutil.copytree(honest, tmp_path / "entry"))


@pytest.fixture(scope="session")
def judge(suite, planted_task):
    """Returns the verdict on a folder, in this process."""

    def verdict(folder: Path, level="re-scored", **more):
        return inspect(Question(folder, suite, {"planted": planted_task}, level, **more))

    return verdict


OPENED: list[str] = []
_WATCHING = SimpleNamespace(on=False)


def _note(event: str, arguments: tuple, watching: SimpleNamespace = _WATCHING) -> None:
    if not watching.on:  # a default: names of the module are gone when the interpreter ends
        return
    if event == "open" and isinstance(arguments[0], str | bytes):
        OPENED.append(str(Path(str(arguments[0])).resolve()))
    if event.startswith(("subprocess.", "os.system", "socket.connect", "pickle.find_class")):
        OPENED.append(event)


sys.addaudithook(_note)


@pytest.fixture
def watched():
    """Notes every file that is opened, every process and class that is started meanwhile."""
    OPENED.clear()
    _WATCHING.on = True
    yield OPENED
    _WATCHING.on = False
