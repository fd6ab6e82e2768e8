"""Writes the whole site: the same files for the same boards, byte for byte, or none at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tfbs.errors import UserError
from tfbs.files import replaced_folder
from tfbs.leaderboards.site.addresses import suite_folder
from tfbs.leaderboards.site.board_pages import board_files
from tfbs.leaderboards.site.pages import Pages
from tfbs.leaderboards.site.sentences import leaders
from tfbs.leaderboards.standings import SuiteBoard

INDEX = "index.html"
_OURS = b'<meta name="generator" content="tfbs leaderboard">'

_TRUST = (
    ("claimed", "The files obey the rules.", "nothing"),
    (
        "re-scored",
        "Every metric that follows from the arrays came out again.",
        "prediction",
    ),
    (
        "re-evaluated",
        "The weights, in a network that the host built, gave the same outputs; attacks and maps "
        "were redone.",
        "all axes",
    ),
    (
        "re-trained",
        "The best run of every task, trained again by the host, came out again.",
        "all axes",
    ),
)


def render_site(boards: Sequence[SuiteBoard], target: Path) -> Path:
    """Writes the site of some boards.

    Args:
        boards: In any order; one per suite and version.
        target: A folder that does not exist, is empty, or holds an earlier site, which is
            replaced.

    Returns:
        Its first page.

    Raises:
        UserError: If the folder holds anything else.
        OSError: If it cannot be written.
    """
    check_target(target)
    with replaced_folder(target) as fresh:
        _write(sorted(boards, key=lambda board: (board.suite, board.version)), fresh)
    return target / INDEX


def check_target(target: Path) -> None:
    """Refuses a folder that holds something other than an earlier site.

    Raises:
        UserError: If it does.
    """
    if target.name in ("", ".."):
        raise UserError(f"--to {target}: is replaced as a whole; name a folder within")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UserError(f"--to {target}: is not a folder; name a new one")
    if not target.exists() or not any(target.iterdir()):
        return
    index = target / INDEX
    if not index.is_file() or _OURS not in index.read_bytes()[:4096]:
        raise UserError(f"--to {target}: holds other files than an earlier site; name a new folder")


def _write(boards: Sequence[SuiteBoard], folder: Path) -> None:
    pages = Pages()
    told = [
        {
            "board": board,
            "folder": suite_folder(board),
            "leaders": leaders(board, board.ladders[0]) if board.ladders else "",
            "entries": sum(not card.is_floor for card in board.cards),
            "floors": sum(card.is_floor for card in board.cards),
        }
        for board in boards
    ]
    example = boards[0].suite if boards else "mock"
    _put(folder / INDEX, pages.render("index.html", root="", boards=told))
    _put(
        folder / "submit.html",
        pages.render(
            "submit.html",
            root="",
            levels=_TRUST,
            example=example,
            example_folder=suite_folder(boards[0]) if boards else "mock-1",
        ),
    )
    for board in boards:
        for name, text in board_files(board, pages):
            _put(folder / suite_folder(board) / name, text)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
