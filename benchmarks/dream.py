"""What scoring a full submission costs: `python benchmarks/dream.py`.

Writes a label file of the 8,843,011 held-out bins and a submission of all 60,519,747, scores it
with `tfbs dream score`, and prints seconds and peak memory of each step. Takes a few GB of disk.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np

BOUND, AMBIGUOUS = 0.0025, 0.013
"""Shares of the bins, as in the median pair of the challenge."""


@click.command(help=__doc__)
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write; temporary.")
def main(folder: Path | None) -> None:
    """Prints one line per step."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        labels, submission = write(Path(name))
        for path in (labels, submission):
            print(f"{path.name}: {path.stat().st_size:,} bytes")
        started = time.perf_counter()
        command = [sys.executable, "-m", "tfbs", "dream", "score", submission, "--labels", labels]
        print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        print(f"scored in {seconds:.0f} s, peak {peak:.2f} GiB")


def write(folder: Path) -> tuple[Path, Path]:
    """Writes a label file and a submission; returns their paths."""
    from tfbs.datasets.encode_dream.label_files import write_labels
    from tfbs.datasets.encode_dream.region_files import ROWS, write_rows
    from tfbs.datasets.encode_dream.regions import challenge_grid

    rng = np.random.default_rng(0)
    ladder, every = challenge_grid("ladder"), challenge_grid("test")
    drawn = rng.random(len(ladder))
    label = np.where(drawn < BOUND, 1, np.where(drawn < BOUND + AMBIGUOUS, -1, 0)).astype(np.int8)
    labels, submission = folder / "CTCF.test.labels.tsv.gz", folder / "F.CTCF.PC-3.tab.gz"
    timed("labels", lambda: write_labels(labels, ladder, {"PC-3": label}))

    def probabilities() -> Iterator[tuple[np.ndarray]]:
        for begin in range(0, len(every), ROWS):
            yield (np.round(rng.beta(0.3, 20, min(ROWS, len(every) - begin)), 10),)

    timed("submission", lambda: write_rows(submission, every, probabilities()))
    return labels, submission


def timed(what: str, function) -> None:
    """Says how long a step took."""
    started = time.perf_counter()
    function()
    print(f"{what} written in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
