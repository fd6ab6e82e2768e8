"""All benchmarks, one after another, as a page: `python benchmarks/all.py --to docs/benchmarks.md`.

Every figure is a ratio of two things that were timed in turn. What needs PyTorch is run with
`--pytorch elsewhere/bin/python`, after

    python -m venv elsewhere && elsewhere/bin/pip install torch tangermeme

What needs another program or package that is missing is left out, and a script that is stopped by a
signal keeps its figures; the page says so.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import click
import psutil
from paired import LEFT_OUT, LINE

from tfbs.benchmark.runtime import processor_name
from tfbs.files import write_whole

FOLDER = Path(__file__).parent
SCRIPTS = {
    "train_pytorch": "PyTorch",
    "inputs": "",
    "evaluation": "",
    "scaling": "",
    "peak": "",
    "genome": "",
    "start": "",
    "regimes": "",
    "metrics": "",
    "shuffle": "",
    "explain": "",
    "explain_pytorch": "PyTorch",
}
"""What runs, in this order, and whether another environment is needed."""
INTRODUCTION = """\
Every figure is a ratio of two things that were timed in turn, changing who begins, in one process
or in two that wait for each other: the median of the pairs, and the smallest and largest in
parentheses. `a / b` of times says how many times longer a takes, of speeds how many times faster a
is. CPU time counts all threads; where a machine does other work, it says more than wall time. All
of it again:

```bash
python -m venv elsewhere && elsewhere/bin/pip install torch tangermeme
python benchmarks/all.py --pytorch elsewhere/bin/python --to docs/benchmarks.md
```

`--only NAME` puts one section in its place. By themselves run `benchmarks/other_attacks.py` (the
attack against those of two other packages), `benchmarks/dream.py` (scoring a full ENCODE-DREAM
submission), `benchmarks/site.py` (rendering and sorting a board of 500 entries) and
`benchmarks/gpu.py` (training on a GPU).

"""
HEADER = ("what", "wall time", "CPU time", "pairs", "")
PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "scikit-learn", "seqpro")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True)
class Outcome:
    """What a script left.

    Attributes:
        title: What it measures.
        prose: Its explanation.
        lines: Its figures.
        note: Under what load; what is missing or wrong.
        failed: Whether something is wrong.
    """

    title: str
    prose: str
    lines: tuple[re.Match[str], ...] = ()
    note: str = ""
    failed: bool = False


@click.command(help=__doc__)
@click.option("--to", type=click.Path(path_type=Path), help="Page that is written, Markdown.")
@click.option("--only", multiple=True, type=click.Choice(list(SCRIPTS)), help="Which; repeatable.")
@click.option("--pytorch", help="Python of the environment of PyTorch.")
def main(to: Path | None, only: tuple[str, ...], pytorch: str | None) -> None:
    """Prints every figure; writes the page; exits with 1 where a script failed."""
    failed = False
    for name in only or SCRIPTS:
        found = outcome(name, pytorch)
        failed |= found.failed
        if to is not None:
            write_page(to, section(name, found), describe(pytorch))
    sys.exit(failed)


def outcome(name: str, pytorch: str | None) -> Outcome:
    """Runs a script, showing its lines as they come."""
    script = FOLDER / f"{name}.py"
    title, prose = explained(script)
    print(f"{name}: {title}", flush=True)
    command = [sys.executable, str(script)]
    if SCRIPTS[name]:
        if pytorch is None:
            return Outcome(title, prose, note=f"Left out: needs {SCRIPTS[name]}.")
        command += ["--python", pytorch]
    lines, said, loads = [], "", [os.getloadavg()[0]]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        for said in process.stdout or ():
            print(f"  {said.rstrip()}", flush=True)
            if found := LINE.fullmatch(said.rstrip()):
                lines.append(found)
                loads.append(os.getloadavg()[0])
    note = f"Load of the machine meanwhile: {min(loads):.1f} to {max(loads):.1f}."
    if process.returncode == LEFT_OUT:
        note = f"The rest is left out: {said.strip()}. {note}"
    elif process.returncode < 0:
        note = f"Stopped before its end. {note}"
    elif process.returncode:
        note = f"Failed with status {process.returncode}: {said.strip()}. {note}"
    failed = process.returncode not in (0, LEFT_OUT)
    return Outcome(title, prose, tuple(lines), note, failed)


def explained(script: Path) -> tuple[str, str]:
    """Returns what the first line of a script's docstring says it measures, and the rest."""
    text = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or ""
    first, _, rest = text.partition("\n")
    return first.partition(": `")[0], rest.strip()


def describe(pytorch: str | None) -> str:
    """Returns machine and versions in words."""
    maker = re.sub(r"\((R|TM)\)|\bProcessor\b|\bCPU\b|@.*", "", processor_name())
    cores = psutil.cpu_count(logical=False) or 1
    count = NUMBERS[cores] if cores < len(NUMBERS) else str(cores)
    versions = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions.append(f"{package} {importlib.metadata.version(package)}")
    if pytorch is not None:
        ask = "from importlib.metadata import version; print(version('torch'))"
        versions.append(
            f"PyTorch {subprocess.check_output([pytorch, '-c', ask], text=True).strip()}"
        )
    return (
        f"Machine: {count} core{'s' * (cores > 1)} of an {' '.join(maker.split())}, no GPU, "
        f"{platform.system()}. Versions: {', '.join(versions)}."
    )


def section(name: str, found: Outcome) -> str:
    """Returns the part of the page on one script, in Markdown."""
    from tfbs.benchmark.table import markdown_table

    parts = [f"## {found.title}", f"`python benchmarks/{name}.py`", found.prose]
    if found.lines:
        keys = ("what", "wall", "cpu", "pairs", "note")
        parts.append(
            markdown_table(HEADER, [[line[key] or "" for key in keys] for line in found.lines])
        )
    return "\n\n".join([*parts, found.note]) + "\n"


def write_page(to: Path, part: str, machine: str) -> None:
    """Writes the page, in which a part takes the place of the one with its title."""
    old = to.read_text(encoding="utf-8") if to.exists() else ""
    parts = {_title(each): each for each in re.split(r"^(?=## )", old, flags=re.MULTILINE)[1:]}
    parts[_title(part)] = part
    order = [explained(FOLDER / f"{name}.py")[0] for name in SCRIPTS]
    own = [parts[title] for title in order if title in parts]
    top = f"# Benchmarks\n\n{INTRODUCTION}{textwrap.fill(machine, 100)}\n"
    write_whole(to, "\n".join([top, *(each.strip() + "\n" for each in own)]))


def _title(part: str) -> str:
    return part.partition("\n")[0].removeprefix("## ")


if __name__ == "__main__":
    main()
