"""All axes at once, every few epochs, on a small fixed part of the validation split."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.attacks import PGD, Attacker
from tfbs.benchmark.evaluation.interpretability import TRUTH_RULES, position_scores_areas
from tfbs.benchmark.evaluation.prediction import auroc, average_precision, mean_over_targets
from tfbs.benchmark.evaluation.robustness import STABILITY_EPSILON, map_similarity
from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.benchmark.inputs import read_tracks
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.probe import bound_rows, probe_rows
from tfbs.datasets.task import Split

PREDICTION_PROBE = 200
EXPLANATION_PROBE = 50
ATTACK_STEPS = 10


class JointProbe:
    """The joint curves of a run: prediction, robustness and interpretability while it learns.

    The test split is not touched: the probe is part of validation, the same for every run.

    Args:
        model: In training.
        valid: The validation split.
    """

    def __init__(self, model: keras.Model, valid: Split) -> None:
        chosen = probe_rows(valid, PREDICTION_PROBE)
        self._sequence = one_hot(np.asarray(valid.sequence[chosen]))
        self._label = np.asarray(valid.label[chosen])
        self._tracks = read_tracks(model, valid.tracks, chosen, len(chosen))
        self._attack = Attacker(model, PGD(epsilon=STABILITY_EPSILON, steps=ATTACK_STEPS))
        self._gradient = InputGradient(model)
        explained = bound_rows(valid, EXPLANATION_PROBE)
        self._explained = one_hot(np.asarray(valid.sequence[explained]))
        self._explained_label = np.asarray(valid.label[explained])
        self._explained_tracks = read_tracks(model, valid.tracks, explained, len(explained))
        self._information = (
            None if valid.information is None else np.asarray(valid.information[explained])
        )

    def __call__(self) -> dict[str, float]:
        """Returns the value of every curve at this moment; NaN where one is undefined."""
        tracks, beside = self._tracks, self._explained_tracks
        _, clean = self._attack(self._sequence, self._label, 0.0, tracks=tracks)
        _, attacked = self._attack(self._sequence, self._label, tracks=tracks)
        perturbed, _ = self._attack(self._explained, self._explained_label, tracks=beside)
        values = {
            "auroc": mean_over_targets(auroc, self._label, clean),
            "average_precision": mean_over_targets(average_precision, self._label, clean),
            f"auroc_pgd_{STABILITY_EPSILON:g}": mean_over_targets(auroc, self._label, attacked),
            f"attribution_stability_pgd_{STABILITY_EPSILON:g}": float(
                map_similarity(self._gradient, self._explained, perturbed, tracks=beside).mean()
            ),
        }
        if self._information is not None:
            maps = explain_bound(
                self._gradient, self._explained, self._explained_label, tracks=beside
            )
            scores = (maps * self._explained).sum(axis=-1)
            areas = position_scores_areas(scores, self._information, TRUTH_RULES[""])
            values["attribution_auroc_saliency"] = float(np.nanmean(areas[:, 0]))
            values["attribution_aupr_saliency"] = float(np.nanmean(areas[:, 1]))
        return values
