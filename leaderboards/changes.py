"""What a pull request offers: new entries, and nothing else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tfbs.errors import UserError
from tfbs.leaderboards.entries import ENTRIES
from tfbs.leaderboards.names import SLUG, plain

PLACE = f"leaderboards/{ENTRIES}"
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def changed_paths(repository: Path, base: str, head: str) -> list[str]:
    """Returns the paths that differ between two commits; nothing of their contents is used.

    Args:
        repository: A clone with both commits.
        base: Full hash of the commit that the change starts from.
        head: Full hash of the commit that is offered.

    Raises:
        UserError: If a hash is not one, or git does not know it.
    """
    for commit in (base, head):
        if not _COMMIT.fullmatch(commit):
            raise UserError(f"{plain(commit)!r} is not the full hash of a commit")
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(repository), "diff", "--name-only", "-z", "--no-renames",  # noqa: S607
         "--no-ext-diff", "--no-textconv", f"{base}...{head}"],
        capture_output=True,
        timeout=120,
    )  # fmt: skip
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip()
        raise UserError(f"{repository}: git diff failed: {plain(reason)}")
    return [path.decode("utf-8", "replace") for path in done.stdout.split(b"\0") if path]


def offered_entries(paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Returns the folders of the entries that are touched, and the paths that none may touch.

    Args:
        paths: Relative to the repository.

    Returns:
        `leaderboards/entries/SUITE-VERSION/ENTRY`, each once; and problems, one sentence each.
    """
    folders: dict[str, None] = {}
    problems = []
    for path in paths:
        parts = path.split("/")
        inside = path.startswith(f"{PLACE}/") and len(parts) > 4
        if inside and SLUG.fullmatch(parts[2]) and SLUG.fullmatch(parts[3]):
            folders["/".join(parts[:4])] = None
        else:
            problems.append(
                f"{plain(path)}: a pull request of entries changes only files of theirs, in "
                f"{PLACE}/SUITE-VERSION/ENTRY/"
            )
    return list(folders), problems
