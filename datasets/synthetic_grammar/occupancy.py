"""Exact sums over all configurations of bound factors, by dynamic programming.

A configuration is a set of sites that do not overlap. Its weight is the product of the weights
of its sites and of the cooperativities of neighbours. Z is the sum of all weights; the
expected load of a factor is the mean, over configurations, of the summed position weights of its
bound sites.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tfbs.datasets.synthetic_grammar.rule import FACTORS, MAX_SPACING, sites

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Lattice:
    """The sites of sequences and how they interact.

    Attributes:
        weight: `(n, length, sites)`, of each site by its start, bound against free.
        position: `(length, sites)`, what a bound site adds to the load of its factor.
        extra: `(gap, left site, right site)`, cooperativity - 1.
        widths: `(sites,)`, in nucleotides.
        factors: `(sites,)`, the factor of each.
    """

    weight: Values
    position: Values
    extra: Values
    widths: npt.NDArray[np.int64]
    factors: npt.NDArray[np.int64]

    def mirrored(self) -> Lattice:
        """Returns the lattice read from right to left."""
        weight, position = np.zeros_like(self.weight), np.zeros_like(self.position)
        for kind, width in enumerate(self.widths):
            last = len(position) - width
            weight[:, : last + 1, kind] = self.weight[:, last::-1, kind]
            position[: last + 1, kind] = self.position[last::-1, kind]
        return Lattice(weight, position, self.extra.swapaxes(1, 2), self.widths, self.factors)


@dataclass(frozen=True)
class Sums:
    """Sums over configurations; channel 0 sums weights, channel 1 + f weight times load of f.

    Attributes:
        total: `(n, channels)`, over the whole sequence.
        before: `(n, channels, length, sites)`, over all that can stand left of a site, by its
            start, with its cooperativity.
    """

    total: Values
    before: Values


def site_weights(codes: Codes) -> Values:
    """Returns the Boltzmann weight of every site, `(n, length, sites)`; 0 where it does not fit.

    Args:
        codes: `(n, length)` uint8 in 0 ... 3.
    """
    length = codes.shape[1]
    weight = np.zeros((*codes.shape, len(sites())))
    for kind, site in enumerate(sites()):
        stop = length - site.width + 1
        energy = np.full((len(codes), stop), FACTORS[site.factor].potential)
        for offset, row in enumerate(site.energies):
            energy += row[codes[:, offset : offset + stop]]
        weight[:, :stop, kind] = np.exp(energy)
    return weight


def sum_configurations(lattice: Lattice) -> Sums:
    """Returns the sums over all configurations, from left to right."""
    num, length, kinds = lattice.weight.shape
    own = np.arange(1 + len(FACTORS))[:, None] == 1 + lattice.factors  # (channels, sites)
    channels = len(own)
    # ends[:, :, e + MAX_SPACING]: configurations whose last site ends at e, by its kind
    ends = np.zeros((num * channels, (length + 1 + MAX_SPACING) * kinds))
    shaped = ends.reshape(num, channels, length + 1 + MAX_SPACING, kinds)
    coupling = lattice.extra[::-1].reshape(-1, kinds)
    so_far = np.zeros((num, channels))
    so_far[:, 0] = 1
    before = np.zeros((num, channels, length, kinds))
    for start in range(length):
        so_far += shaped[:, :, start + MAX_SPACING].sum(axis=2)
        window = ends[:, start * kinds : (start + MAX_SPACING + 1) * kinds]
        coupled = (window @ coupling).reshape(num, channels, kinds)
        here = before[:, :, start] = so_far[:, :, None] + coupled
        grown = here + here[:, :1] * own * lattice.position[start]
        grown *= lattice.weight[:, start, None]
        for kind, width in enumerate(lattice.widths):
            if start + width <= length:
                shaped[:, :, start + width + MAX_SPACING, kind] = grown[:, :, kind]
    so_far += shaped[:, :, length + MAX_SPACING].sum(axis=2)
    return Sums(so_far, before)


def site_sums(lattice: Lattice) -> tuple[Values, Values]:
    """Returns, of the configurations with each site bound, the sums over their weights.

    Returns:
        `(n, channels)` sums over all configurations and `(n, channels, length, sites)` over
        those that hold the site, both divided by Z.
    """
    left, right = sum_configurations(lattice), sum_configurations(lattice.mirrored()).before
    after = np.zeros_like(right)
    for kind, width in enumerate(lattice.widths):
        last = right.shape[2] - width
        after[:, :, : last + 1, kind] = right[:, :, last::-1, kind]
    before = left.before
    own = np.arange(before.shape[1])[:, None] == 1 + lattice.factors
    position = own[:, None] * lattice.position  # (channels, length, sites)
    both = before * after[:, :1] + before[:, :1] * (after + after[:, :1] * position)
    both[:, 0] = before[:, 0] * after[:, 0]
    both *= lattice.weight[:, None]
    z = left.total[:, :1]
    return left.total / z, both / z[..., None, None]
