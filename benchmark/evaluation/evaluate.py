"""All axes of one trained model on one task."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.evaluation import interpretability
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.prediction import measure_prediction
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.runtime import stream_seed
from tfbs.datasets.alphabet import one_hot, reverse_complement
from tfbs.datasets.task import Task, probe_set


def evaluate(
    model: keras.Model, task: Task, seed: int
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns every measurement that applies to the task, and the arrays they come from.

    Args:
        model: From one-hot to logits.
        task: With a `test` split.
        seed: The run's seed.

    Returns:
        Measurements of all axes but cost, and arrays by name: `test_logits` and
        `test_logits_reverse_complement`, `(n, targets)` float32, and attribution maps where
        the task has ground truth.
    """
    bootstrap = stream_seed(seed, "bootstrap")
    test = task.splits["test"]
    predict = Predictor(model)
    arrays = {
        "test_logits": predict(test.sequence),
        "test_logits_reverse_complement": predict(reverse_complement(np.asarray(test.sequence))),
    }
    label = np.asarray(test.label)
    measured = measure_prediction(label, arrays["test_logits"], task.targets, bootstrap)
    if test.information is not None:
        positives = (label == 1).any(axis=1)
        probe = probe_set(test.ids, interpretability.PROBE_SIZE, where=positives)
        scores, maps = interpretability.measure_interpretability(
            model,
            one_hot(np.asarray(test.sequence[probe])),
            np.asarray(test.information[probe]),
            bootstrap,
        )
        measured += scores
        arrays |= maps
    return measured, arrays
