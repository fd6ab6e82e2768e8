"""Outputs, attacks and maps again, from weights in a network that we build ourselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.spec import RunSpec
from tfbs.datasets.task import Task
from tfbs.leaderboards.minimum import is_external
from tfbs.leaderboards.safe_weights import read_weights
from tfbs.leaderboards.submission import SubmittedRun
from tfbs.leaderboards.untrusted import LARGEST_FILE, read_bytes
from tfbs.parameters import Json

if TYPE_CHECKING:
    import keras


def rebuild(spec: RunSpec, task: Task) -> keras.Model:
    """Returns the network of a run with fresh weights.

    Args:
        spec: Of the run; its architecture and regime are registered.
        task: Of the run.
    """
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training.ensemble import mean_of

    hyperparameters: Any = spec.architecture["hyperparameters"]
    parameters: Any = spec.regime["parameters"]
    architecture = ARCHITECTURES[str(spec.architecture["name"])]

    def build() -> keras.Model:
        return architecture.build(task.length, len(task.targets), hyperparameters, len(task.tracks))

    if "ensemble" in str(spec.regime["name"]).split("+"):
        return mean_of([build() for _ in range(int(parameters["members"]))])
    return build()


def prepared(spec: RunSpec, task: Task) -> Task:
    """Returns the task as a run had it: the regime of a control may permute its labels.

    Args:
        spec: Of the run; its regime is registered, or that of other software.
        task: Of the run.
    """
    if is_external(spec):
        return task
    from tfbs.benchmark.training import REGIMES

    parameters: Any = spec.regime["parameters"]
    regime = REGIMES[str(spec.regime["name"])].make(parameters)
    return regime.prepare_task(task, spec.seed)


def load_weights(run: SubmittedRun, folder: Path, task: Task) -> keras.Model:
    """Returns the network of a run with the weights that were handed in.

    Raises:
        Unusable: If they are not exactly weights of this network.
    """
    assert run.weights is not None  # noqa: S101  (asked before)
    model = rebuild(run.spec, task)
    content = read_bytes(folder, run.weights, LARGEST_FILE)
    model.set_weights(read_weights(content, Path(run.weights).name, model))
    return model


def reevaluate(
    model: keras.Model, spec: RunSpec, task: Task
) -> tuple[list[Measurement], dict[str, np.ndarray], dict[str, Json]]:
    """Returns measurements, arrays and size of a network, as its run had them.

    Args:
        model: Trained.
        spec: Of its run.
        task: Of its run.
    """
    from tfbs.benchmark.evaluation.cost import measure_cost
    from tfbs.benchmark.evaluation.evaluate import evaluate

    own = prepared(spec, task)
    measured, arrays = evaluate(model, own, PROTOCOLS[spec.protocol], spec.seed)
    size = measure_cost(model)
    return measured, arrays, {key: size[key] for key in ("parameters", "macs")}
