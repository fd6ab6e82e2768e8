"""What a submission says of itself: `manifest.json`, with the hash of every file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tfbs.leaderboards.names import name_problems, plain
from tfbs.leaderboards.untrusted import (
    LARGEST_JSON,
    MOST_FILES,
    Found,
    Unusable,
    check_path,
    parse_json,
    read_bytes,
    sha256,
)

MANIFEST = "manifest.json"
SCHEMA = 1
LONGEST_DESCRIPTION = 1000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SuiteName(_Strict):
    """The suite that an entry is for."""

    name: str
    version: int


class EntryName(_Strict):
    """Who enters what."""

    name: str
    team: str
    description: str = ""


class FileHash(_Strict):
    """Size and hash of a file."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(_Strict):
    """A submission: who, for which suite, which runs, and the hash of every file.

    Attributes:
        schema_version: Of this file; `schema` in JSON.
        suite: Name and version.
        entry: Name, team and description.
        runs: Ids of the runs.
        files: By path; the manifest itself is not among them.
    """

    schema_version: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    suite: SuiteName
    entry: EntryName
    runs: Annotated[
        list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]],
        Field(min_length=1, max_length=MOST_FILES),
    ]
    files: Annotated[dict[str, FileHash], Field(max_length=MOST_FILES)]


@dataclass(frozen=True)
class ReadManifest:
    """A manifest as it was found.

    Attributes:
        manifest: What it says.
        sha256: Of the file: the identity of the whole submission.
    """

    manifest: Manifest
    sha256: str


def run_folder(run_id: str) -> str:
    """Returns where the files of a run are, relative to the submission."""
    return f"runs/{run_id[:16]}"


def write_manifest(
    folder: Path, suite: SuiteName, entry: EntryName, runs: Iterable[str], files: list[Found]
) -> None:
    """Writes the manifest of the files of a folder.

    Args:
        folder: The submission.
        suite: What it is for.
        entry: Who enters what.
        runs: Ids.
        files: Everything else in the folder.
    """
    hashes = {
        file.path: FileHash(
            bytes=file.size, sha256=sha256(read_bytes(folder, file.path, file.size))
        )
        for file in files
        if file.path != MANIFEST
    }
    said = {
        "schema": SCHEMA,
        "suite": suite.model_dump(),
        "entry": entry.model_dump(),
        "runs": list(runs),
        "files": {path: each.model_dump() for path, each in hashes.items()},
    }
    Manifest.model_validate(said)
    text = json.dumps(said, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> tuple[ReadManifest | None, list[str]]:
    """Returns the manifest of a submission, and everything that is wrong with it.

    Args:
        folder: Of a submission.

    Returns:
        None where it cannot be used at all.
    """
    try:
        content = read_bytes(folder, MANIFEST, LARGEST_JSON)
        value = parse_json(content, MANIFEST)
        manifest = Manifest.model_validate(value)
    except ValidationError as error:
        return None, [
            f"{MANIFEST}: {'.'.join(plain(part, 60) for part in each['loc']) or 'top level'}: "
            f"{plain(each['msg'])}"
            for each in error.errors()[:50]
        ]
    except Unusable as error:
        return None, [str(error)]
    problems = name_problems(manifest.entry.name, "entry name")
    problems += name_problems(manifest.entry.team, "team")
    if len(manifest.entry.description) > LONGEST_DESCRIPTION:
        problems.append(f"description has more than {LONGEST_DESCRIPTION} characters")
    for run_id in dict.fromkeys(manifest.runs):
        if manifest.runs.count(run_id) > 1:
            problems.append(f"the run {run_id[:12]} is there twice")
    return ReadManifest(manifest, sha256(content)), [f"{MANIFEST}: {each}" for each in problems]


def file_problems(folder: Path, manifest: Manifest, files: list[Found]) -> list[str]:
    """Returns every file that is missing, not announced, or not what was announced.

    Args:
        folder: The submission.
        manifest: Of it.
        files: All that are there.
    """
    problems = []
    there = {file.path: file.size for file in files if file.path != MANIFEST}
    for path, said in manifest.files.items():
        try:
            check_path(path)
        except Unusable as error:
            problems.append(f"{MANIFEST}: {error}")
            continue
        if path not in there:
            problems.append(f"{path}: missing, but in {MANIFEST}")
        elif there[path] != said.bytes:
            problems.append(f"{path}: has {there[path]:,} bytes, {MANIFEST} says {said.bytes:,}")
        elif sha256(read_bytes(folder, path, said.bytes)) != said.sha256:
            problems.append(f"{path}: its contents are not those that {MANIFEST} has the hash of")
    problems += [
        f"{plain(path)}: not in {MANIFEST}" for path in sorted({*there} - {*manifest.files})
    ]
    return problems
