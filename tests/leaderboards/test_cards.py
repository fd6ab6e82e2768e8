"""The page of an entry from its files: what nobody checked neither stops the board nor leads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.leaderboards.fake_board import FakeEntry, FakeTask, fake_board

from tfbs.benchmark.record import RECORD_FILE
from tfbs.leaderboards.board import suite_board
from tfbs.leaderboards.manifest import read_manifest, write_manifest
from tfbs.leaderboards.site import render_site
from tfbs.leaderboards.untrusted import walk

TASKS = [FakeTask("a", 200, seed=1)]
HONEST = FakeEntry("honest")


def claim(folder: Path, change: Callable[[Path], object]) -> None:
    """Changes every run of an entry and signs the whole anew."""
    read, _ = read_manifest(folder)
    for run in sorted((folder / "runs").iterdir()):
        change(run)
    files = [file for file in walk(folder)[0] if file.path != "manifest.json"]
    write_manifest(folder, read.manifest.suite, read.manifest.entry, read.manifest.runs, files)


def claimed_board(tmp_path: Path, change: Callable[[Path], object]):
    """Returns a board with an entry that nobody verified."""
    suite = fake_board(tmp_path, TASKS, [HONEST, FakeEntry("claims", trust=None, noise=3)])
    claim(tmp_path / "entries" / "fake-1" / "claims", change)
    return suite_board(tmp_path, suite)


def in_record(part: str, **values) -> Callable[[Path], object]:
    def change(run: Path) -> None:
        record = json.loads((run / RECORD_FILE).read_text())
        inner = record["training"]["curves"] if part == "curves" else record[part]
        inner.update(values)
        (run / RECORD_FILE).write_text(json.dumps(record))

    return change


def with_filters(filters: np.ndarray) -> Callable[[Path], object]:
    def change(run: Path) -> None:
        (run / "arrays").mkdir()
        np.save(run / "arrays" / "filter_motifs.npy", filters)

    return change


@pytest.mark.parametrize(
    "change",
    [
        in_record("curves", loss=[1e308, -1e308]),
        in_record("cost", training_seconds=1.7e308),
        in_record("cost", training_seconds=-1.0),
        with_filters(np.full((3, 5, 4), np.nan, "float32")),
        with_filters(np.full((3, 5, 4), np.inf)),
        with_filters(np.ones(7)),
    ],
    ids=["curve", "cost", "negative cost", "nan", "infinite", "shape"],
)
def test_a_claim_that_cannot_be_drawn_stops_nobody(tmp_path, change):
    board = claimed_board(tmp_path, change)
    render_site([board], tmp_path / "site")
    card = board.card("claims")
    assert not card.logos and "training_seconds" not in card.cost
    assert all(y is None or abs(y) < 10 for curve in card.curves for y in curve.y)


def test_costs_that_no_run_has_are_not_shown(tmp_path):
    change = in_record("cost", **{"auroc of everybody else": 0.1, "training_seconds": 5.0})
    assert claimed_board(tmp_path, change).card("claims").cost == {"training_seconds": 5.0}


def test_sizes_count_from_the_weights_on(tmp_path):
    entries = [FakeEntry("with"), FakeEntry("without", trust="re-scored", noise=4)]
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, entries))
    assert board.card("with").cost == {"macs": 1000.0, "parameters": 10.0}
    assert board.card("without").cost == {}
    assert not board.card("without").on_front


def test_a_filter_as_long_as_a_file_is_not_drawn(tmp_path):
    suite = fake_board(tmp_path, TASKS, [HONEST])
    folder = tmp_path / "entries" / "fake-1" / "honest"
    for run in (folder / "runs").iterdir():
        (run / "arrays").mkdir()
    for length, drawn in ((19, 3), (5000, 0)):
        filters = np.full((3, length, 4), 0.25, "float32")
        claim(folder, lambda run, f=filters: np.save(run / "arrays" / "filter_motifs.npy", f))
        verdict = tmp_path / "verdicts" / "fake-1" / "honest.json"
        said = json.loads(verdict.read_text())
        said["manifest"] = read_manifest(folder)[0].sha256
        verdict.write_text(json.dumps(said))
        assert len(suite_board(tmp_path, suite).card("honest").logos) == drawn
