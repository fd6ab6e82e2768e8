"""One run: build, train, evaluate, record."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfbs.benchmark.convergence import Convergence
from tfbs.benchmark.progress import Progress
from tfbs.benchmark.record import (
    SCHEMA,
    Record,
    RecordFolder,
    describe_code,
    read_record,
    write_arrays,
    write_record,
)
from tfbs.benchmark.runtime import describe_environment, pin_threads, stream_seed
from tfbs.benchmark.spec import RunSpec
from tfbs.errors import UserError
from tfbs.parameters import Json

if TYPE_CHECKING:
    import keras

    from tfbs.architectures import LabelledSequences
    from tfbs.benchmark.tracking import OpenRun, Store
    from tfbs.benchmark.training.fit import Training
    from tfbs.datasets.task import Split, Task

MODEL_FILE = "model.keras"


@dataclass(frozen=True)
class Fitted:
    """A trained model and how it came about."""

    model: keras.Model
    training: Training | None
    chosen: dict[str, Json]
    seconds: float


def find_finished(spec: RunSpec, store: Store, records: RecordFolder | None) -> Record | None:
    """Returns the record of a run that is already done, from the records folder or the store."""
    if records is not None and (record := records.find(spec.id)) is not None:
        return record
    record = store.find(spec.id)
    if record is not None and records is not None:
        folder = store.folder(spec.id)
        assert folder is not None  # noqa: S101  (its record was just read)
        records.add(folder)
    return record


def execute(
    spec: RunSpec,
    task: Task,
    store: Store,
    records: RecordFolder | None = None,
    *,
    threads: int,
    progress: Progress | None = None,
) -> Record:
    """Trains, evaluates and records one run, whether or not it was done before.

    Args:
        spec: The run.
        task: Its task, loaded; the fingerprint must match.
        store: Where the run is tracked.
        records: A folder that gets a copy of the record.
        threads: TensorFlow's threads.
        progress: Where to report.

    Returns:
        The record, which is then finished in the store.

    Raises:
        UserError: If the task's data are not those of the spec.
        TrainingFailed: If training diverges.
    """
    if task.fingerprint != spec.task["fingerprint"]:
        raise UserError(
            f"task {spec.task_name} has fingerprint {task.fingerprint[:12]}, the run asks for "
            f"{str(spec.task['fingerprint'])[:12]}: the data differ"
        )
    if records is not None:
        records.prepare()
    pin_threads(threads)
    progress = progress or Progress(str(spec))
    with store.start(spec) as run, tempfile.TemporaryDirectory(prefix="tfbs-") as name:
        folder = Path(name)
        record = _produce(spec, task, run, folder, threads, progress)
        run.finish(folder)
    if records is not None:
        finished = store.folder(spec.id)
        assert finished is not None  # noqa: S101  (it was just finished)
        records.add(finished)
    return record


def _produce(
    spec: RunSpec, task: Task, run: OpenRun, folder: Path, threads: int, progress: Progress
) -> Record:
    """Does the work of a run and leaves record, arrays and model in `folder`."""
    from tfbs.benchmark.evaluation.cost import measure_cost, reset_peak_memory
    from tfbs.benchmark.evaluation.evaluate import evaluate
    from tfbs.benchmark.protocol import PROTOCOLS
    from tfbs.benchmark.training import REGIMES

    procedure = REGIMES[str(spec.regime["name"])].make(_mapping(spec.regime["parameters"]))
    reset_peak_memory()
    prepared = procedure.prepare_task(task, spec.seed)
    fitted = train(spec, prepared, procedure, run, progress)
    progress.step("evaluating")
    started = time.perf_counter()
    metrics, arrays = evaluate(fitted.model, prepared, PROTOCOLS[spec.protocol], spec.seed)
    evaluation_seconds = time.perf_counter() - started
    fitted.model.save(folder / MODEL_FILE)
    training = fitted.training
    write_record(
        folder,
        {
            "schema": SCHEMA,
            "id": spec.id,
            "spec": spec.to_json(),
            "dataset": _describe_dataset(task),
            "training": _describe_training(fitted, _mapping(spec.regime["parameters"])),
            "metrics": [measurement.to_json() for measurement in metrics],
            "cost": measure_cost(fitted.model)
            | {
                "training_seconds": fitted.seconds,
                "training_examples_per_second": training and training.examples_per_second,
                "training_forward_passes": training and training.passes[0],
                "training_backward_passes": training and training.passes[1],
                "evaluation_seconds": evaluation_seconds,
            },
            "arrays": write_arrays(folder, arrays),
            "environment": describe_environment(threads),
            "code": describe_code(),
        },
    )
    return read_record(folder)


def train(spec: RunSpec, task: Task, procedure: Any, run: OpenRun, progress: Progress) -> Fitted:
    """Returns the trained model of a run; floors fit themselves, whatever the procedure."""
    import keras

    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training.fit import fit
    from tfbs.benchmark.training.probe import JointProbe
    from tfbs.benchmark.training.sampling import EpochSampler, validation_rows

    architecture = ARCHITECTURES[str(spec.architecture["name"])]
    if architecture.source_hash != spec.architecture.get("source"):
        raise UserError(f"{architecture.name} is no longer the code that the run asks for")
    hyperparameters = _mapping(spec.architecture["hyperparameters"])
    keras.backend.clear_session()
    gc.collect()
    keras.utils.set_random_seed(stream_seed(spec.seed, "initialisation"))
    model = architecture.build(
        task.length, len(task.targets), hyperparameters, num_tracks=len(task.tracks)
    )
    train_split, valid_split = task.splits["train"], task.splits["valid"]
    started = time.perf_counter()
    if architecture.fit is not None:
        progress.step("fitting")
        seed = stream_seed(spec.seed, "fit")
        rows = EpochSampler(
            train_split.label, procedure.negatives_per_positive, stream_seed(spec.seed, "order")
        )(0)
        chosen = architecture.fit(
            model,
            _labelled(train_split, rows),
            _labelled(valid_split, validation_rows(valid_split)),
            seed,
            **hyperparameters,
        )
        return Fitted(model, None, chosen, time.perf_counter() - started)

    def report(epoch: int, epochs: int, values: Mapping[str, float]) -> None:
        run.log_epoch(epoch, values)
        progress.epoch(epoch, epochs, values)

    probe = JointProbe(model, task.splits["valid"]) if procedure.probe_epochs else None
    training = fit(model, procedure, train_split, valid_split, spec.seed, report, probe)
    return Fitted(model, training, {}, training.seconds)


def _labelled(split: Split, rows: np.ndarray) -> LabelledSequences:
    from tfbs.architectures import LabelledSequences

    return LabelledSequences(split.sequence[rows], np.asarray(split.label[rows]))


def _mapping(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)  # noqa: S101  (RunSpec holds mappings there)
    return value


def _describe_dataset(task: Task) -> dict[str, Json]:
    return {
        "fingerprint": task.fingerprint,
        "length": task.length,
        "targets": list(task.targets),
        "splits": {
            name: {
                "n": len(split.label),
                "positives": [int(n) for n in (np.asarray(split.label) == 1).sum(axis=0)],
            }
            for name, split in task.splits.items()
        },
    }


def _describe_training(fitted: Fitted, parameters: Mapping[str, Json]) -> dict[str, Json]:
    training = fitted.training
    curves = {} if training is None else training.curves
    convergence = Convergence.judge(curves, parameters)
    return {
        **({} if convergence is None else {"convergence": convergence.to_json()}),
        "curves": _finite(curves),
        "probe_curves": {} if training is None else _finite(training.probe_curves),
        "epochs": len(curves.get("loss", [])),
        "best_epoch": 0 if training is None else training.best_epoch,
        "steps": 0 if training is None else training.steps,
        "chosen": fitted.chosen,
    }


def _finite(curves: Mapping[str, list[float]]) -> dict[str, Json]:
    """Returns curves with undefined points as null, which JSON has."""
    return {
        name: [value if np.isfinite(value) else None for value in values]
        for name, values in curves.items()
    }
