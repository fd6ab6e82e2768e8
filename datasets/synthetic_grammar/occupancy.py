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

CHANNELS = 1 + len(FACTORS)
"""Of every sum: channel 0 sums weights, channel 1 + f weight times load of factor f."""


@dataclass(frozen=True)
class Lattice:
    """The sites of sequences and how they interact. Sequences come last, contiguous in memory.

    Attributes:
        weight: `(sites, length, n)`, of each site by its start, bound against free; 0 where it
            does not fit.
        position: `(sites, length)`, what a bound site adds to the load of its factor.
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
            last = position.shape[1] - width
            weight[kind, : last + 1] = self.weight[kind, last::-1]
            position[kind, : last + 1] = self.position[kind, last::-1]
        return Lattice(weight, position, self.extra.swapaxes(1, 2), self.widths, self.factors)

    def couplings(self, block: int) -> list[tuple[int, int, Values]]:
        """Returns left site, right site and matrix of every pair that interacts.

        The matrix, `(block, block + MAX_SPACING)`, holds cooperativity - 1 of a right site at
        each of `block` starts and a left site by its end, from `MAX_SPACING` before the first
        start to the last start.

        Args:
            block: Starts.
        """
        gap = np.arange(block)[:, None] + MAX_SPACING - np.arange(block + MAX_SPACING)
        known = (gap >= 0) & (gap <= MAX_SPACING)
        return [
            (left, right, np.where(known, self.extra[gap.clip(0, MAX_SPACING), left, right], 0.0))
            for left, right in zip(*np.nonzero(self.extra.any(axis=0)), strict=True)
        ]


@dataclass(frozen=True)
class Sums:
    """Sums over configurations, by channel: see `CHANNELS`.

    Attributes:
        total: `(channels, n)`, over the whole sequence.
        before: `(sites, length, channels, n)`, over all that can stand left of a site, by its
            start, with its cooperativity.
    """

    total: Values
    before: Values


def site_weights(codes: Codes) -> Values:
    """Returns the Boltzmann weight of every site, `(sites, length, n)`; 0 where it does not fit.

    Args:
        codes: `(n, length)` uint8 in 0 ... 3.
    """
    num, length = codes.shape
    letters = np.ascontiguousarray(codes.T)
    weight = np.zeros((len(sites()), length, num))
    for kind, site in enumerate(sites()):
        stop = length - site.width + 1
        energy = np.full((stop, num), FACTORS[site.factor].potential)
        for offset, row in enumerate(site.energies):
            energy += row.take(letters[offset : offset + stop], mode="clip")
        np.exp(energy, out=weight[kind, :stop])
    return weight


def sum_configurations(lattice: Lattice) -> Sums:
    """Returns the sums over all configurations, from left to right.

    As many starts at a time as the narrowest site is wide: none of them can follow another.
    """
    kinds, length, num = lattice.weight.shape
    block = int(lattice.widths.min())
    couplings = lattice.couplings(block)
    # ends[:, MAX_SPACING + e]: configurations whose last site ends at e, by its kind
    ends = np.zeros((kinds, MAX_SPACING + length + 1, CHANNELS, num))
    before = np.empty((kinds, length, CHANNELS, num))
    so_far = np.zeros((CHANNELS, num))
    so_far[0] = 1
    for start in range(0, length, block):
        stop = min(start + block, length)
        here = before[:, start:stop]
        ended = ends[:, MAX_SPACING + start : MAX_SPACING + stop].sum(axis=0)
        ended[0] += so_far
        here[:] = np.tensordot(np.tri(stop - start), ended, 1)  # all that has ended, by start
        so_far = here[0, -1].copy()
        for left, right, matrix in couplings:
            window = ends[left, start : MAX_SPACING + stop].reshape(-1, CHANNELS * num)
            coupled = matrix[: stop - start, : len(window)] @ window
            here[right] += coupled.reshape(-1, CHANNELS, num)
        _bind(lattice, here, start, ends)
    return Sums(so_far + ends[:, -1].sum(axis=0), before)


def _bind(lattice: Lattice, before: Values, start: int, ends: Values) -> None:
    """Adds the configurations whose last site starts in a block to those by their end.

    Args:
        lattice: The sites.
        before: `(sites, block, channels, n)`: see `Sums`.
        start: First of the block.
        ends: `(sites, MAX_SPACING + length + 1, channels, n)`, by end and `MAX_SPACING`.
    """
    length = lattice.weight.shape[1]
    for kind, (width, factor) in enumerate(zip(lattice.widths, lattice.factors, strict=True)):
        count = min(before.shape[1], length + 1 - width - start)
        if count > 0:
            first = MAX_SPACING + start + width
            bound = ends[kind, first : first + count]
            np.multiply(
                before[kind, :count], lattice.weight[kind, start : start + count, None], out=bound
            )
            bound[:, 1 + factor] += (
                lattice.position[kind, start : start + count, None] * bound[:, 0]
            )


def site_sums(lattice: Lattice, padding: int = 0) -> tuple[Values, Values]:
    """Returns, of the configurations with each site bound, the sums over their weights.

    Args:
        lattice: The sites.
        padding: Zeros before the first start.

    Returns:
        `(channels, n)` sums over all configurations and
        `(padding + length, sites, channels, n)` over those that hold the site, by its start,
        both divided by Z.
    """
    left, right = sum_configurations(lattice), sum_configurations(lattice.mirrored()).before
    kinds, length, num = lattice.weight.shape
    z = left.total[0]
    held = np.zeros((padding + length, kinds, CHANNELS, num))
    for kind, (width, factor) in enumerate(zip(lattice.widths, lattice.factors, strict=True)):
        last = length - width
        before, after = left.before[kind, : last + 1], right[kind, last::-1]
        weight = lattice.weight[kind, : last + 1] / z
        both = held[padding : padding + last + 1, kind]
        np.multiply(before, (weight * after[:, 0])[:, None], out=both)
        alone = both[:, 0].copy()
        both += after * (weight * before[:, 0])[:, None]
        both[:, 0] = alone
        both[:, 1 + factor] += lattice.position[kind, : last + 1, None] * alone
    return left.total / z, held
