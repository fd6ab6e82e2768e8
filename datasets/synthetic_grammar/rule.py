"""The rule of binding: constants and energies of the synthetic grammar.

Occupancy after Berg & von Hippel (1987), https://doi.org/10.1016/0022-2836(87)90354-8 (energies
are log-odds), and Shea & Ackers (1985), https://doi.org/10.1016/0022-2836(85)90086-5 (Boltzmann
weights of all configurations). Every constant is ours; the card beside this file prints them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from tfbs.datasets.motifs import read_jaspar

LENGTH = 200
"""Nucleotides per sequence."""

MAX_SPACING = 20
"""Longest gap between neighbours that still interact, in nucleotides."""

ENERGY_SCALE = 0.7
"""Natural log-odds to units of kT."""

PSEUDOCOUNT = 0.01
"""Share of a matrix that is uniform, so that every energy is finite."""

BIAS = -6.0
"""True logit of a sequence that nothing binds."""

POSITION_FLOOR, POSITION_WIDTH = 0.4, 45.0
"""Weight of a site at the far end, and standard deviation of the bell, in nucleotides."""


@dataclass(frozen=True)
class Factor:
    """A transcription factor.

    Attributes:
        name: `"SP1"`.
        matrix_id: In JASPAR 2016.
        potential: Chemical potential at its best site, in kT: the weight of that site, bound
            against free, is `exp(potential)`.
        effect: What full occupancy adds to the true logit.
    """

    name: str
    matrix_id: str
    potential: float
    effect: float


FACTORS = (
    Factor("SP1", "MA0079.3", 2.5, 11.0),
    Factor("Gabpa", "MA0062.2", 2.0, 10.0),
    Factor("Gfi1b", "MA0483.1", 2.5, -9.0),
    Factor("CEBPB", "MA0466.2", 2.0, 11.0),
    Factor("MAX", "MA0058.3", 1.5, 10.0),
    Factor("YY1", "MA0095.2", 3.0, -9.0),
)
"""Four activators and two repressors, Gfi1b and YY1."""

DECOYS = {"FOSL1": "MA0477.1", "NFYB": "MA0502.1", "STAT1": "MA0137.3", "MEF2A": "MA0052.3"}
"""Motifs that are planted and do nothing."""

Shape = Literal["near", "helical", "exclusive"]


@dataclass(frozen=True)
class PairRule:
    """How two bound neighbours help or hinder each other, by their gap.

    Written for one strand: `first` left of `second`; the same holds for the reverse complement.

    Attributes:
        first: Name of the factor on the left.
        first_strand: +1 or -1.
        second: Name of the factor on the right.
        second_strand: +1 or -1.
        shape: `near`, a bell around `spacing` with standard deviation 2; `helical`,
            `exp(-gap / 10) (1 + cos(2 pi (gap - spacing) / 10.5)) / 2`; `exclusive`, 1 up to
            `spacing` and 0 beyond.
        spacing: In nucleotides.
        strength: The weight of the pair is multiplied by `1 + strength * shape(gap)`.
    """

    first: str
    first_strand: int
    second: str
    second_strand: int
    shape: Shape
    spacing: int
    strength: float

    def cooperativity(self, gap: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Returns what the weight of the pair is multiplied by, at each gap in nucleotides."""
        if self.shape == "near":
            form = np.exp(-(((gap - self.spacing) / 2) ** 2) / 2)
        elif self.shape == "helical":
            form = np.exp(-gap / 10) * (1 + np.cos(2 * np.pi * (gap - self.spacing) / 10.5)) / 2
        else:
            form = (gap <= self.spacing).astype(np.float64)
        return np.asarray(1 + self.strength * form)


PAIR_RULES = (
    PairRule("SP1", 1, "Gabpa", 1, "near", 4, 40.0),
    PairRule("Gabpa", 1, "Gabpa", 1, "helical", 5, 40.0),
    PairRule("SP1", -1, "Gfi1b", 1, "exclusive", 8, -0.95),
    PairRule("MAX", 1, "CEBPB", -1, "helical", 2, 40.0),
    PairRule("MAX", 1, "MAX", 1, "near", 7, 60.0),
    PairRule("CEBPB", -1, "YY1", 1, "exclusive", 10, -0.95),
)

Energies = npt.NDArray[np.float64]


@functools.cache
def energies(matrix_id: str) -> Energies:
    """Returns the energy of every letter against the best one, `(width, 4)`, at most 0, in kT."""
    probabilities = read_jaspar([matrix_id])[matrix_id].probabilities
    smooth = (1 - PSEUDOCOUNT) * probabilities + PSEUDOCOUNT / 4
    logarithm = ENERGY_SCALE * np.log(smooth)
    best: Energies = logarithm - logarithm.max(axis=1, keepdims=True)
    return best


@dataclass(frozen=True)
class Site:
    """What a site can be: a factor on a strand."""

    factor: int
    strand: int
    energies: Energies

    @property
    def width(self) -> int:
        """In nucleotides."""
        return len(self.energies)


@functools.cache
def sites() -> tuple[Site, ...]:
    """Returns every factor on the forward strand, then every factor on the reverse one."""
    forward = [Site(f, 1, energies(factor.matrix_id)) for f, factor in enumerate(FACTORS)]
    reverse = [Site(site.factor, -1, site.energies[::-1, ::-1]) for site in forward]
    return (*forward, *reverse)


def position_weights() -> npt.NDArray[np.float64]:
    """Returns how much a site counts by its start, `(sites, length)`, in (0, 1]; symmetric."""
    start = np.arange(LENGTH)
    width = np.array([site.width for site in sites()])[:, None]
    distance = (start + width / 2 - LENGTH / 2) / POSITION_WIDTH
    bell = np.exp(-(distance**2) / 2)
    weights: npt.NDArray[np.float64] = POSITION_FLOOR + (1 - POSITION_FLOOR) * bell
    return weights


def interactions() -> npt.NDArray[np.float64]:
    """Returns cooperativity - 1 of neighbours: `(gap, left site, right site)`, 0 without rule."""
    kinds = {(FACTORS[s.factor].name, s.strand): index for index, s in enumerate(sites())}
    gaps = np.arange(MAX_SPACING + 1)
    extra = np.zeros((len(gaps), len(kinds), len(kinds)))
    for rule in PAIR_RULES:
        left = kinds[rule.first, rule.first_strand], kinds[rule.second, rule.second_strand]
        right = kinds[rule.second, -rule.second_strand], kinds[rule.first, -rule.first_strand]
        for pair in {left, right}:
            extra[:, *pair] = rule.cooperativity(gaps) - 1
    return extra
