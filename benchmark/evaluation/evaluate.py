"""All axes of one trained model on one task."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.evaluation.interpretability import measure_interpretability
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.prediction import measure_prediction
from tfbs.benchmark.evaluation.robustness import measure_robustness, measure_strands
from tfbs.benchmark.explain.filters import filter_motifs
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import Protocol
from tfbs.benchmark.runtime import stream_seed
from tfbs.datasets.alphabet import one_hot, reverse_complement
from tfbs.datasets.task import Task, probe_set

Result = tuple[list[Measurement], dict[str, np.ndarray]]


def evaluate(model: keras.Model, task: Task, protocol: Protocol, seed: int) -> Result:
    """Returns every measurement that applies to the task, and the arrays they come from.

    Args:
        model: From one-hot to logits.
        task: With a `test` split.
        protocol: Sizes and strengths.
        seed: The run's seed.

    Returns:
        Measurements of all axes but cost, and arrays by name: `test_logits` and
        `test_logits_reverse_complement`, `(n, targets)` float32; `probe_logits_<perturbation>`
        of the robustness probe; `attribution_<method>` maps where the task has ground truth;
        `filter_motifs`, `(filters, 20, 4)`, and `filter_windows`, `(filters,)`, of networks with
        a layer called `motifs`.
    """
    bootstrap = stream_seed(seed, "bootstrap")
    predict = Predictor(model)
    parts = [
        _prediction(predict, task, bootstrap),
        _robustness(predict, task, protocol, bootstrap),
        _interpretability(model, task, protocol, bootstrap),
    ]
    measured = [measurement for measurements, _ in parts for measurement in measurements]
    arrays = {name: array for _, named in parts for name, array in named.items()}
    return measured, arrays


def _prediction(predict: Predictor, task: Task, seed: int) -> Result:
    test = task.splits["test"]
    forward = predict(test.sequence)
    reverse = predict(reverse_complement(np.asarray(test.sequence)))
    measured = measure_prediction(np.asarray(test.label), forward, task.targets, seed)
    measured += measure_strands(forward, reverse, seed)
    return measured, {"test_logits": forward, "test_logits_reverse_complement": reverse}


def _robustness(predict: Predictor, task: Task, protocol: Protocol, seed: int) -> Result:
    test = task.splits["test"]
    probe = probe_set(test.ids, protocol.robustness_probe)
    codes, label = np.asarray(test.sequence[probe]), np.asarray(test.label[probe])
    return measure_robustness(predict, codes, label, task.targets, protocol, seed)


def _interpretability(model: keras.Model, task: Task, protocol: Protocol, seed: int) -> Result:
    test = task.splits["test"]
    positives = (np.asarray(test.label) == 1).any(axis=1)
    probe = probe_set(test.ids, protocol.explanation_probe, where=positives)
    sequence = one_hot(np.asarray(test.sequence[probe]))
    measured: list[Measurement] = []
    arrays: dict[str, np.ndarray] = {}
    if test.information is not None:
        truth = np.asarray(test.information[probe])
        measured, arrays = measure_interpretability(model, sequence, truth, seed)
    filters = filter_motifs(model, sequence)
    if filters is not None:
        arrays = arrays | {"filter_motifs": filters[0], "filter_windows": filters[1]}
    return measured, arrays
