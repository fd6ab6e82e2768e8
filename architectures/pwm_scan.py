"""Floor: what scanning with the known motifs tells."""

from __future__ import annotations

from typing import Literal

import keras

from tfbs.architectures.layers.motif_scan import MotifScan, pack
from tfbs.architectures.logistic import fit_logistic, one_column_each
from tfbs.architectures.registry import LabelledSequences, register
from tfbs.jaspar import log_odds, read_vertebrates
from tfbs.parameters import Json

Release = Literal[
    "JASPAR2014", "JASPAR2016", "JASPAR2018", "JASPAR2020", "JASPAR2022", "JASPAR2024", "JASPAR2026"
]


def fit_scan(
    model: keras.Model,
    train: LabelledSequences,
    valid: LabelledSequences,
    seed: int,
    /,
    **hyperparameters: Json,
) -> dict[str, Json]:
    """Fits logistic regressions on the scores of all motifs, or of each target's best motif.

    The best motif of a target has the largest AUROC on the training split.

    Args:
        model: What `pwm_scan` returned; changed in place.
        train: Training split.
        valid: Validation split, for the penalty only.
        seed: Seed of the solver.
        hyperparameters: Those of the architecture.

    Returns:
        `{"inverse_penalty": [C per target, or None]}`, and for `readout="best"` also
        `{"motif": [JASPAR id per target, or None for a target with one class]}`.
    """
    if hyperparameters["readout"] == "all":
        return fit_logistic(model, train, valid, seed)
    chosen, columns = one_column_each(model, train, valid, seed)
    ids = [motif.matrix_id for motif in read_vertebrates(str(hyperparameters["release"]))]
    return chosen | {"motif": [None if column is None else ids[column] for column in columns]}


@register(
    "pwm_scan",
    family="floor",
    source="Stormo (2000), https://doi.org/10.1093/bioinformatics/16.1.16, with the matrices of "
    "JASPAR, https://doi.org/10.1093/nar/gkv1176",
    deviations=(
        "A pseudocount of 0.01 is added to each probability, whatever the number of sites.",
        "A match may hang over the end of a sequence; what lies outside adds nothing.",
    ),
    fit=fit_scan,
    receptive_field=21,
)
def pwm_scan(
    length: int,
    num_targets: int,
    *,
    release: Release = "JASPAR2016",
    readout: Literal["all", "best"] = "all",
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
    matrices = [log_odds(motif.probabilities) for motif in read_vertebrates(release)]
    width = max(map(len, matrices)) | 1  # odd, so that both strands overhang alike
    scan = MotifScan(len(matrices), width, name="scan")
    sequence = keras.Input((length, 4), name="sequence")
    x = keras.layers.GlobalMaxPooling1D(name="features")(scan(sequence))
    scan.set_weights([pack(matrices, width)])
    outputs = keras.layers.Dense(num_targets, name="logits")(x)
    return keras.Model(sequence, outputs, name="pwm_scan")
