"""What a pull request may change, and a workflow without secrets in reach."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tfbs.__main__ import main
from tfbs.errors import UserError
from tfbs.leaderboards.changes import changed_paths, offered_entries

WORKFLOW = Path(__file__).parents[2] / ".github" / "workflows" / "leaderboard.yml"


def git(folder: Path, *words: str) -> str:
    who = {f"GIT_{role}_{what}": "x@example.org" for role in ("AUTHOR", "COMMITTER")
           for what in ("NAME", "EMAIL")}  # fmt: skip
    return subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True,
        env={**os.environ, **who},
    ).stdout.strip()  # fmt: skip


def test_only_files_of_entries_may_change(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / "README.md").write_text("x")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "base")
    base = git(tmp_path, "rev-parse", "HEAD")
    for path in (
        "leaderboards/entries/mock-1/net/manifest.json",
        "leaderboards/entries/mock-1/net/runs/x/record.json",
        "leaderboards/entries/mock-1/a\nb/manifest.json",
        "leaderboards/verdicts/mock-1/net.json",
        ".github/workflows/leaderboard.yml",
        "leaderboards/entries/mock-1/stray",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "head")
    head = git(tmp_path, "rev-parse", "HEAD")
    folders, problems = offered_entries(changed_paths(tmp_path, base, head))
    assert folders == ["leaderboards/entries/mock-1/net"]
    assert sorted(problem.partition(": ")[0] for problem in problems) == [
        ".github/workflows/leaderboard.yml",
        "leaderboards/entries/mock-1/a\\u000ab/manifest.json",
        "leaderboards/entries/mock-1/stray",
        "leaderboards/verdicts/mock-1/net.json",
    ]


def test_an_entry_below_a_link_is_not_looked_at(tmp_path, capsys):
    offered = tmp_path / "offered"
    suites = offered / "leaderboards" / "entries"
    (suites / "mock-1" / "net").mkdir(parents=True)
    (suites / "mock-1" / "net" / "manifest.json").write_text("x")
    git(offered, "init", "-q")
    git(offered, "add", "-A")
    git(offered, "commit", "-qm", "base")
    base = git(offered, "rev-parse", "HEAD")
    (suites / "mock-1").rename(tmp_path / "elsewhere")
    (suites / "mock-1").symlink_to(tmp_path / "elsewhere")
    git(offered, "add", "-A")
    git(offered, "commit", "-qm", "head")
    head = git(offered, "rev-parse", "HEAD")
    call = ["leaderboard", "pull-request", str(offered), "--base", base, "--head", head]
    assert main(call) == 2
    said = capsys.readouterr().out
    assert "leaderboards/entries/mock-1/net: below a symbolic link, which is not followed" in said


def test_an_entry_that_is_taken_away_is_no_success(tmp_path, capsys):
    entry = tmp_path / "leaderboards" / "entries" / "mock-1" / "net"
    entry.mkdir(parents=True)
    (entry / "manifest.json").write_text("{}")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "base")
    base = git(tmp_path, "rev-parse", "HEAD")
    git(tmp_path, "rm", "-qr", "leaderboards")
    git(tmp_path, "commit", "-qm", "head")
    head = git(tmp_path, "rev-parse", "HEAD")
    call = ["leaderboard", "pull-request", str(tmp_path), "--base", base, "--head", head]
    assert main(call) == 1
    assert "mock-1/net: is taken away, which only a person can allow" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["net", "gc-logistic"])
def test_an_entry_or_a_floor_that_is_replaced_is_no_success(tmp_path, capsys, name):
    board, offered = tmp_path / "board", tmp_path / "offered"
    if name == "net":
        (board / "entries" / "mock-1" / name).mkdir(parents=True)
    entry = offered / "leaderboards" / "entries" / "mock-1" / name
    entry.mkdir(parents=True)
    git(offered, "init", "-q")
    git(offered, "commit", "-qm", "base", "--allow-empty")
    base = git(offered, "rev-parse", "HEAD")
    (entry / "manifest.json").write_text("{}")
    git(offered, "add", "-A")
    git(offered, "commit", "-qm", "head")
    head = git(offered, "rev-parse", "HEAD")
    call = ["leaderboard", "pull-request", str(offered), "--base", base, "--head", head]
    assert main([*call, "--board", str(board)]) > 0
    said = capsys.readouterr().out
    assert f"mock-1/{name}: replaces what is there, which only a person can allow" in said


@pytest.mark.parametrize("commit", ["--output=x", "HEAD", "", "0" * 39])
def test_a_commit_is_a_full_hash_and_no_option(commit, tmp_path):
    with pytest.raises(UserError, match="is not the full hash of a commit"):
        changed_paths(tmp_path, commit, "0" * 40)


def test_other_changes_end_with_status_2(tmp_path, capsys):
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-qm", "base", "--allow-empty")
    base = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "leaderboards" / "entries" / "nosuch-1" / "net").mkdir(parents=True)
    (tmp_path / "leaderboards" / "entries" / "nosuch-1" / "net" / "manifest.json").write_text("{}")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "head")
    head = git(tmp_path, "rev-parse", "HEAD")
    call = ["leaderboard", "pull-request", str(tmp_path), "--base", base, "--head", head]
    assert main(call) == 2
    assert "nosuch-1/net: no suite and version of this name" in capsys.readouterr().out


def test_the_workflow_has_nothing_to_steal_and_runs_the_base_branch():
    text = WORKFLOW.read_text()
    workflow = yaml.safe_load(text)
    assert list(workflow[True]) == ["pull_request"]  # YAML reads `on` as true
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in text
    (job,) = workflow["jobs"].values()
    assert "permissions" not in job
    checkouts = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False, False]
    assert ".base.sha" in checkouts[0]["with"]["ref"]
    assert checkouts[0]["with"]["path"] == "base"
    commands = [step for step in job["steps"] if "run" in step]
    assert {step["working-directory"] for step in commands} == {"base"}
    assert not any("${{" in step["run"] for step in commands)
