"""Dinucleotide shuffles against seqpro's: `python benchmarks/shuffle.py`.

seqpro is the fastest shuffler on PyPI that keeps the counts of dinucleotides exactly, in compiled
code; ours is NumPy alone. It is not a dependency: `pip install -c constraints.txt seqpro`. Both
shuffle the same uint8 sequences on one thread; both must keep every count, else the exit status is
1.
"""

from __future__ import annotations

import os
import sys

import click
import numpy as np
from paired import compared, leave_out, say

THREADS = "1"  # more would wait for each other on a busy machine
SIZES = ((20_000, 101), (10_000, 200), (2_000, 1000))
"""Numbers of sequences and their lengths."""


@click.command(help=__doc__)
@click.option("--repetitions", default=7, show_default=True, help="Pairs per figure.")
def main(repetitions: int) -> None:
    """Prints one line per length."""
    os.environ["RAYON_NUM_THREADS"] = os.environ["NUMBA_NUM_THREADS"] = THREADS
    try:
        import seqpro
    except ImportError:
        leave_out("seqpro is not installed (pip install seqpro)")

    from tfbs.datasets.alphabet import BASES
    from tfbs.datasets.dinucleotide_shuffle import dinucleotide_counts, shuffle_dinucleotides

    letters = np.frombuffer(BASES.encode(), "S1")
    for number, length in SIZES:
        codes = np.random.default_rng(0).integers(0, 4, (number, length)).astype("uint8")
        text = letters[codes]

        def ours(codes: np.ndarray = codes) -> np.ndarray:
            return shuffle_dinucleotides(codes, np.random.default_rng(1))

        def theirs(text: np.ndarray = text) -> np.ndarray:
            return seqpro.k_shuffle(text, 2, alphabet=seqpro.DNA, length_axis=1, seed=1)

        found = np.searchsorted(letters, theirs()).astype("uint8")  # compiles
        for who, shuffled in (("tfbs", ours()), ("seqpro", found)):
            if (dinucleotide_counts(shuffled) != dinucleotide_counts(codes)).any():
                sys.exit(f"{who} does not keep the counts of dinucleotides")
        found = compared(ours, theirs, repetitions)
        say(f"dinucleotide shuffles of {number:,} sequences of {length}, tfbs / seqpro", found)


if __name__ == "__main__":
    main()
