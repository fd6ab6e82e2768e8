"""Floor: what the expected occupancy by the known motifs tells."""

from __future__ import annotations

import keras

from tfbs.architectures.layers.log_sum_exp import GlobalLogSumExp1D
from tfbs.architectures.pwm import (
    DEVIATIONS,
    MATRICES,
    Readout,
    Release,
    fit_scan,
    scanning_model,
)
from tfbs.architectures.registry import register


@register(
    "pwm_occupancy",
    family="floor",
    source="Granek & Clarke (2005), https://doi.org/10.1186/gb-2005-6-10-r87, far from saturation, "
    f"with {MATRICES}",
    deviations=(
        *DEVIATIONS,
        "Log-odds stand for energies, in units of kT; the concentration is in the intercept.",
    ),
    fit=fit_scan,
    receptive_field=21,
)
def pwm_occupancy(
    length: int,
    num_targets: int,
    *,
    release: Release = "JASPAR2016",
    readout: Readout = "all",
) -> keras.Model:
    """The log-sum-exp of each motif's log-odds over windows and strands, weighed by a regression.

    Many weak matches count, where `pwm_scan` sees the best one only.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        release: Of JASPAR; its CORE motifs of vertebrates are scanned, 519 in 2016.
        readout: `all` motifs in one regression, or for each target the `best` on the training
            split alone.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    return scanning_model("pwm_occupancy", length, num_targets, release, GlobalLogSumExp1D)
