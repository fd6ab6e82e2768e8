"""The law that sequences with motifs of twelve factors are drawn from.

Source: Koo & Ploenzke (2021), task 1, https://doi.org/10.1038/s42256-020-00291-x; the same law in
Koo & Eddy (2019), https://doi.org/10.1371/journal.pcbi.1007560. The law is the papers'; the
random stream is not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.layout_likelihood import likelihood_ratio
from tfbs.datasets.motifs import read_jaspar
from tfbs.datasets.planting import LabelledPlanted, NumMotifs, both_strands, plant

VERSION = "1.0.0"
CONFIGS = {
    "default": "30,000 sequences",
    "small": "6,000 sequences of the same law, for quick starts",
}
"""Every config of the dataset, with a line on each."""

NUM_MOTIFS = NumMotifs((1, 2, 3, 4, 5), (0.50, 0.25, 0.17, 0.05, 0.03))

FACTORS = {
    "Arid3a": "MA0151.1",
    "CEBPB": "MA0466.2",
    "FOSL1": "MA0477.1",
    "Gabpa": "MA0062.2",
    "MAFK": "MA0496.1",
    "MAX": "MA0058.3",
    "MEF2A": "MA0052.3",
    "NFYB": "MA0502.1",
    "SP1": "MA0079.3",
    "SRF": "MA0083.3",
    "STAT1": "MA0137.3",
    "YY1": "MA0095.2",
}
"""Every factor, in the order of the label columns, with its matrix of JASPAR 2016."""

RELATIVES = {"Arid3a": ("MA0601",), "MEF2A": ("MA0660", "MA0773"), "NFYB": ("MA0060",)}
"""Matrices of relatives (Arid3b, MEF2B, MEF2D, NFYA) that count as a factor's, as published.

The paper's code has those of MEF2 under STAT1, which changes what is credited, not the sum.
"""

MATCHES = {
    factor: (matrix_id.partition(".")[0], *RELATIVES.get(factor, ()))
    for factor, matrix_id in FACTORS.items()
}
"""For every factor, base ids of JASPAR 2016 that count as it."""


def draw_motifs(num_sequences: int, seed: int) -> LabelledPlanted:
    """Returns sequences with 1 to 5 motifs, each of any factor on either strand.

    Args:
        num_sequences: How many.
        seed: The same seed gives the same sequences.

    Returns:
        A label is 1 where a motif of the factor was planted, on either strand.
    """
    pool = both_strands(list(read_jaspar(FACTORS.values()).values()))
    planted = plant(np.random.default_rng(seed), [pool] * num_sequences, NUM_MOTIFS)
    columns = {matrix_id: column for column, matrix_id in enumerate(FACTORS.values())}
    label = np.zeros((num_sequences, len(FACTORS)), np.int8)
    for row, placements in enumerate(planted.motifs):
        label[row, [columns[placed.matrix_id] for placed in placements]] = 1
    return LabelledPlanted(planted, label)


def chances(codes: Codes) -> npt.NDArray[np.float64]:
    """Returns the probability that a sequence holds a motif of each factor, `(n, factors)`.

    No score can rank the labels better. Takes about 30 ms a sequence.

    Args:
        codes: `(n, 200)` uint8 codes.
    """
    pool = both_strands(list(read_jaspar(FACTORS.values()).values()))
    whole = likelihood_ratio(codes, pool, NUM_MOTIFS)
    found = np.empty((len(codes), len(FACTORS)))
    for column, matrix_id in enumerate(FACTORS.values()):
        others = [each for each in pool if each[0].matrix_id != matrix_id]
        without = likelihood_ratio(codes, others, NUM_MOTIFS, share=1 / len(pool))
        found[:, column] = 1 - without / whole
    return np.clip(found, 0, 1)
