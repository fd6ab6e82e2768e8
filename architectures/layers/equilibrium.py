"""Factors that compete for DNA and help each other, summed over all their configurations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

STRONGEST = 30.0
"""No site is bound more strongly, in kT: on its own it is free once in 1e13."""


@keras.saving.register_keras_serializable(package="tfbs")
class Equilibrium(keras.layers.Layer):
    """Returns the probability that a factor is bound at each site, at equilibrium.

    A configuration is a set of sites that do not overlap. Its weight is the product of the
    weights of its sites and, for each two neighbours with at most `max_gap` free nucleotides
    between them, of exp(-pair energy). The pair energy of two factors, in kT, depends neither on
    their order nor on their orientation; below 0 they help each other. The occupancy is exact:
    the weight of all configurations that hold a site over the weight of all.

    Source: Shea & Ackers (1985), https://doi.org/10.1016/0022-2836(85)90086-5; the sum over
    configurations by dynamic programming as in He et al. (2010),
    https://doi.org/10.1371/journal.pcbi.1000935. It is summed in strides of a whole
    site, in which at most one can begin: `length / width` steps.

    Args:
        width: Of a site, in nucleotides.
        max_gap: Longest gap between neighbours that still interact, in nucleotides.

    Input shape:
        `(batch, positions, factors)`, log-weights by the first nucleotide of a site, as
        `SiteWeights` gives them.

    Output shape:
        `(batch, positions, factors)`, in [0, 1].
    """

    def __init__(self, width: int, max_gap: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.max_gap = max_gap

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the pair energies, `(factors, factors)`, at 0."""
        factors = input_shape[-1]
        self.pair_energy = self.add_weight(
            shape=(factors, factors), initializer="zeros", name="pair_energy"
        )

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the occupancy of every site."""
        log_weight = ops.minimum(inputs, STRONGEST)
        both_ways = ops.concatenate([log_weight, ops.flip(log_weight, axis=1)], axis=0)
        beside, log_total = self._sum(ops.exp(both_ways))
        left, right = ops.split(beside, 2, axis=0)
        log_total = ops.split(log_total, 2, axis=0)[0]
        return ops.exp(log_weight + left + ops.flip(right, axis=1) - log_total)

    def _sum(self, weight: keras.KerasTensor) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        """Sums configurations from left to right.

        Args:
            weight: `(batch, positions, factors)`.

        Returns:
            Logarithms of the sum over all that may stand left of each site, its interaction
            included, `(batch, positions, factors)`, and over all, `(batch, 1, 1)`.
        """
        sums = _Sums.empty(weight, self.width + self.max_gap)
        cooperativity = ops.exp(-(self.pair_energy + ops.transpose(self.pair_energy)) / 2)
        before = []
        for start in range(0, weight.shape[1], self.width):
            near = sums.near(self.width, self.max_gap, cooperativity)
            overlapping = weight[:, start : start + self.width]
            left = (sums.all[:, : self.width, None] + near)[:, : overlapping.shape[1]]
            before.append(ops.log(left) + sums.log_total)
            sums = sums.extended(overlapping * left)
        return ops.concatenate(before, axis=1), sums.log_total

    def pair_energies(self) -> np.ndarray:
        """Returns the pair energies, `(factors, factors)`, symmetric, in kT."""
        raw: np.ndarray = ops.convert_to_numpy(self.pair_energy)
        return (raw + raw.T) / 2

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "width": self.width, "max_gap": self.max_gap}


@dataclass(frozen=True)
class _Sums:
    """Sums over the configurations of what lies left of a place, divided by their total.

    Attributes:
        ends: `(batch, reach, factors)`, over those whose last site ends at one of the last
            `reach` places, by place and factor.
        all: `(batch, reach + 1)`, over all up to each of these places and the one before them.
        log_total: `(batch, 1, 1)`, logarithm of the total.
    """

    ends: keras.KerasTensor
    all: keras.KerasTensor
    log_total: keras.KerasTensor

    @classmethod
    def empty(cls, weight: keras.KerasTensor, reach: int) -> _Sums:
        """Returns the sums before the first site can end: nothing is bound, with weight 1."""
        zero = ops.zeros_like(weight[:, :1])  # (batch, 1, factors)
        one = zero[:, :, 0] + 1.0
        return cls(ops.tile(zero, (1, reach, 1)), ops.tile(one, (1, reach + 1)), zero[:, :, :1])

    def near(
        self, places: int, max_gap: int, cooperativity: keras.KerasTensor
    ) -> keras.KerasTensor:
        """Returns the sums over those whose last site interacts with one that starts next.

        Args:
            places: How many starts from the place on at which a site can end next.
            max_gap: Longest gap between interacting neighbours.
            cooperativity: `(factors, factors)`, what a pair's weight is multiplied by.

        Returns:
            `(batch, places, factors)`.
        """
        reach = self.ends.shape[1]
        within = np.tri(reach, places) - np.tri(reach, places, -max_gap - 1)
        within = ops.convert_to_tensor(within, self.ends.dtype)
        return ops.matmul(ops.einsum("bef,es->bsf", self.ends, within), cooperativity)

    def extended(self, ends: keras.KerasTensor) -> _Sums:
        """Returns the sums with configurations that end at the next places.

        Args:
            ends: `(batch, places, factors)`, no more places than a site is wide.
        """
        places = ends.shape[1]
        all_sums = 1.0 + ops.cumsum(ops.sum(ends, axis=2), axis=1)
        total = all_sums[:, -1:]
        ends = ops.concatenate([self.ends[:, places:], ends], axis=1) / total[..., None]
        all_sums = ops.concatenate([self.all[:, places:], all_sums], axis=1) / total
        return _Sums(ends, all_sums, self.log_total + ops.log(total)[..., None])
