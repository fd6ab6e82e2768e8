"""Floor: what the best match of the known motifs tells."""

from __future__ import annotations

import keras

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
    "pwm_scan",
    family="floor",
    source=f"Stormo (2000), https://doi.org/10.1093/bioinformatics/16.1.16, with {MATRICES}",
    deviations=DEVIATIONS,
    fit=fit_scan,
    receptive_field=21,
)
def pwm_scan(
    length: int,
    num_targets: int,
    *,
    release: Release = "JASPAR2016",
    readout: Readout = "all",
) -> keras.Model:
    """The best log-odds of each vertebrate JASPAR motif on both strands, weighed by a regression.

    Log-odds are natural logarithms against uniform bases.

    Args:
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        release: Of JASPAR; its CORE motifs of vertebrates are scanned, 519 in 2016.
        readout: `all` motifs in one regression, or for each target the `best` on the training
            split alone.

    Returns:
        A model from `(batch, length, 4)` to `(batch, num_targets)` logits.
    """
    pool = keras.layers.GlobalMaxPooling1D
    return scanning_model("pwm_scan", length, num_targets, release, pool)
