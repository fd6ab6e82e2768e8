"""Energies of binding as a layer: what a factor makes of every site, in units of kT."""

from __future__ import annotations

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

NO_SITE = -30.0
"""Log-weight where the sequence ends before the site does: bound once in 1e13."""


@keras.saving.register_keras_serializable(package="tfbs")
class SiteWeights(keras.layers.Layer):
    """Returns the logarithm of the statistical weight of every site, bound against free.

    A site is a window of `width` nucleotides that a factor binds in one of two orientations. Its
    energy is the sum of one number for each of its letters, and the weight of an orientation
    is exp(potential - energy); the weights of both orientations add up. So with `sigmoid`
    behind it the layer gives `w / (1 + w)`, the occupancy of every site on its own, and can
    stand in the place of a first convolution and its activation.

    Source: Berg & von Hippel (1987), https://doi.org/10.1016/0022-2836(87)90354-8; as a
    network, Tareen & Kinney (2019), https://doi.org/10.1101/835942.

    The gauge is fixed: at each position the mean of the four energies is 0, whatever the
    trained numbers are, so `potential` is the chemical potential against a site of random
    letters. A row of zeros (an unknown nucleotide) counts as a mean letter.

    Args:
        num_factors: Number of factors.
        width: Of a site, in nucleotides.
        potential: Initial chemical potential of every factor, in kT.
        spread: Standard deviation of the initial energies, in kT.
        padding: `valid`, or `same`: positions in the middle of a site that the sequence does not
            hold whole have the log-weight `NO_SITE`.

    Input shape:
        `(batch, length, 4)`, order A, C, G, T.

    Output shape:
        `(batch, length - width + 1, num_factors)`, by the first nucleotide of the site, or
        `(batch, length, num_factors)`, by its middle; of the reverse complement the same,
        mirrored, for odd widths under `same`.
    """

    def __init__(
        self,
        num_factors: int,
        width: int,
        potential: float = 0.0,
        spread: float = 0.3,
        padding: Literal["valid", "same"] = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_factors = num_factors
        self.width = width
        self.potential = potential
        self.spread = spread
        self.padding = padding

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the energies, `(width, 4, num_factors)`, and the potentials, `(num_factors,)`."""
        del input_shape
        self.energy = self.add_weight(
            shape=(self.width, 4, self.num_factors),
            initializer=keras.initializers.RandomNormal(stddev=self.spread),
            name="energy_kernel",
        )
        self.chemical_potential = self.add_weight(
            shape=(self.num_factors,),
            initializer=keras.initializers.Constant(self.potential),
            name="chemical_potential",
        )

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        """Returns the log-weight of every site."""
        energy = self.energy - ops.mean(self.energy, axis=1, keepdims=True)
        strands = ops.concatenate([energy, ops.flip(energy, axis=(0, 1))], axis=2)
        forward, reverse = ops.split(-ops.conv(inputs, strands, padding="valid"), 2, axis=2)
        weights = ops.logaddexp(forward, reverse) + self.chemical_potential
        if self.padding == "valid":
            return weights
        around = ((0, 0), ((self.width - 1) // 2, self.width // 2), (0, 0))
        return ops.pad(weights, around, constant_values=NO_SITE)

    def energies(self) -> np.ndarray:
        """Returns the energies in their gauge, `(num_factors, width, 4)`, in kT."""
        energy = ops.convert_to_numpy(self.energy)
        centred: np.ndarray = energy - energy.mean(axis=1, keepdims=True)
        return centred.transpose(2, 0, 1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns `(batch, positions, num_factors)`."""
        batch, length, _ = input_shape
        if length is not None and self.padding == "valid":
            length = length - self.width + 1
        return (batch, length, self.num_factors)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "num_factors": self.num_factors,
            "width": self.width,
            "potential": self.potential,
            "spread": self.spread,
            "padding": self.padding,
        }
