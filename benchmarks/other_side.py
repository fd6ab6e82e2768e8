"""A script in another process, perhaps of another interpreter, that does jobs, one at a time."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Self

import click
from paired import Times


class OtherSide:
    """The other process; it reads the names of jobs and answers with wall and CPU seconds.

    Args:
        interpreter: Path of its Python.
        script: In this folder.
        arguments: Of the script.
        variables: Of the environment, beside ours.
    """

    def __init__(self, interpreter: str, script: str, *arguments: object, **variables: str) -> None:
        command = [interpreter, str(Path(__file__).with_name(script)), *map(str, arguments)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | variables,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def do(self, job: str) -> Times:
        """Returns how long a job took there.

        Raises:
            click.ClickException: If the other side ended.
        """
        try:
            print(job, file=self._process.stdin, flush=True)
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise click.ClickException(f"the other side ended while at {job}")
        return Times(*map(float, answer.split()))
