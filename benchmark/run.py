"""One run: build, train, evaluate, record."""

from __future__ import annotations

import functools
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfbs.benchmark.convergence import worst
from tfbs.benchmark.progress import Progress
from tfbs.benchmark.record import (
    SCHEMA,
    Record,
    RecordFolder,
    describe_code,
    read_record,
    sources_digest,
    write_arrays,
    write_record,
)
from tfbs.benchmark.runtime import describe_environment, pin_threads, stream_seed
from tfbs.benchmark.spec import RunSpec, canonical_json
from tfbs.benchmark.watch import Pruned, TrainingFailed, Watch
from tfbs.errors import UserError
from tfbs.files import unfinished_folder
from tfbs.parameters import Json

if TYPE_CHECKING:
    import keras

    from tfbs.architectures import Architecture, LabelledSequences
    from tfbs.benchmark.tracking import OpenRun, Store
    from tfbs.benchmark.training.callbacks import EpochReport
    from tfbs.benchmark.training.checkpoint import Checkpoints
    from tfbs.benchmark.training.fit import Training
    from tfbs.benchmark.training.networks import Networks
    from tfbs.datasets.task import Split, Task

MODEL_FILE = "model.keras"

_TRAINING_COST = (
    "training_examples_per_second",
    "training_forward_passes",
    "training_backward_passes",
    "forward_passes_per_example",
    "backward_passes_per_example",
)


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
    watch: Watch | None = None,
    tags: Mapping[str, str] | None = None,
    networks: Networks | None = None,
) -> Record:
    """Trains, evaluates and records one run, whether or not it was done before.

    Under a protocol that judges on validation, the test splits are taken away first.

    Args:
        spec: The run.
        task: Its task, loaded; the fingerprint must match.
        store: Where the run is tracked.
        records: A folder that gets a copy of the record.
        threads: TensorFlow's threads.
        progress: Where to report.
        watch: What follows the training and may give it up.
        tags: Tags of the run in the store, beside its own.
        networks: Where the network may be kept for the next run of the same one.

    Returns:
        The record, which is then finished in the store.

    Raises:
        UserError: If the task's data are not those of the spec.
        TrainingFailed: If training diverges.
        Pruned: If `watch` gives the run up.
    """
    task.check_fingerprint(str(spec.task["fingerprint"]))
    if records is not None:
        records.prepare()
    pin_threads(threads)
    task = _seen(task, spec)
    progress = progress or Progress(str(spec))
    checkpoints = _checkpoints(spec, store, threads)
    place = store.output / spec.id[:16]
    with store.start(spec, tags) as run, unfinished_folder(place) as folder:
        report = _epoch_report(run, progress, watch)
        try:
            record = _produce(spec, task, report, folder, threads, progress, checkpoints, networks)
        except Pruned:
            run.flush()
            checkpoints.remove()
            raise
        except TrainingFailed:
            checkpoints.remove()  # it would fail again
            raise
        run.finish(folder)
    checkpoints.remove()
    if records is not None:
        finished = store.folder(spec.id)
        assert finished is not None  # noqa: S101  (it was just finished)
        records.add(finished)
    return record


def _seen(task: Task, spec: RunSpec) -> Task:
    """Returns what a run may see of its task."""
    from tfbs.benchmark.evaluation.validation import without_test
    from tfbs.benchmark.protocol import PROTOCOLS

    return without_test(task) if PROTOCOLS[spec.protocol].split == "valid" else task


def _checkpoints(spec: RunSpec, store: Store, threads: int) -> Checkpoints:
    """Returns where a run's training goes on if this process is killed."""
    from tfbs.benchmark.training.checkpoint import Checkpoints

    environment = describe_environment(threads)
    same = ("threads", "packages", "gpus", "deterministic_ops", "tensor_float_32")
    origin = {"sources": sources_digest(), **{name: environment[name] for name in same}}
    return Checkpoints(store.output / "checkpoints" / spec.id[:16], origin)


def _produce(
    spec: RunSpec,
    task: Task,
    report: EpochReport,
    folder: Path,
    threads: int,
    progress: Progress,
    checkpoints: Checkpoints,
    networks: Networks | None,
) -> Record:
    """Does the work of a run and leaves record, arrays and model in `folder`."""
    from tfbs.benchmark.evaluation.cost import measure_cost, reset_peak_memory
    from tfbs.benchmark.evaluation.evaluate import evaluate
    from tfbs.benchmark.protocol import PROTOCOLS
    from tfbs.benchmark.training import REGIMES

    procedure = REGIMES[str(spec.regime["name"])].make(_mapping(spec.regime["parameters"]))
    reset_peak_memory()
    prepared = procedure.prepare_task(task, spec.seed)
    fitted = train(spec, prepared, procedure, report, progress, checkpoints, networks)
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
            "dataset": describe_dataset(task),
            "training": _describe_training(fitted, _mapping(spec.regime["parameters"])),
            "metrics": [measurement.to_json() for measurement in metrics],
            "cost": measure_cost(fitted.model)
            | {"training_seconds": fitted.seconds, "evaluation_seconds": evaluation_seconds}
            | _training_cost(training),
            "arrays": write_arrays(folder, arrays),
            "environment": describe_environment(threads),
            "code": describe_code(),
        },
    )
    return read_record(folder)


def _training_cost(training: Training | None) -> dict[str, Json]:
    """Returns speed, passes in all and passes per training sequence and epoch; None for floors."""
    if training is None:
        return dict.fromkeys(_TRAINING_COST)
    forward, backward = training.passes
    values = (
        training.examples_per_second,
        forward,
        backward,
        forward / training.examples,
        backward / training.examples,
    )
    return dict(zip(_TRAINING_COST, values, strict=True))


def train(
    spec: RunSpec,
    task: Task,
    procedure: Any,
    report: EpochReport,
    progress: Progress,
    checkpoints: Checkpoints,
    networks: Networks | None = None,
) -> Fitted:
    """Returns the trained model of a run; floors fit themselves, whatever the procedure."""
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.numerics import Numerics
    from tfbs.benchmark.training import REGIMES
    from tfbs.benchmark.training.networks import Networks
    from tfbs.benchmark.training.workbench import Workbench

    architecture = ARCHITECTURES[str(spec.architecture["name"])]
    for named, digest in (
        (spec.architecture, architecture.source_hash),
        (spec.regime, REGIMES.source_hash(str(spec.regime["name"]))),
    ):
        if digest != named.get("source"):
            raise UserError(f"{named['name']} is no longer the code that the run asks for")
    hyperparameters = _mapping(spec.architecture["hyperparameters"])
    numerics = Numerics.from_json(spec.numerics)
    if networks is None or architecture.fit is not None or numerics.to_json():
        networks = Networks()
    key = canonical_json([spec.architecture, task.length, len(task.targets), len(task.tracks)])
    networks.begin(key)
    train_split, valid_split = task.splits["train"], task.splits["valid"]
    build = functools.partial(
        architecture.build,
        task.length,
        len(task.targets),
        hyperparameters,
        num_tracks=len(task.tracks),
    )
    bench = Workbench(
        build,
        train_split,
        valid_split,
        spec.seed,
        report,
        checkpoints,
        numerics=numerics,
        key=key,
        networks=networks,
    )
    if architecture.fit is not None:
        progress.step("fitting")
        model = bench.new_model()
        return _fit_floor(spec, architecture, model, train_split, valid_split, procedure)
    with numerics.applied():
        model, training = procedure.train(bench)
    return Fitted(numerics.finished(model), training, {}, training.seconds)


def _epoch_report(run: OpenRun, progress: Progress, watch: Watch | None) -> EpochReport:
    """Returns what tells store, user and watch of epochs, numbered over all fits of a run."""
    numbers = itertools.count(1)

    def report(epoch: int, epochs: int, values: Mapping[str, float]) -> None:
        number = next(numbers)
        run.log_epoch(number, values)
        progress.epoch(epoch, epochs, values)
        if watch is not None:
            watch(number, values)

    return report


def _fit_floor(
    spec: RunSpec,
    architecture: Architecture,
    model: keras.Model,
    train_split: Split,
    valid_split: Split,
    procedure: Any,
) -> Fitted:
    from tfbs.benchmark.training.sampling import EpochSampler, validation_rows

    assert architecture.fit is not None  # noqa: S101  (it is a floor)
    started = time.perf_counter()
    seed = stream_seed(spec.seed, "order")
    rows = EpochSampler(train_split.label, procedure.negatives_per_positive, seed)(0)
    chosen = architecture.fit(
        model,
        _labelled(train_split, rows),
        _labelled(valid_split, validation_rows(valid_split)),
        stream_seed(spec.seed, "fit"),
        **_mapping(spec.architecture["hyperparameters"]),
    )
    return Fitted(model, None, chosen, time.perf_counter() - started)


def _labelled(split: Split, rows: np.ndarray) -> LabelledSequences:
    from tfbs.architectures import LabelledSequences

    return LabelledSequences(split.sequence[rows], np.asarray(split.label[rows]))


def _mapping(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)  # noqa: S101  (RunSpec holds mappings there)
    return value


def describe_dataset(task: Task) -> dict[str, Json]:
    """Returns a record's `dataset`: lengths, targets, and the sizes of all splits."""
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
    convergence = worst([] if training is None else training.networks, parameters)
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
