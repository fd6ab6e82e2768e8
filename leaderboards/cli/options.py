"""Options that several verbs of `tfbs leaderboard` share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

FOLDERS = click.argument(
    "folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
TO = click.option(
    "--to", "target", required=True, type=click.Path(path_type=Path), help="A new folder."
)
SUITE = click.option(
    "--suite",
    "suite_name",
    help="A shipped suite or a YAML file. [default: the shipped suite that the folder above is "
    "called after, else the one that the manifest names]",
)


def board_option(help_text: str) -> Callable[[F], F]:
    """Returns the option that names a board."""
    return click.option(
        "--board",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("leaderboards"),
        show_default=True,
        help=help_text,
    )


BOARD = board_option("Folder with the accepted entries and their verdicts.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the verdicts as JSON.")


def limits(function: F) -> F:
    """Adds the options of the process that opens a submission."""
    options = (
        click.option("--seconds", type=click.IntRange(1), default=1800, show_default=True,
                     help="Time for every run that the suite asks of an entry."),
        click.option("--memory", type=click.IntRange(64), default=4096, show_default=True,
                     help="MB that a submission may take beyond what TensorFlow takes."),
    )  # fmt: skip
    for option in options:
        function = option(function)
    return function
