"""The accepted entries of a board, as files in git, and the reader that ranking builds on.

    entries/SUITE-VERSION/ENTRY/       a submission, as it was handed in
    verdicts/SUITE-VERSION/ENTRY.json  what the host found; written by `verify` alone

A verdict names the hash of the manifest it is about, so that an entry whose files change is only
claimed again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfbs.benchmark.record import RECORD_FILE, Record, record_problems
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Suite
from tfbs.errors import UserError
from tfbs.leaderboards.manifest import Manifest, ReadManifest, read_manifest, run_folder
from tfbs.leaderboards.names import SLUG, alike, plain
from tfbs.leaderboards.safe_arrays import FLOATS, INTEGERS, read_array
from tfbs.leaderboards.untrusted import (
    LARGEST_FILE,
    LARGEST_JSON,
    Unusable,
    parse_json,
    read_bytes,
    sha256,
)
from tfbs.leaderboards.verdict import LEVELS, Trust, Verdict, read_verdict

if TYPE_CHECKING:
    from tfbs.benchmark.evaluation.metric import Axis

ENTRIES = "entries"
VERDICTS = "verdicts"

RANKED_FROM: Mapping[Axis, Trust] = {
    "prediction": "re-scored",
    "interpretability": "re-evaluated",
    "robustness": "re-evaluated",
    "cost": "re-evaluated",
}
"""The least trust with which an entry ranks on an axis: arrays of attacked outputs and maps prove
nothing by themselves."""


@dataclass(frozen=True)
class Entry:
    """An entry of a board. All text in it is a stranger's: show it as text.

    Attributes:
        slug: Name of its folder.
        suite: `SUITE-VERSION`.
        folder: Where its files are.
        manifest: What it says of itself.
        trust: How far it is trusted.
        note: Why it is trusted less than it might be; empty where there is nothing to say.
        records: As they were handed in, by run id; their metrics are claims.
        verdict: What the host found of exactly these files, or None.
    """

    slug: str
    suite: str
    folder: Path
    manifest: Manifest
    trust: Trust
    note: str
    records: Mapping[str, Record]
    verdict: Verdict | None

    @property
    def name(self) -> str:
        """As the submitter calls it."""
        return self.manifest.entry.name

    @property
    def team(self) -> str:
        """Who submitted it."""
        return self.manifest.entry.team

    def ranks(self, axis: Axis) -> bool:
        """Returns whether the entry is trusted enough to rank on an axis."""
        return LEVELS.index(self.trust) >= LEVELS.index(RANKED_FROM[axis])

    def spec(self, run_id: str) -> RunSpec:
        """Returns the spec of a run."""
        return RunSpec.from_json(self.records[run_id]["spec"])

    def scores(self, run_id: str) -> list[dict[str, Any]]:
        """Returns the metrics of a run as the host computed them; none where it did not."""
        return [] if self.verdict is None else self.verdict.scores.get(run_id, [])

    def array(self, run_id: str, name: str) -> np.ndarray | None:
        """Returns an array of a run, or None where it was not handed in.

        Raises:
            Unusable: If the file is not the one that was verified.
        """
        path = f"{run_folder(run_id)}/arrays/{name}.npy"
        said = self.manifest.files.get(path)
        if said is None:
            return None
        content = read_bytes(self.folder, path, LARGEST_FILE)
        if sha256(content) != said.sha256:
            raise Unusable(f"{path}: its contents are not those that were verified")
        return read_array(content, path, (*FLOATS, *INTEGERS))


@dataclass
class Board:
    """All entries of a board, and what could not be read: one bad entry stops nobody.

    Attributes:
        entries: By suite and slug.
        problems: One sentence each.
    """

    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def suite_folder(suite: Suite) -> str:
    """Returns what the folder of a suite's entries is called."""
    return f"{suite.name}-{suite.version}"


def suite_folders(board: Path, suite: Suite) -> list[str]:
    """Returns the folders with entries of any version of a suite."""
    return sorted(
        folder.name
        for folder in board.glob(f"{ENTRIES}/{suite.name}-*")
        if folder.name.removeprefix(f"{suite.name}-").isdigit()
    )


def read_board(board: Path, suite: Suite | None = None) -> Board:
    """Returns the entries of a board.

    Args:
        board: With `entries/` and `verdicts/`.
        suite: Only entries of this one.
    """
    found = Board()
    pattern = suite_folder(suite) if suite else "*"
    for folder in sorted(
        board.glob(f"{ENTRIES}/{pattern}/[!.]*")
    ):  # a killed submit leaves a hidden one
        where = f"{folder.parent.name}/{plain(folder.name)}"
        if not SLUG.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            found.problems.append(f"{where}: not a folder of an entry")
            continue
        try:
            found.entries.append(_read_entry(board, folder))
        except Unusable as error:
            found.problems.append(f"{where}: {error}")
    for other in suite_folders(board, suite) if suite else ():
        if other != pattern:
            found.problems.append(f"{other}: entries of another version, ranked by none of today's")
    _note_duplicates(found)
    return found


def within(board: Path, error: Exception) -> str:
    """Returns what an error says without the path of the board, which is another elsewhere."""
    return str(error).replace(f"{board}{os.sep}", "")


def verdict_file(folder: Path) -> Path:
    """Returns where the verdict on a submission belongs: on its board, or else beside it."""
    folder = folder.resolve()
    if folder.parent.parent.name == ENTRIES:
        board = folder.parent.parent.parent
        return board / VERDICTS / folder.parent.name / f"{folder.name}.json"
    return folder.with_name(f"{folder.name}.verdict.json")


def _read_entry(board: Path, folder: Path) -> Entry:
    read, problems = read_manifest(folder)
    if read is None or problems:
        raise Unusable("; ".join(problems[:3]))
    named = read.manifest.suite
    if f"{named.name}-{named.version}" != folder.parent.name:
        raise Unusable(f"is for suite {plain(named.name, 60)!r} version {named.version}")
    records = {}
    for run_id in read.manifest.runs:
        path = f"{run_folder(run_id)}/{RECORD_FILE}"
        said = read.manifest.files.get(path)
        content = read_bytes(folder, path, LARGEST_JSON)
        if said is None or sha256(content) != said.sha256:
            raise Unusable(f"{path}: its contents are not those that the manifest has the hash of")
        record = parse_json(content, path)
        problem = next(record_problems(record), None)
        if problem is not None:
            raise Unusable(f"{path}: {plain(problem)}")
        records[run_id] = record
    trust, note, verdict = _trusted(board, folder, read)
    suite = folder.parent.name
    return Entry(folder.name, suite, folder, read.manifest, trust, note, records, verdict)


def _trusted(board: Path, folder: Path, read: ReadManifest) -> tuple[Trust, str, Verdict | None]:
    file = board / VERDICTS / folder.parent.name / f"{folder.name}.json"
    if not file.is_file():
        return "claimed", "not verified yet", None
    try:
        verdict = read_verdict(file)
    except UserError as error:
        return "claimed", plain(within(board, error)), None
    if verdict.manifest != read.sha256:
        return "claimed", "its files changed after it was verified", None
    if verdict.trust is None:
        return "claimed", "unusable when it was verified", None
    notes = [*verdict.differences, *([] if verdict.cleared else verdict.suspicions)]
    refuted = verdict.status == "differs"  # whatever stood before the difference was found
    return "claimed" if refuted else verdict.trust, "; ".join(notes[:3]), verdict


def _note_duplicates(board: Board) -> None:
    owners: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for entry in board.entries:
        where = f"{entry.suite}/{entry.slug}"
        for run_id in entry.records:
            if run_id in owners:
                board.problems.append(f"{where}: run {run_id[:12]} is also in {owners[run_id]}")
            owners.setdefault(run_id, where)
        same = alike(entry.name, names.setdefault(entry.suite, []))
        if same is not None:
            board.problems.append(
                f"{where}: the name {plain(entry.name)!r} passes for {plain(same)!r}"
            )
        names[entry.suite].append(entry.name)
