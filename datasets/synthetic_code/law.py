"""The law that synthetic regulatory sequences are drawn from.

Source: Koo & Ploenzke (2021), task 3, https://doi.org/10.1038/s42256-020-00291-x. The law is
the paper's; the random stream is not (see the README beside this file).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from tfbs.datasets.motifs import (
    Matrix,
    Motif,
    information_content,
    read_jaspar,
    reverse_complement_matrix,
)

LENGTH = 200
VERSION = "1.0.0"
CONFIGS = {
    "default": "20,000 sequences; no look-alikes of the core motifs in the background",
    "hard": "20,000 sequences; nine look-alikes of the core motifs in the background",
    "medium": "9,000 sequences of the default law, for comparing many networks",
    "small": "4,000 sequences of the default law, for quick starts",
}
"""Every config of the dataset, with a line on each."""

NUM_MOTIFS = (3, 4, 5, 6, 7)
NUM_MOTIFS_LAW = (0.50, 0.25, 0.17, 0.05, 0.03)

CORE = ("MA0079.3", "MA0062.2", "MA0466.2", "MA0058.3", "MA0095.2")
"""SP1, Gabpa, CEBPB, MAX, YY1: a positive holds motifs of these and no others."""

_CHUNK = 1000


@dataclass(frozen=True)
class Placement:
    """A motif placed in a sequence.

    Attributes:
        start: First position, 0-based.
        end: Position after the last.
        strand: +1, or -1 where the reverse complement was placed.
        matrix_id: `"MA0079.3"`.
    """

    start: int
    end: int
    strand: int
    matrix_id: str


@dataclass(frozen=True)
class Code:
    """Synthetic sequences with their truth.

    Attributes:
        sequence: `(n, 200)` uint8 codes.
        label: `(n,)` int8; 1 where every placed motif is of the core by design.
        information: `(n, 200)` float32, bits of the matrix each sequence was drawn from.
        motifs: For each sequence its placements, from left to right.
    """

    sequence: npt.NDArray[np.uint8]
    label: npt.NDArray[np.int8]
    information: npt.NDArray[np.float32]
    motifs: list[tuple[Placement, ...]]


def read_background(name: str) -> tuple[str, ...]:
    """Returns the ids of the fifty matrices that only negatives hold.

    The paper's code takes 65 random matrices, means to drop ten look-alikes of the core and
    keeps 50. As stored it drops none (`"lookalikes"`); weights that its authors released score
    as if they had been dropped (`"distinct"`).

    Args:
        name: `"distinct"` or `"lookalikes"`.
    """
    table = resources.files(__package__).joinpath("backgrounds.tsv").read_text().splitlines()
    rows = (line.split("\t") for line in table[1:])
    return tuple(matrix_id for background, matrix_id, _ in rows if background == name)


Stranded = tuple[Motif, int, Matrix]


def both_strands(motifs: list[Motif]) -> list[Stranded]:
    """Returns (motif, strand, matrix) of each motif on each strand."""
    forward = [(motif, 1, motif.probabilities) for motif in motifs]
    reverse = [(motif, -1, reverse_complement_matrix(motif.probabilities)) for motif in motifs]
    return forward + reverse


def draw_code(num_sequences: int, background: tuple[str, ...], seed: int) -> Code:
    """Returns sequences, half of them positive, in random order.

    Args:
        num_sequences: Even.
        background: Ids of the matrices that only negatives hold, beside the core.
        seed: The same seed gives the same sequences.
    """
    motifs = read_jaspar(CORE + background)
    core = both_strands([motifs[matrix_id] for matrix_id in CORE])
    everything = both_strands(list(motifs.values()))
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(num_sequences) % 2).astype(np.int8)
    sequences, bits, placements = [], [], []
    for first in range(0, num_sequences, _CHUNK):
        chunk = [
            compose(rng, core if positive else everything)
            for positive in label[first : first + _CHUNK]
        ]
        composite = np.stack([matrix for matrix, _ in chunk])
        sequences.append(draw_bases(rng, composite))
        bits.append(information_content(composite).astype(np.float32))
        placements += [placed for _, placed in chunk]
    return Code(np.concatenate(sequences), label, np.concatenate(bits), placements)


def compose(rng: np.random.Generator, pool: list[Stranded]) -> tuple[Matrix, tuple[Placement, ...]]:
    """Returns a `(200, 4)` composite matrix and the motifs in it.

    3 to 7 motifs, drawn with replacement, stand in the order drawn and do not overlap; all
    other positions are uniform.
    """
    count = rng.choice(NUM_MOTIFS, p=NUM_MOTIFS_LAW)
    while True:
        chosen = [pool[index] for index in rng.integers(len(pool), size=count)]
        free = LENGTH - sum(motif.width for motif, _, _ in chosen)
        if free > 0:
            break
    gaps = draw_gaps(rng, count + 1, free)
    composite = np.full((LENGTH, 4), 0.25)
    placements, end = [], 0
    for gap, (motif, strand, matrix) in zip(gaps, chosen, strict=False):
        start = end + int(gap)
        end = start + motif.width
        composite[start:end] = matrix
        placements.append(Placement(start, end, strand, motif.matrix_id))
    return composite, tuple(placements)


def draw_gaps(rng: np.random.Generator, count: int, total: int) -> npt.NDArray[np.int64]:
    """Returns `(count,)` whole gaps that sum to `total`.

    Uniform numbers rescaled to the total and rounded, drawn again until the sum is right.
    """
    while True:
        shares = rng.uniform(0, 2, size=count)
        gaps = np.round(shares / shares.sum() * total).astype(np.int64)
        if gaps.sum() == total:
            return gaps


def draw_bases(rng: np.random.Generator, probabilities: Matrix) -> npt.NDArray[np.uint8]:
    """Returns `(..., length)` uint8 codes, each position drawn from its row.

    Args:
        rng: Source of randomness.
        probabilities: `(..., length, 4)`, columns A, C, G, T.
    """
    thresholds = probabilities.cumsum(axis=-1)[..., :3]
    uniform = rng.random(probabilities.shape[:-1])
    codes: npt.NDArray[np.uint8] = (uniform[..., None] >= thresholds).sum(axis=-1, dtype=np.uint8)
    return codes
