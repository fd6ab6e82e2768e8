"""Every verb that writes, killed at ten random moments: the next call makes what an unbroken one
makes, byte for byte or number for number, and leaves nothing else behind."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import optuna
import pytest
from optuna.storages.journal import JournalFileBackend
from tests.kills import KILLS, files_of, finish, kill_after, moments, start

from tfbs.benchmark.record import RecordFolder, comparable
from tfbs.benchmark.tracking import Store

pytestmark = pytest.mark.slow

TASK = "synthetic_code/small"
SUITE = f"""
name: three
version: 1
description: three short runs
protocol: quick-1
matrix:
  - tasks: [{TASK}]
    architectures: [gc_logistic, {{name: cnn_local, set: {{num_filters: 2, dense_units: 4}}}}]
    seeds: [0, 1]
    set: {{epochs: 1, probe_epochs: 0}}
"""
SPACE = "num_filters: {low: 2, high: 16, log: true}\nlearning_rate: {low: 1.0e-3, high: 3.0e-2}\n"
SET = ["--set", "epochs=1", "--set", "dense_units=4", "--set", "probe_epochs=0"]
STORE = ["--output", "runs", "--records", "records"]
BOARD = Path(__file__).parents[1] / "leaderboards"


def letters(rng: np.random.Generator, number: int) -> str:
    return "".join(rng.choice(list("ACGT"), number))


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A suite, a search space, sequences, a genome and peaks."""
    folder = tmp_path_factory.mktemp("inputs")
    rng = np.random.default_rng(0)
    (folder / "three.yaml").write_text(SUITE)
    (folder / "space.yaml").write_text(SPACE)
    (folder / "bound.fa").write_text("".join(f">s{i}\n{letters(rng, 100)}\n" for i in range(400)))
    chromosomes = ("chr1", "chr2", "chr8", "chr11")
    (folder / "genome.fa").write_text(
        "".join(f">{name}\n{letters(rng, 40_000)}\n" for name in chromosomes)
    )
    (folder / "peaks.bed").write_text(
        "".join(f"{name}\t{start}\t{start + 200}\n" for name in chromosomes
                for start in range(1000, 39_000, 1000))
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The data of the suite's task."""
    folder = tmp_path_factory.mktemp("data")
    finish(["data", "build", TASK, "--data-dir", "."], folder)
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory, inputs, built):
    """The finished runs of the suite."""
    folder = tmp_path_factory.mktemp("runs")
    finish(["suite", f"{inputs}/three.yaml", "--data-dir", str(built), "--output", "."], folder)
    return folder


VERBS = {
    "suite": ["suite", "{inputs}/three.yaml", "--data-dir", "{built}", *STORE],
    "sweep": [
        "sweep", "--task", TASK, "--architecture", "cnn_local", "--space", "{inputs}/space.yaml",
        "--trials", "3", "--name", "s", "--refit-seeds", "1", "--protocol", "quick-1", *SET,
        "--data-dir", "{built}", *STORE,
    ],
    "sequences": [
        "data", "build", "sequences", "--name", "mine", "--positives", "{inputs}/bound.fa",
        "--negatives", "shuffle", "--data-dir", "data",
    ],
    "genome": [
        "data", "build", "genome_bins", "--name", "mine", "--genome", "{inputs}/genome.fa",
        "--peaks", "CTCF={inputs}/peaks.bed", "--data-dir", "data",
    ],
    "task": ["data", "build", TASK, "--data-dir", "data"],
    "render": ["leaderboard", "render", "--board", str(BOARD), "--to", "site"],
    "report": [
        "report", "{inputs}/three.yaml", "--data-dir", "{built}", "--output", "{trained}",
        "--to", "page",
    ],
}  # fmt: skip


def filled_in(word: str, request: pytest.FixtureRequest) -> str:
    """Returns a word with the folders that it names."""
    for name in re.findall(r"\{(\w+)\}", word):
        word = word.replace(f"{{{name}}}", str(request.getfixturevalue(name)))
    return word


def outcome(folder: Path):
    """What a call has made: runs and trials number for number, other files byte for byte."""
    trained = (folder / "records").exists()
    records = {record["id"]: record for record in RecordFolder(folder / "records")}
    if not trained:
        return files_of(folder)
    assert_each_once(folder, records)
    return {run_id: comparable(record) for run_id, record in records.items()}, trials(folder)


def assert_each_once(folder: Path, records) -> None:
    """Each run is finished once in the store, none is open, and no scratch is left."""
    store = Store(folder / "runs")
    finished = store._search("attributes.status = 'FINISHED' and tags.`tfbs.id` != ''")
    assert sorted(run.data.tags["tfbs.id"] for run in finished) == sorted(records)
    assert not store._search("attributes.status = 'RUNNING'")
    assert not list((folder / "runs" / "checkpoints").glob("*"))
    left = [path.name for path in folder.rglob("*") if "unfinished" in path.name]
    assert left == []


def trials(folder: Path):
    journal = folder / "runs" / "sweeps" / "journal.log"
    if not journal.exists():
        return []
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(journal)))
    study = optuna.load_study(study_name="s", storage=storage)
    return [(trial.number, trial.state, trial.params, trial.values) for trial in study.trials]


@pytest.mark.parametrize("verb", VERBS)
def test_a_killed_call_done_again_is_an_unbroken_one(verb, request, tmp_path):
    words = [filled_in(word, request) for word in VERBS[verb]]
    whole = tmp_path / "whole"
    whole.mkdir()
    seconds = finish(words, whole)
    expected = outcome(whole)
    assert expected
    hit = 0
    for number, moment in enumerate(moments(verb, seconds)):
        folder = tmp_path / str(number)
        folder.mkdir()
        hit += kill_after(moment, words, folder, TMPDIR=str(folder))
        finish(words, folder)
        assert outcome(folder) == expected, f"killed after {moment:.1f} of {seconds:.1f} s"
    print(f"{verb}: {KILLS} kills, {hit} of a running process")  # noqa: T201  (-rA shows it)
    assert hit > KILLS / 2


def test_two_suites_at_once_do_every_run_once(request, tmp_path):
    words = [filled_in(word, request) for word in VERBS["suite"]]
    both = [start(words, tmp_path) for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=1800)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
    records, _ = outcome(tmp_path)
    assert len(records) == 3
    assert not Store(tmp_path / "runs")._search("attributes.status = 'FAILED'")
