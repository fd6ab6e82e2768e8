"""The examples that a model is put to the test on, and what is measured on all of them alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.evaluation.interpretability import TRUTH_RULES
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.prediction import measure_prediction
from tfbs.benchmark.evaluation.ranking import BASIC
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.predict import Predictor
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.catalogue import TrueLogits
from tfbs.datasets.split import Split
from tfbs.datasets.task import Task

WORDS = {"auroc": "AUROC", "average_precision": "Average precision"}


@dataclass(frozen=True)
class Examples:
    """Rows of the test split, with the model that reads them.

    Attributes:
        predictor: The model; None where its outputs are at hand.
        codes: `(n, length)` uint8.
        label: `(n, targets)` int8, -1 where unknown.
        targets: Names of the label columns.
        seed: Of the bootstrap.
        tracks: `(n, length, tracks)` float32, of no width for a model that reads none.
        silent: `(n, length)` bool: where letters may change and labels stay, if the task tells:
            without information, and outside of all that was planted (repressors have none).
        true_logits: Returns `(n,)` true logits of codes, if the task has a rule.
    """

    predictor: Predictor | None
    codes: np.ndarray
    label: np.ndarray
    targets: tuple[str, ...]
    seed: int
    tracks: np.ndarray | None = None
    silent: np.ndarray | None = None
    true_logits: TrueLogits | None = None

    @classmethod
    def of(cls, predict: Predictor, task: Task, rows: np.ndarray, seed: int) -> Examples:
        """Reads rows of the test split."""
        test = task.splits["test"]
        return cls(
            predict,
            np.asarray(test.sequence[rows]),
            np.asarray(test.label[rows]),
            task.targets,
            seed,
            read_tracks(predict.model, test.tracks, rows, len(rows)),
            _silent(test, rows),
            task.true_logits,
        )

    @property
    def predict(self) -> Predictor:
        """The model; only its outputs are at hand where there is none."""
        assert self.predictor is not None  # noqa: S101  (what needs a model is not rescored)
        return self.predictor

    @property
    def sequence(self) -> np.ndarray:
        """`(n, length, 4)` float32 one-hot."""
        return one_hot(self.codes)

    @property
    def positives(self) -> int:
        """Examples with a bound target."""
        return int((self.label == 1).any(axis=1).sum())

    def rank(self, outputs: Mapping[str, np.ndarray]) -> list[Measurement]:
        """Returns AUROC and average precision of outputs, `<metric>_<name>` each.

        Args:
            outputs: `(n, targets)` logits by name.
        """
        return [
            measurement
            for name, logit in outputs.items()
            for measurement in measure_prediction(
                self.label,
                logit,
                self.targets,
                self.seed,
                split="probe",
                suffix=f"_{name}",
                names=BASIC,
            )
        ]

    def mean(self, name: str, values: np.ndarray, reason: str = "no example has it") -> Measurement:
        """Returns the mean of one value per example, with its interval; NaN values are left out."""
        return measure_mean(name, values, self.seed, reason)


def _silent(test: Split, rows: np.ndarray) -> np.ndarray | None:
    """Returns where letters say nothing about the labels; None where the task does not tell."""
    if test.information is None:
        return None
    silent = np.asarray(test.information[rows]) <= TRUTH_RULES[""].threshold
    if test.placements is not None:
        for row, planted in zip(silent, test.placements.of(rows), strict=True):
            for place in planted:
                row[place.start : place.end] = False
    return silent


def register_ranking(names: Iterable[str], words: str) -> None:
    """Enters AUROC and average precision of perturbed examples into the glossary.

    Args:
        names: Of the perturbations: the metrics are `auroc_<name>` and `average_precision_<name>`.
        words: What happened to the examples; a `{}` in it stands for what follows the last `_`.
    """
    for name in names:
        happened = words.format(name.rpartition("_")[2])
        for metric, word in WORDS.items():
            METRICS.add(
                f"{metric}_{name}",
                Metric(
                    "robustness",
                    f"{word} on probe examples {happened}.",
                    formula=f"{metric}(y, f(x'))",
                    between=SHARE,
                    asked=stressed,
                ),
            )
