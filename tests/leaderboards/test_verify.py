"""From the command line: template, submit, validate, verify; in processes of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from tests import kills
from tests.leaderboards.forgery import edit_json, first_run

from tfbs.__main__ import main
from tfbs.benchmark.progress import Progress
from tfbs.benchmark.suite import read_suite
from tfbs.datasets.task import load_task
from tfbs.leaderboards.board import suite_board
from tfbs.leaderboards.child import STEP
from tfbs.leaderboards.cli.judging import named_suite
from tfbs.leaderboards.entries import read_board, verdict_file
from tfbs.leaderboards.inspection import Question, inspect
from tfbs.leaderboards.renewal import renew_scores
from tfbs.leaderboards.sandbox import Limits
from tfbs.leaderboards.untrusted import copy_files, walk
from tfbs.leaderboards.verdict import Verdict, read_verdict, write_verdict
from tfbs.leaderboards.verify import Job, _others, _step, _wait, reason_of, verify


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    load_task("synthetic_code/small", folder)
    return folder


@pytest.fixture(scope="module")
def board(data, tmp_path_factory):
    """A board with one entry of other software, as the command line writes it."""
    folder = tmp_path_factory.mktemp("board")
    template = folder / "template"
    entry = folder / "leaderboards" / "entries" / "mock-1" / "gc"
    common = ["--suite", "mock", "--data-dir", str(data)]
    assert main(["leaderboard", "template", *common, "--to", str(template)]) == 0
    runs = sorted(map(str, (template / "runs").iterdir()))
    submit = ["leaderboard", "submit", *runs, *common, "--name", "GC <b>content</b>"]
    assert main([*submit, "--team", "Us", "--to", str(entry)]) == 0
    return folder / "leaderboards"


def test_what_the_template_says_is_there(board):
    guide = (board.parent / "template" / "README.txt").read_text()
    assert "test_logits " in guide
    assert "(800, 1): logits of test, needed" in guide
    inputs = board.parent / "template" / "inputs" / "synthetic_code-small"
    assert np.load(inputs / "test_sequence.npy").shape == (800, 200)


def test_too_few_runs_are_refused_with_what_is_missing(board, data, tmp_path, capsys):
    run = next((board.parent / "template" / "runs").iterdir())
    submit = ["leaderboard", "submit", str(run), "--suite", "mock", "--data-dir", str(data)]
    submit += ["--name", "x\x1b[2J", "--team", "Us", "--to", str(tmp_path / "Entry")]
    assert main(submit) == 2
    said = capsys.readouterr().err
    assert "task synthetic_code/small has 1 seeds" in said
    assert "3 are needed" in said
    assert "--name holds a control character, U+001B" in said
    assert "the last part may have letters a-z" in said
    assert not (tmp_path / "Entry").exists()


def test_settings_of_other_software_are_bounded(board, data, tmp_path, capsys):
    run = next((board.parent / "template" / "runs").iterdir())
    own = Path(shutil.copytree(run, tmp_path / "run"))
    edit_json(own / "run.json", lambda said: said["hyperparameters"].update(text="x" * 4_000))
    submit = ["leaderboard", "submit", str(own), "--suite", "mock", "--data-dir", str(data)]
    assert main([*submit, "--name", "x", "--team", "Us", "--to", str(tmp_path / "entry")]) == 2
    said = capsys.readouterr().err
    assert "run.json: hyperparameters: 4,0" in said
    assert "characters as JSON, 4,000 at most" in said


def test_an_entry_is_verified_in_a_process_of_its_own(board, data, capsys):
    entry = board / "entries" / "mock-1" / "gc"
    assert read_board(board).entries[0].trust == "claimed"
    before = sorted((str(p), p.stat().st_mtime_ns) for p in entry.rglob("*"))
    call = ["leaderboard", "verify", str(entry), "--board", str(board), "--data-dir", str(data)]
    assert main(call) == 0
    said = capsys.readouterr().out
    assert "'GC <b>content</b>' agrees, trust: re-scored" in said
    assert sorted((str(p), p.stat().st_mtime_ns) for p in entry.rglob("*")) == before
    verdict = read_verdict(board / "verdicts" / "mock-1" / "gc.json")
    assert verdict.environment["packages"]["keras"]
    assert set(verdict.sandbox) == {"network", "files", "memory", "processes", "seconds", "entries"}
    (accepted,) = read_board(board).entries
    assert accepted.trust == "re-scored"
    assert [accepted.ranks(axis) for axis in ("prediction", "robustness")] == [True, False]
    run_id = accepted.manifest.runs[0]
    recorded = {m["name"]: m["value"] for m in accepted.records[run_id]["metrics"]}
    computed = {m["name"]: m["value"] for m in accepted.scores(run_id)}
    assert computed == recorded
    assert accepted.array(run_id, "test_logits").shape == (800, 1)
    assert accepted.array(run_id, "attribution_saliency") is None
    standings = suite_board(board, read_suite("mock"))
    (place,) = standings.ladder("prediction").places
    assert (place.slug, place.paired, place.score.seeds) == ("gc", True, 3)
    assert "re-scored, robustness ranks from" in standings.ladder("robustness").not_ranked["gc"]
    (task,) = standings.tasks
    assert task.splits["test"] == 800


def test_a_label_of_the_data_that_was_tampered_with(board, data, tmp_path):
    other = Path(shutil.copytree(data, tmp_path / "data"))
    (file,) = other.glob("synthetic_code/small/*/arrays/test-label.npy")
    label = np.load(file)
    label[7] = 1 - label[7]
    np.save(file, label)
    entry = board / "entries" / "mock-1" / "gc"
    verdict = verify(Job(entry, "mock", "re-scored", data_dir=other))
    assert verdict.exit_status == 2
    assert (
        "the data of task synthetic_code/small are not those that were built"
        in (verdict.problems[0])
    )
    assert any("split test: recorded {'n': 800," in problem for problem in verdict.problems)


def test_a_verification_that_takes_too_long_is_ended(board, data):
    entry = board / "entries" / "mock-1" / "gc"
    verdict = verify(Job(entry, "mock", data_dir=data, limits=Limits(seconds=1)))
    assert verdict.exit_status == 2
    asked = read_suite("mock").minimum_seeds  # of its one task
    assert verdict.problems == [f"the verification did not end: took longer than {asked} s"]


def test_what_a_child_is_at_is_said_once(tmp_path, capsys):
    (tmp_path / STEP).write_text("re-evaluated 3")
    waiting = [sys.executable, "-c", "import time; time.sleep(2)"]
    with subprocess.Popen(waiting) as child:
        assert _wait(child, 60, tmp_path, Progress("gc")) == 0
    assert capsys.readouterr().err == "gc: run 3 is being re-evaluated\n"


@pytest.mark.parametrize(
    "said", ["", "re-evaluated", "re-evaluated \x1b[2J", "re-scored 12345", "trusted 1", "x" * 101]
)
def test_what_a_child_has_no_business_to_say_is_not_repeated(said, tmp_path):
    (tmp_path / STEP).write_text(said)
    assert _step(tmp_path) == ""


def test_a_step_that_is_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret").write_text("re-scored 1")
    (tmp_path / STEP).symlink_to(tmp_path / "secret")
    assert _step(tmp_path) == ""


def test_an_inspection_tells_what_it_is_at(board, data):
    told = []
    question = Question(
        board / "entries" / "mock-1" / "gc",
        read_suite("mock"),
        {"synthetic_code/small": load_task("synthetic_code/small", data)},
        "re-scored",
        begins=lambda level, number: told.append((level, number)),
    )
    assert inspect(question).status == "agrees"
    assert told == [("re-scored", 1), ("re-scored", 2), ("re-scored", 3)]


def test_no_verification_goes_on_without_the_one_that_asked_for_it(board, data):
    folder = board / "entries" / "mock-1" / "gc"
    words = ["leaderboard", "verify", str(folder), "--data-dir", str(data), "--board", str(board)]
    caller = kills.start(words, board)
    try:
        child = wait_for(lambda: next(iter(psutil.Process(caller.pid).children()), None))
        wait_for(lambda: child.num_threads() > 1)  # its walls stand
        caller.kill()
        _, alive = psutil.wait_procs([child], timeout=5)
    finally:
        caller.kill()
        caller.communicate()
    assert not alive


def wait_for(what, seconds=120):
    """Returns what becomes true."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return found


def test_a_crash_of_ours_says_where(tmp_path):
    log = tmp_path / "child.log"
    log.write_text(
        'Traceback (most recent call last):\n  File "/opt/x/tfbs/leaderboards/child.py", line 60, '
        'in main\n  File "/opt/x/tfbs/leaderboards/inspection.py", line 70, in inspect\n'
        '  File "/opt/numpy/core.py", line 3, in f\nKeyError: 1\n'
    )
    said = "KeyError: 1 (tfbs/leaderboards/inspection.py, line 70: a fault of tfbs)"
    assert reason_of(1, log) == said
    assert reason_of(0, log) == ""
    log.write_text("")
    assert reason_of(3, log) == "exit status 3"


def test_one_bad_entry_stops_no_board(board, tmp_path):
    other = Path(shutil.copytree(board, tmp_path / "board"))
    entries = other / "entries" / "mock-1"
    for name in ("twin", "broken", "changed"):
        shutil.copytree(entries / "gc", entries / name)
    (entries / "broken" / "manifest.json").write_text("{")
    edit_json(first_run(entries / "changed") / "record.json", lambda r: r["cost"].update(x=1))
    (entries / "link").symlink_to("/etc")
    (entries / "Ünïcode").mkdir()
    shutil.copytree(entries / "gc", other / "entries" / "mock-2" / "gc")
    found = read_board(other)
    assert [entry.slug for entry in found.entries] == ["gc", "twin"]
    problems = "\n".join(found.problems)
    for expected in (
        "broken: manifest.json: not JSON",
        "mock-2/gc: is for suite 'mock' version 1",
        "changed: runs/",
        "link: not a folder of an entry",
        "Ünïcode: not a folder of an entry",
        "twin: run ",
        "twin: the name 'GC <b>content</b>' passes for",
    ):
        assert expected in problems


def test_an_oddly_named_file_hides_no_other(board, tmp_path):
    entry = Path(shutil.copytree(board / "entries" / "mock-1" / "gc", tmp_path / "gc"))
    (entry / "Ä").write_text("x")
    files, _ = walk(entry)
    problems = copy_files(entry, files, tmp_path / "copy")
    assert problems == ["the path 'Ä' leaves the submission or is not plain"]
    assert len([p for p in (tmp_path / "copy").rglob("*") if p.is_file()]) == len(files) - 1


def test_the_suite_is_that_of_the_place(board, tmp_path):
    assert named_suite(board / "entries" / "mock-1" / "gc") == "mock"
    elsewhere = shutil.copytree(
        board / "entries" / "mock-1" / "gc", tmp_path / "quickstart-1" / "gc"
    )
    assert named_suite(Path(elsewhere)) == "quickstart"
    assert named_suite(Path(elsewhere).rename(tmp_path / "gc")) == "mock"


def test_a_verdict_is_of_one_manifest_alone(board, tmp_path):
    other = Path(shutil.copytree(board, tmp_path / "board"))
    entry = other / "entries" / "mock-1" / "gc"
    (read,) = read_board(other).entries
    verdict = Verdict(
        status="agrees", trust="re-evaluated", asked="re-evaluated", suite=read.manifest.suite,
        manifest="0" * 64,
    )  # fmt: skip
    write_verdict(verdict_file(entry), verdict)
    (read,) = read_board(other).entries
    assert (read.trust, read.note) == ("claimed", "its files changed after it was verified")
    verdict_file(entry).write_text('{"trust": "re-trained"}')
    assert read_board(other).entries[0].trust == "claimed"


def test_a_mended_metric_reaches_an_entry_that_keeps_its_trust(board, tmp_path):
    other = Path(shutil.copytree(board, tmp_path / "board"))
    entry = other / "entries" / "mock-1" / "gc"
    (read,) = read_board(other).entries
    from tfbs.leaderboards.manifest import read_manifest

    manifest = read_manifest(entry)[0].sha256
    run_id = read.manifest.runs[0]

    def judged(trust, **values):
        scores = [{"name": name, "target": "bound", "split": "test", "design": "all",
                   "value": value} for name, value in values.items()]  # fmt: skip
        return Verdict(status="agrees", trust=trust, asked=trust, suite=read.manifest.suite,
                       manifest=manifest, scores={run_id: scores})  # fmt: skip

    before = {"auroc": 0.5, "auroc_pgd_0.1": 0.25, "pgd_above_random": 1.0}
    mended = {"auroc": 0.75, "auroc_pgd_0.1": 0.375}
    for trust, said, attacked in (
        ("re-scored", "2 metrics changed", 0.375),
        (
            "re-evaluated",
            "1 metrics changed; 1 of what the host redid differ: verify it again",
            0.25,
        ),
    ):
        write_verdict(verdict_file(entry), judged(trust, **before))
        assert renew_scores(entry, judged("re-scored", **mended)).endswith(said)
        (read,) = read_board(other).entries
        assert read.trust == trust
        assert {m["name"]: m["value"] for m in read.scores(run_id)} == {
            **before, "auroc": 0.75, "auroc_pgd_0.1": attacked,
        }  # fmt: skip


@pytest.mark.slow
def test_the_whole_way_of_the_mock(data, tmp_path, capsys):
    target = tmp_path / "mock"
    assert main(["leaderboard", "mock", "--to", str(target), "--data-dir", str(data)]) == 0
    said = capsys.readouterr()
    assert "on the board: 'Mock' of 'You', re-evaluated" in said.err
    (entry,) = read_board(target / "leaderboards").entries
    assert entry.ranks("robustness")
    records = [json.dumps(record, sort_keys=True) for record in entry.records.values()]
    assert len(set(records)) == 3


def test_an_update_of_an_entry_is_no_copy_of_it(board, tmp_path):
    update = tmp_path / "leaderboards" / "entries" / "mock-1" / "gc"
    shutil.copytree(board / "entries" / "mock-1" / "gc", update)
    copy = update.with_name("another")
    shutil.copytree(update, copy)
    suite = read_suite("mock")
    assert _others(Job(update, "mock", board=board), suite) == []
    assert [each.slug for each in _others(Job(copy, "mock", board=board), suite)] == ["gc"]
