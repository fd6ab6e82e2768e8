"""The law that synthetic regulatory sequences are drawn from.

Source: Koo & Ploenzke (2021), task 3, https://doi.org/10.1038/s42256-020-00291-x. The law is
the paper's; the random stream is not (see the README beside this file).
"""

from __future__ import annotations

from importlib import resources

import numpy as np
import numpy.typing as npt

from tfbs.datasets.alphabet import Codes
from tfbs.datasets.layout_likelihood import likelihood_ratio
from tfbs.datasets.motifs import read_jaspar
from tfbs.datasets.planting import LabelledPlanted, NumMotifs, Stranded, both_strands, plant

VERSION = "1.0.0"
CONFIGS = {
    "default": "20,000 sequences; no look-alikes of the core motifs in the background",
    "hard": "20,000 sequences; nine look-alikes of the core motifs in the background",
    "10k": "10,000 sequences of the default law, as Koo et al. (2019) trained robust networks on",
    "30k": "30,000 sequences of the default law, the larger set of that paper",
    "medium": "9,000 sequences of the default law, for comparing many networks",
    "small": "4,000 sequences of the default law, for quick starts",
}
"""Every config of the dataset, with a line on each."""

NUM_MOTIFS = NumMotifs((3, 4, 5, 6, 7), (0.50, 0.25, 0.17, 0.05, 0.03))

CORE = ("MA0079.3", "MA0062.2", "MA0466.2", "MA0058.3", "MA0095.2")
"""SP1, Gabpa, CEBPB, MAX, YY1: a positive holds motifs of these and no others."""


def background_of(config: str) -> tuple[str, ...]:
    """Returns the ids of the fifty matrices that only negatives hold, by the name of a config."""
    return read_background("lookalikes" if config == "hard" else "distinct")


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


def draw_code(num_sequences: int, background: tuple[str, ...], seed: int) -> LabelledPlanted:
    """Returns sequences, half of them positive, in random order.

    Args:
        num_sequences: Even.
        background: Ids of the matrices that only negatives hold, beside the core.
        seed: The same seed gives the same sequences.

    Returns:
        The label is 1 where every placed motif is of the core by design.
    """
    core, everything = _pools(background)
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(num_sequences) % 2).astype(np.int8)
    pools = [core if positive else everything for positive in label]
    return LabelledPlanted(plant(rng, pools, NUM_MOTIFS), label[:, None])


def chances(codes: Codes, config: str) -> npt.NDArray[np.float64]:
    """Returns the probability that a sequence was drawn as a positive, `(n, 1)`.

    No score can rank the labels better. Takes about 10 ms a sequence.

    Args:
        codes: `(n, 200)` uint8 codes.
        config: One of `CONFIGS`.
    """
    core, everything = (
        likelihood_ratio(codes, pool, NUM_MOTIFS) for pool in _pools(background_of(config))
    )
    return (core / (core + everything))[:, None]


def _pools(background: tuple[str, ...]) -> tuple[list[Stranded], list[Stranded]]:
    """Returns what motifs of a positive are drawn from, and those of a negative."""
    motifs = read_jaspar(CORE + background)
    core = both_strands([motifs[matrix_id] for matrix_id in CORE])
    return core, both_strands(list(motifs.values()))
