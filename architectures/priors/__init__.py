"""Domain knowledge as switches of any network: hyperparameters that are called `prior.NAME`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tfbs.architectures.priors.tracks import late_fusion
from tfbs.errors import Refused

if TYPE_CHECKING:
    import keras

PREFIX = "prior."


@dataclass(frozen=True, kw_only=True)
class Priors:
    """What a network is told beside the sequence.

    Attributes:
        tracks: `late`: a summary of the task's tracks is added to the logits, see
            `late_fusion`; `none`: they are not read.
    """

    tracks: Literal["none", "late"] = "none"

    def apply(self, network: keras.Model, num_tracks: int) -> keras.Model:
        """Returns the network with the priors built in.

        Args:
            network: From `(batch, length, 4)` to logits.
            num_tracks: Tracks of the task.

        Raises:
            Refused: If a prior does not apply to the task.
        """
        if self.tracks == "none":
            return network
        if not num_tracks:
            raise Refused(f"prior.tracks={self.tracks} needs tracks, and the task has none")
        return late_fusion(network, num_tracks)
