"""Binding at thermodynamic equilibrium as a network, whose every weight is an energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import keras
import numpy as np
from keras import ops

from tfbs.architectures.blocks import logits
from tfbs.architectures.layers.equilibrium import Equilibrium
from tfbs.architectures.layers.site_weights import SiteWeights
from tfbs.architectures.parameters import Count, KernelWidth, NonNegative, Positive, Range
from tfbs.architectures.receptive_field import WHOLE
from tfbs.architectures.registry import register


@dataclass(frozen=True)
class Binding:
    """What an `occupancy` model says of its factors.

    Attributes:
        energies: `(factors, width, 4)`, of A, C, G, T at each position of a site, in kT; their
            mean at each position is 0, and the lowest is the letter bound best.
        potentials: `(factors,)`, chemical potential against a site of random letters, in kT: the
            weight of a site in one orientation, bound against free, is exp(potential - energy).
        pair_energies: `(factors, factors)`, of near neighbours, in kT; below 0 they help each
            other.
        effects: `(factors, targets)`, what one bound factor adds to each logit.
        bias: `(targets,)`, logits of DNA that nothing binds.
    """

    energies: np.ndarray
    potentials: np.ndarray
    pair_energies: np.ndarray
    effects: np.ndarray
    bias: np.ndarray

    @property
    def best_potentials(self) -> np.ndarray:
        """The potentials against each factor's best site, `(factors,)`, in kT.

        The other usual gauge, where the best letter of each position has energy 0.
        """
        best: np.ndarray = self.potentials - self.energies.min(axis=2).sum(axis=1)
        return best


def read_binding(model: keras.Model) -> Binding:
    """Returns the energies, potentials and effects of an `occupancy` model, trained or not.

    Args:
        model: As `occupancy` builds it.

    Raises:
        ValueError: If it has no layer of that name.
    """
    sites, last = model.get_layer("site_weights"), model.get_layer("logits")
    return Binding(
        energies=sites.energies(),
        potentials=ops.convert_to_numpy(sites.chemical_potential),
        pair_energies=model.get_layer("equilibrium").pair_energies(),
        effects=ops.convert_to_numpy(last.kernel),
        bias=ops.convert_to_numpy(last.bias),
    )


@register(
    "occupancy",
    family="biophysical",
    source="Tareen & Kinney (2019), https://doi.org/10.1101/835942; Liu et al. (2020), "
    "https://doi.org/10.1093/bioinformatics/btaa506",
    receptive_field=WHOLE,
    deviations=(
        "Sites are not given but found: every window of either strand is one, for every factor.",
        "All configurations of sites that do not overlap are summed, by dynamic programming, "
        "instead of a few that are written down.",
        "Factors act on the logit in proportion to how many are bound, not through a polymerase.",
        "No concentrations are given: a factor has one chemical potential for all sequences.",
    ),
)
def occupancy(
    length: int,
    num_targets: int,
    *,
    num_factors: Annotated[Positive, Range(2, 64, log=True)] = 16,
    width: KernelWidth = 12,
    max_gap: Annotated[Count, Range(0, 40)] = 20,
    spread: Annotated[NonNegative, Range(0.05, 1.0, log=True)] = 0.3,
) -> keras.Model:
    """Factors bind, compete and cooperate at equilibrium; how many are bound adds up to a logit.

    The weights are energies in kT, which `read_binding` reads. The logits of a sequence and its
    reverse complement are equal. Energies of several kT are many steps away at the regimes'
    usual rate of 0.001: it learns faster with `--set learning_rate=0.02`.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        num_factors: Factors, each with an energy matrix and a chemical potential.
        width: Of a site, in nucleotides.
        max_gap: Longest gap over which two bound neighbours interact, in nucleotides.
        spread: Standard deviation of the initial energies, in kT.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits. Its layer `motifs` is
        the occupancy of each factor by the middle of the site, `(batch, length, num_factors)`.

    Raises:
        ValueError: If `length` is below `width`.
    """
    if length < width:
        raise ValueError(f"sequences of {length} nucleotides hold no site of {width}")
    # at first some 40 % of random DNA is covered
    potential = -float(np.log(2 * num_factors * width))
    sequence = keras.Input((length, 4), name="sequence")
    x = SiteWeights(num_factors, width, potential, spread, name="site_weights")(sequence)
    x = Equilibrium(width, max_gap, name="equilibrium")(x)
    x = keras.layers.ZeroPadding1D(((width - 1) // 2, width // 2), name="motifs")(x)
    return keras.Model(sequence, logits(ops.sum(x, axis=1), num_targets), name="occupancy")
