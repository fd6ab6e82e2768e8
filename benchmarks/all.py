"""All benchmarks, one after another, as a page: `python benchmarks/all.py --to docs/benchmarks.md`.

Every figure is a ratio of two things that were timed in turn. What needs PyTorch is run with
`--pytorch elsewhere/bin/python`, after

    python -m venv elsewhere && elsewhere/bin/pip install torch tangermeme

What needs another program or package that is missing is left out, which the page says.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click
from paired import LINE

FOLDER = Path(__file__).parent
SCRIPTS = {
    "train_pytorch": "PyTorch",
    "inputs": "",
    "evaluation": "",
    "regimes": "",
    "scaling": "",
    "peak": "",
    "explain": "",
    "explain_pytorch": "PyTorch",
    "shuffle": "",
    "metrics": "",
    "labelling": "",
    "start": "",
}
"""What runs, in this order, and whether another environment is needed."""
HEADER = ("what", "wall time", "CPU time", "pairs", "")


@dataclass(frozen=True)
class Outcome:
    """What a script left.

    Attributes:
        title: What it measures.
        prose: Its explanation.
        lines: Its figures.
        missing: Why there is none, or what is wrong with them.
    """

    title: str
    prose: str
    lines: list[re.Match[str]]
    missing: str = ""


@click.command(help=__doc__)
@click.option("--to", type=click.Path(path_type=Path), help="Page that is written, Markdown.")
@click.option("--only", multiple=True, type=click.Choice(list(SCRIPTS)), help="Which; repeatable.")
@click.option("--pytorch", help="Python of the environment of PyTorch.")
def main(to: Path | None, only: tuple[str, ...], pytorch: str | None) -> None:
    """Prints every figure; writes the page; exits with 1 where a script failed."""
    outcomes = {name: outcome(name, pytorch) for name in only or SCRIPTS}
    if to is not None:
        to.write_text(page(outcomes), encoding="utf-8")
    sys.exit(any(found.missing.startswith("failed") for found in outcomes.values()))


def outcome(name: str, pytorch: str | None) -> Outcome:
    """Runs a script, showing its lines as they come."""
    script = FOLDER / f"{name}.py"
    title, prose = explained(script)
    print(f"{name}: {title}", flush=True)
    command = [sys.executable, str(script)]
    if SCRIPTS[name]:
        if pytorch is None:
            return Outcome(title, prose, [], f"Left out: needs {SCRIPTS[name]}.")
        command += ["--python", pytorch]
    lines, said = [], ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  (it is a pipe)
        for said in process.stdout:
            print(f"  {said.rstrip()}", flush=True)
            if found := LINE.fullmatch(said.rstrip()):
                lines.append(found)
    if process.returncode == LEFT_OUT:
        return Outcome(title, prose, lines, f"Left out: {said.strip()}.")
    return Outcome(title, prose, lines, "failed" if process.returncode else "")
