"""`tfbs leaderboard render` and `serve`: the boards as pages."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from tfbs.datasets.options import say
from tfbs.leaderboards.cli.options import BOARD
from tfbs.leaderboards.cli.ranking import suites_of


@click.command()
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    default=Path("leaderboard-site"),
    show_default=True,
    help="A new folder, or one with an earlier site, which is replaced.",
)
@BOARD
def render(target: Path, board: Path) -> None:
    """Write the boards as a static site.

    Pages of every board, ladder and entry, a scatter of any number against any other, a comparison
    of two entries, and everything as JSON and CSV. It works from a disk and on any static host,
    asks nothing of a network, and is byte for byte the same for the same BOARD.
    """
    from tfbs.leaderboards.site.render import check_target

    check_target(target)
    click.echo(str(_render(board, target)))


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Of this machine; 0 takes any that is free.",
)
@BOARD
def serve(port: int, board: Path) -> None:
    """Render the boards and show them in a browser of this machine, until Ctrl-C."""
    from tfbs.leaderboards.site.server import ended_by_sigterm, site_server

    with ended_by_sigterm(), tempfile.TemporaryDirectory(prefix="tfbs-site-") as folder:
        site = Path(folder) / "site"
        with site_server(site, port) as server:
            _render(board, site)
            click.echo(f"http://127.0.0.1:{server.server_port}/")
            say("Ctrl-C ends it")
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                say("ended")


def _render(board: Path, target: Path) -> Path:
    from tfbs.leaderboards.board import suite_board
    from tfbs.leaderboards.site import render_site

    return render_site([suite_board(board, suite) for suite in suites_of(None, board)], target)
