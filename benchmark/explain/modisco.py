"""TF-MoDISco: what it reads, running it, and the patterns it finds.

Source: Shrikumar et al. (2018), https://arxiv.org/abs/1811.00416, in the implementation
`modisco-lite`, which the extra `modisco` installs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.extras import need_extra

PACKAGE = "modiscolite"
INPUTS = ("ohe.npz", "shap.npz")
RESULT = "modisco.h5"
REPORT = "report/motifs.html"
CORE_SHARE = 0.3
"""Outer positions of a pattern that contribute less than this share of its largest are cut off."""

_PROGRAM = "from modiscolite.cli import cli; cli()"


def write_modisco(folder: Path, sequence: np.ndarray, maps: np.ndarray) -> list[Path]:
    """Writes `ohe.npz` and `shap.npz`, each one array `(n, 4, length)`, and returns their paths.

    TF-MoDISco multiplies the second, hypothetical contributions, by the first.

    Args:
        folder: Where.
        sequence: `(n, length, 4)` one-hot.
        maps: `(n, length, 4)`.
    """
    paths = [folder / name for name in INPUTS]
    for path, array in zip(paths, (sequence, maps), strict=True):
        np.savez_compressed(path, np.swapaxes(array, 1, 2).astype("float32"))
    return paths


def run_modisco(folder: Path, length: int, max_seqlets: int, threads: int) -> Path:
    """Runs TF-MoDISco on the files of `write_modisco` and returns its HDF5 file.

    It runs in a process of its own, since it forks, which TensorFlow does not survive. Its HTML
    report is written beside, if there are patterns.

    Args:
        folder: With the two files; gets `modisco.h5` and `report/motifs.html`.
        length: Of the sequences; all of an even number of positions are looked at.
        max_seqlets: So many of each sign are clustered.
        threads: Of its loops.

    Raises:
        UserError: If the extra is not installed.
        RuntimeError: If TF-MoDISco fails; with its last line.
    """
    need_extra(PACKAGE, "modisco", "TF-MoDISco")
    result, temporary = folder / RESULT, folder / f".{RESULT}"
    shutil.rmtree(folder / Path(REPORT).parent, ignore_errors=True)
    result.unlink(missing_ok=True)
    words = ["-s", INPUTS[0], "-a", INPUTS[1], "-o", temporary.name]
    _call(folder, threads, "motifs", *words, "-n", str(max_seqlets), "-w", str(length // 2 * 2))
    temporary.replace(result)
    if read_patterns(result):
        _call(folder, threads, "report-simple", "-i", RESULT, "-o", str(Path(REPORT).parent))
    return result


def _call(folder: Path, threads: int, *words: str) -> None:
    done = subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, "-P", "-c", _PROGRAM, *words],
        cwd=folder,
        env={**os.environ, "NUMBA_NUM_THREADS": str(threads), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise RuntimeError(f"TF-MoDISco ended with status {done.returncode}: {last}")


@dataclass(frozen=True)
class Pattern:
    """A pattern, and the places in the sequences that it was made of.

    Attributes:
        name: `"pos_0"`, or `"neg_0"` of one that lowers the output.
        frequencies: `(width, 4)` of the letters.
        contributions: `(width, 4)`, mean.
        example: `(seqlets,)` int, which sequence.
        start: `(seqlets,)` int, first position in it.
        reverse: `(seqlets,)` bool, whether the reverse complement of it counts.
    """

    name: str
    frequencies: np.ndarray
    contributions: np.ndarray
    example: np.ndarray
    start: np.ndarray
    reverse: np.ndarray

    @property
    def core(self) -> slice:
        """The positions from the first to the last that contribute at least `CORE_SHARE`."""
        weight = np.abs(self.contributions).sum(axis=1)
        telling = np.flatnonzero(weight >= CORE_SHARE * weight.max())
        return slice(int(telling[0]), int(telling[-1]) + 1)

    @property
    def cores(self) -> np.ndarray:
        """`(seqlets, 3)` int: sequence, first position and end of the core of every seqlet."""
        width, core = len(self.frequencies), self.core
        first = np.where(self.reverse, width - core.stop, core.start) + self.start
        return np.stack([self.example, first, first + core.stop - core.start], axis=1)


def read_patterns(path: Path) -> list[Pattern]:
    """Returns the patterns of TF-MoDISco's HDF5 file: those that raise the output, then others.

    Args:
        path: As modisco-lite 2 and 3 write it.
    """
    import h5py

    found = []
    with h5py.File(path) as file:
        for sign in ("pos", "neg"):
            group = file.get(f"{sign}_patterns", {})
            for number in range(len(group)):
                pattern = group[f"pattern_{number}"]
                seqlets = pattern["seqlets"]
                found.append(
                    Pattern(
                        f"{sign}_{number}",
                        np.asarray(pattern["sequence"], float),
                        np.asarray(pattern["contrib_scores"], float),
                        np.asarray(seqlets["example_idx"], int),
                        np.asarray(seqlets["start"], int),
                        np.asarray(seqlets["is_revcomp"], bool),
                    )
                )
    return found
