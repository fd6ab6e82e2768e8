"""What the floors have in common that scan with known motifs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Literal

import keras

from tfbs.architectures.layers.motif_scan import MotifScan, pack
from tfbs.architectures.logistic import fit_logistic, one_column_each
from tfbs.architectures.registry import LabelledSequences
from tfbs.jaspar import Motif, log_odds, read_vertebrates
from tfbs.parameters import Json

MATRICES = "the matrices of JASPAR, https://doi.org/10.1093/nar/gkv1176"
DEVIATIONS = (
    "A pseudocount of 0.01 is added to each probability, whatever the number of sites.",
    "A match may hang over the end of a sequence; what lies outside adds nothing.",
)
WIDTH_STEP = 4
"""Motifs of like width are scanned together: a wide kernel costs a narrow motif as much."""

Release = Literal[
    "JASPAR2014", "JASPAR2016", "JASPAR2018", "JASPAR2020", "JASPAR2022", "JASPAR2024", "JASPAR2026"
]
Readout = Literal["all", "best"]


def scanning_model(
    name: str, length: int, num_targets: int, release: Release, pool: Callable[[], keras.Layer]
) -> keras.Model:
    """Returns a model that scans with all motifs, pools their scores and weighs them.

    Its layer `features` has the pooled score of each motif, in the order of `by_width`.

    Args:
        name: Of the model.
        length: Sequence length, in nucleotides.
        num_targets: Number of labels.
        release: Of JASPAR.
        pool: Makes a layer that pools over both strands' positions.
    """
    sequence = keras.Input((length, 4), name="sequence")
    pooled, kernels = [], {}
    for width, motifs in itertools.groupby(by_width(release), _scanned_width):
        matrices = [log_odds(motif.probabilities) for motif in motifs]
        scan = MotifScan(len(matrices), width, name=f"scan_{width}")
        pooled.append(pool()(scan(sequence)))
        kernels[scan] = pack(matrices, width)
    for scan, kernel in kernels.items():
        scan.set_weights([kernel])
    features = keras.layers.Concatenate(name="features")(pooled)
    return keras.Model(
        sequence, keras.layers.Dense(num_targets, name="logits")(features), name=name
    )


def by_width(release: Release) -> list[Motif]:
    """Returns the CORE motifs of vertebrates as they are scanned, the widest first."""
    return sorted(read_vertebrates(release), key=_scanned_width, reverse=True)


def _scanned_width(motif: Motif) -> int:
    """Returns the width of the kernel for a motif: odd, one more than a multiple of the step."""
    return -(-(motif.width - 1) // WIDTH_STEP) * WIDTH_STEP + 1


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
        model: What `scanning_model` returned; changed in place.
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
    ids = [motif.matrix_id for motif in by_width(hyperparameters["release"])]  # type: ignore[arg-type]
    return chosen | {"motif": [None if column is None else ids[column] for column in columns]}
