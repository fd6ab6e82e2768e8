"""Options that every verb on tasks shares, here and in other packages."""

from __future__ import annotations

from pathlib import Path

import click

DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where TFDS keeps its data  [default: $TFBS_DATA_DIR, else $TFDS_DATA_DIR, "
    "else ~/tensorflow_datasets]",
)
SOURCE = click.option(
    "--source",
    type=click.Path(path_type=Path),
    help="Folder with the public files that tasks are made of; nothing is downloaded then.",
)


def say(line: str) -> None:
    """Prints a line of progress to stderr."""
    click.echo(line, err=True)
