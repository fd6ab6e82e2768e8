"""How long the command line takes to answer: `python benchmarks/start.py`.

Commands that only say something against `python -c pass`, each a new process.
"""

from __future__ import annotations

import subprocess
import sys

import click
from paired import compared, say

COMMANDS = (
    "--help",
    "run --help",
    "list suites",
    "list tasks",
    "list architectures",
    "list metrics",
    "architectures show cnn_dist",
)


@click.command(help=__doc__)
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
def main(repetitions: int) -> None:
    """Prints one line per command."""
    for command in COMMANDS:
        ours = [sys.executable, "-m", "tfbs", *command.split()]
        found = compared(lambda ours=ours: run(ours), lambda: run(NOTHING), repetitions)
        say(f"tfbs {command} / python -c pass", found)


NOTHING = [sys.executable, "-c", "pass"]


def run(command: list[str]) -> None:
    """Runs a command whose output nobody reads."""
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
