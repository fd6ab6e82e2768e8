"""`tfbs leaderboard rank` and `floors`: the ladder, and what belongs below it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tfbs.benchmark.cli.options import OUTPUT, THREADS, TRACKING
from tfbs.benchmark.runtime import pin_threads
from tfbs.benchmark.suite import Suite, read_suite, shipped_suites
from tfbs.datasets.options import DATA_DIR, say
from tfbs.errors import UserError, nearest
from tfbs.leaderboards.cli.judging import load_suite
from tfbs.leaderboards.cli.options import BOARD
from tfbs.leaderboards.standings import FAMILY, Ladder, SuiteBoard


@click.command()
@click.argument("suite_name", metavar="[SUITE]", required=False)
@click.option(
    "--axis",
    type=click.Choice(["prediction", "interpretability", "robustness"]),
    help="Rank by this axis. [default: the mean of all, and each]",
)
@click.option("--task", help="Rank on this task alone.")
@click.option("--family", help="Rank on the tasks and targets of this family of factors alone.")
@BOARD
@click.option("--json", "as_json", is_flag=True, help="Print the standings as a JSON array.")
def rank(
    suite_name: str | None,
    axis: str | None,
    task: str | None,
    family: str | None,
    board: Path,
    as_json: bool,
) -> None:
    """Rank the accepted entries of a suite, or of all suites that have any.

    Rank intervals instead of ranks: entries that nothing separates are not put in an order. Floors
    and ceilings stand below the line. Reads nothing but BOARD.
    """
    from tfbs.leaderboards.board import suite_board
    from tfbs.leaderboards.rank_text import board_text

    boards = [suite_board(board, suite) for suite in suites_of(suite_name, board)]
    if as_json:
        click.echo(json.dumps([each.to_json() for each in boards], indent=1, sort_keys=True))
        return
    for each in boards:
        click.echo(board_text(each, _wanted(each, axis, task, family)))


@click.command()
@click.argument("suite_name", metavar="SUITE")
@BOARD
@OUTPUT
@TRACKING
@THREADS
@DATA_DIR
def floors(
    suite_name: str,
    board: Path,
    output: Path,
    tracking_uri: str | None,
    threads: int,
    data_dir: Path | None,
) -> int:
    """Run, submit and verify the floors that the board of a suite lacks.

    GC content and k-mers by logistic regression, a scan with JASPAR's matrices, and a network on
    permuted labels: what does not beat them has learned nothing. Calling again goes on.

    Exit status: 0 where all are accepted, 1 where the verdict on one differs, 2 unusable.
    """
    pin_threads(threads)
    from tfbs.benchmark.tracking import Store
    from tfbs.leaderboards.floor_entries import Workshop, enter_missing_floors
    from tfbs.leaderboards.verdict_text import describe

    suite, tasks = load_suite(suite_name, data_dir)
    store = Store(output, tracking_uri)
    shop = Workshop(suite, suite_name, tasks, store, board, data_dir, threads, say)
    worst = 0
    for folder, verdict in enter_missing_floors(shop):
        click.echo(describe(str(folder), verdict))
        worst = max(worst, verdict.exit_status)
    return worst


def suites_of(name: str | None, board: Path) -> list[Suite]:
    """Returns the suite of a name, or the shipped ones with entries on a board."""
    from tfbs.leaderboards.entries import suite_folders

    if not board.is_dir():
        raise UserError(f"--board {board}: no such folder")
    if name is not None:
        return [read_suite(name)]
    found = [suite for suite in map(read_suite, shipped_suites()) if suite_folders(board, suite)]
    if not found:
        raise UserError(f"{board}: has no entries of a shipped suite; name a SUITE")
    return found


def _wanted(
    board: SuiteBoard, axis: str | None, task: str | None, family: str | None
) -> list[Ladder]:
    """Returns the ladders that were asked for."""
    if task is not None and family is not None:
        raise UserError("--task and --family: one of them")
    plainly = [ladder for ladder in board.ladders if "/" not in ladder.key]
    if task is None and family is None:
        return plainly if axis is None else [_ladder(board, "", axis)]
    prefix = f"{axis or 'prediction'}/"
    if family is None:
        return [_ladder(board, prefix, str(task))]
    return [_ladder(board, f"{prefix}{FAMILY}", family)]


def _ladder(board: SuiteBoard, prefix: str, name: str) -> Ladder:
    """Returns a ladder by its key, the beginning of which tells which others might be meant."""
    found = {ladder.key: ladder for ladder in board.ladders}
    if (key := prefix + name) not in found:
        known = [other.removeprefix(prefix) for other in found if other.startswith(prefix)]
        alike = known if FAMILY in prefix else [n for n in known if not n.startswith(FAMILY)]
        raise UserError(f"suite {board.suite} has no ranking {key!r}{nearest(name, alike)}")
    return found[key]
