"""Domain knowledge as switches of any network: hyperparameters that are called `prior.NAME`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from tfbs.architectures.parameters import Choice, Positive
from tfbs.errors import Refused

if TYPE_CHECKING:
    import keras

PREFIX = "prior."


@dataclass(frozen=True, kw_only=True)
class Priors:
    """What a network is told beside the examples.

    Attributes:
        rc: How the reverse complement is read, see `strands.STRATEGIES`.
        first_layer: What the motif detectors are, see `first_layer.FIRST_LAYERS`.
        motifs: Ids of the JASPAR matrices that `jaspar` and `jaspar_frozen` start from; the
            first of vertebrates by id where none are named.
        first_pool: Width of the pool that follows the motifs, in nucleotides; the
            architecture's own by default.
        tracks: Where the task's tracks are read, see `tracks.FUSIONS`.
    """

    rc: Annotated[
        Literal[
            "none",
            "augmentation",
            "siamese_mean",
            "siamese_max",
            "posthoc",
            "posthoc_augmented",
            "shared",
            "pool_sum",
            "pool_average",
            "pool_max",
        ],
        Choice(("none", "augmentation", "siamese_mean", "shared", "pool_max")),
    ] = "none"
    first_layer: Annotated[
        Literal["none", "jaspar", "jaspar_frozen", "information", "circular", "occupancy"],
        Choice(("none", "jaspar", "information", "circular", "occupancy")),
    ] = "none"
    motifs: tuple[str, ...] = ()
    first_pool: Positive | None = None
    tracks: Literal["none", "early", "late"] = "none"

    def apply(self, network: keras.Model, num_tracks: int) -> keras.Model:
        """Returns the network with the priors built in.

        Args:
            network: From `(batch, length, 4)` to logits.
            num_tracks: Tracks of the task.

        Raises:
            Refused: If a prior does not apply to the task or the network.
        """
        from tfbs.architectures.priors.first_layer import FIRST_LAYERS, OF_JASPAR, with_first_pool
        from tfbs.architectures.priors.strands import read_strands
        from tfbs.architectures.priors.tracks import early_fusion, late_fusion

        if self.tracks != "none" and not num_tracks:
            raise Refused(f"prior.tracks={self.tracks} needs tracks, and the task has none")
        if self.motifs and self.first_layer not in OF_JASPAR:
            raise Refused(f"prior.motifs goes with prior.first_layer={' or '.join(OF_JASPAR)}")
        if self.first_pool is not None:
            network = with_first_pool(network, self.first_pool)
        if self.first_layer != "none":
            network = FIRST_LAYERS[self.first_layer](network, self.motifs)
        if self.tracks == "early":
            network = early_fusion(network, num_tracks)
        if self.rc != "none":
            network = read_strands(network, self.rc)
        if self.tracks == "late":
            network = late_fusion(network, num_tracks)
        return network


def describe_priors() -> dict[str, str]:
    """Returns what `--set` takes of each prior, `"prior.rc=shared"`, with a line on each."""
    from tfbs.architectures.priors.first_layer import FIRST_LAYERS, OF_JASPAR
    from tfbs.architectures.priors.strands import STRATEGIES
    from tfbs.architectures.priors.tracks import FUSIONS

    values: dict[str, Mapping[str, object]] = {
        "rc": STRATEGIES,
        "first_layer": FIRST_LAYERS,
        "tracks": FUSIONS,
    }
    lines = {
        f"{PREFIX}{prior}={value}": (function.__doc__ or "").partition("\n")[0]
        for prior, functions in values.items()
        for value, function in functions.items()
    }
    return lines | {
        f'{PREFIX}motifs=["ID"]': f"The JASPAR matrices that {' and '.join(OF_JASPAR)} start from.",
        f"{PREFIX}first_pool=N": "Width of the pool that follows the motifs, in nucleotides.",
    }
