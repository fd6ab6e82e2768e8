"""The one fit loop: Keras' own, with seeded streams and exact validation metrics."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.attacks import Attacker
from tfbs.benchmark.evaluation.prediction import auroc, average_precision, mean_over_targets
from tfbs.benchmark.inputs import bind, num_tracks, read_tracks
from tfbs.benchmark.predict import Predictor, one_hot
from tfbs.benchmark.runtime import stream_seed
from tfbs.benchmark.training.loss import class_weights, masked_cross_entropy
from tfbs.benchmark.training.sampling import EpochSampler, validation_rows
from tfbs.benchmark.training.standard import Standard
from tfbs.datasets.task import Split

JOINT = "joint/"
"""Prefix of the joint curves among an epoch's metrics."""

EpochReport = Callable[[int, int, Mapping[str, float]], None]
"""Called after each epoch with its number from 1, the largest number, and its metrics."""


class TrainingFailed(RuntimeError):
    """Training cannot go on; the message says why and since when."""


@dataclass(frozen=True)
class Training:
    """What a fit leaves beside the weights.

    Attributes:
        curves: One list per quantity, an entry per finished epoch.
        best_epoch: The epoch, from 1, whose weights the model has.
        seconds: Wall time of the training steps, without the first, which compiles.
        steps: Optimiser steps.
        examples_per_second: Training examples per second of those steps.
        passes: Forward and backward passes of a sequence, over all sequences and epochs.
        probe_curves: The joint curves: `epoch`, and one list per quantity.
    """

    curves: dict[str, list[float]]
    best_epoch: int
    seconds: float
    steps: int
    examples_per_second: float
    passes: tuple[int, int]
    probe_curves: dict[str, list[float]]


def fit(
    model: keras.Model,
    procedure: Standard,
    train: Split,
    valid: Split,
    seed: int,
    report: EpochReport,
    probe: Callable[[], dict[str, float]] | None = None,
) -> Training:
    """Trains `model` in place.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        procedure: The regime with its parameters.
        train: Training split.
        valid: Validation split.
        seed: The run's seed; streams are derived from it.
        report: Called after every epoch.
        probe: Measures the joint curves of `model`.

    Raises:
        TrainingFailed: If the loss is no longer finite.
    """
    order = stream_seed(seed, "order")
    sampler = EpochSampler(np.asarray(train.label), procedure.negatives_per_positive, order)
    seed_dropout(model, seed)
    balanced = procedure.class_weight == "balanced"
    trainer = _Trainer(model, procedure, class_weights(train.label[sampler(0)], balanced), seed)
    trainer.compile(keras.optimizers.Adam(procedure.learning_rate), jit_compile=False)
    steps = -(-len(sampler) // procedure.batch_size)
    clock = _Clock()
    joint = _Joint(probe, procedure.probe_epochs)
    outcome = trainer.fit(
        _batches(model, train, sampler, procedure.batch_size, order),
        epochs=procedure.epochs,
        steps_per_epoch=steps,
        shuffle=False,  # the batches come shuffled
        verbose=0,
        callbacks=[
            _Validation(model, valid, procedure.validation_attack(model)),
            joint,
            _Report(report, procedure.epochs),
            *_schedule(procedure),
            clock,
        ],
    )
    curves = {
        name: [float(value) for value in values]
        for name, values in outcome.history.items()
        if not name.startswith(JOINT)
    }
    done = len(curves["loss"])
    passes = np.array([procedure.passes(epoch) for epoch in range(done)]).sum(axis=0) * len(sampler)
    return Training(
        curves=curves,
        best_epoch=_best_epoch(procedure, curves),
        seconds=clock.seconds,
        steps=steps * done,
        examples_per_second=(len(sampler) * done - procedure.batch_size) / max(clock.seconds, 1e-9),
        passes=(int(passes[0]), int(passes[1])),
        probe_curves=joint.curves,
    )


def seed_dropout(model: keras.Model, seed: int) -> None:
    """Gives every random layer of `model` its own state, a function of (seed, its index)."""
    generators = [
        layer.seed_generator
        for layer in model._flatten_layers(include_self=False)
        if getattr(layer, "seed_generator", None) is not None
    ]
    for index, generator in enumerate(generators):
        generator.state.assign([stream_seed(seed, "dropout", index), 0])


class _Trainer(keras.Model):
    """A model whose training step is the procedure's."""

    def __init__(
        self, core: keras.Model, procedure: Standard, weights: np.ndarray, seed: int
    ) -> None:
        super().__init__()
        self.core = core
        self.procedure = procedure
        self.class_weights = tf.constant(weights)
        self.augmentation = keras.random.SeedGenerator(stream_seed(seed, "augmentation"))
        self.attack = keras.random.SeedGenerator(stream_seed(seed, "attack"))
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.finished_epochs = tf.Variable(0, trainable=False, dtype="int32")

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return [self.mean_loss]

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.core(inputs, training=training)

    def train_step(self, data: tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor]) -> dict[str, Any]:
        (codes, tracks), label = data
        sequence, tracks = self.procedure.augment(one_hot(codes), tracks, self.augmentation)
        unbound, bound = self.class_weights[:, 0], self.class_weights[:, 1]
        weight = tf.where(label == 1, bound, unbound)
        with tf.GradientTape() as tape:
            loss = self.procedure.loss(
                bind(self.core, tracks), sequence, label, weight, self.attack, self.finished_epochs
            )
            if self.core.losses:
                loss += tf.add_n(self.core.losses)
        variables = self.core.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        self.mean_loss.update_state(loss)
        return {"loss": self.mean_loss.result()}


def _batches(
    model: keras.Model, train: Split, sampler: EpochSampler, batch_size: int, seed: int
) -> tf.data.Dataset:
    """Yields shuffled batches for ever; epoch k's rows and order are functions of (seed, k) alone.

    A batch is `((codes, tracks), label)`.
    """

    def epoch(number: tf.Tensor) -> tf.data.Dataset:
        rows = tf.numpy_function(lambda k: sampler(int(k)), [number], tf.int64)
        rows = tf.ensure_shape(rows, (len(sampler),))
        order = tf.random.experimental.stateless_shuffle(
            rows, seed=tf.stack([tf.constant(seed, "int64"), number])
        )
        return tf.data.Dataset.from_tensor_slices(order).batch(batch_size)

    read = _reader(model, train)
    return tf.data.Dataset.counter().flat_map(epoch).map(read).prefetch(2)


def _reader(model: keras.Model, train: Split) -> Callable[[tf.Tensor], Any]:
    """Returns what reads rows of the training split: in the graph from memory, else by NumPy."""
    if num_tracks(model) == 0 and isinstance(train.sequence, np.ndarray):
        codes = tf.convert_to_tensor(np.ascontiguousarray(train.sequence))
        labels = tf.convert_to_tensor(np.ascontiguousarray(train.label))

        def gather(rows: tf.Tensor) -> Any:
            none = tf.zeros((tf.shape(rows)[0], codes.shape[1], 0))
            return (tf.gather(codes, rows), none), tf.gather(labels, rows)

        return gather

    def cut(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        tracks = read_tracks(model, train.tracks, rows, len(rows))
        return train.sequence[rows], tracks, np.asarray(train.label[rows])

    def read(rows: tf.Tensor) -> Any:
        codes, tracks, label = tf.numpy_function(cut, [rows], (tf.uint8, tf.float32, tf.int8))
        codes = tf.ensure_shape(codes, (None, train.sequence.shape[1]))
        tracks = tf.ensure_shape(tracks, (None, train.sequence.shape[1], num_tracks(model)))
        return (codes, tracks), tf.ensure_shape(label, (None, train.label.shape[1]))

    return read


def _schedule(procedure: Standard) -> list[keras.callbacks.Callback]:
    mode = "min" if procedure.monitor == "val_loss" else "max"
    return [
        keras.callbacks.ReduceLROnPlateau(
            procedure.monitor,
            factor=procedure.rate_factor,
            patience=procedure.rate_patience,
            mode=mode,
            min_delta=0.0,
            min_lr=procedure.minimum_rate,
        ),
        keras.callbacks.EarlyStopping(
            procedure.monitor,
            patience=procedure.patience,
            mode=mode,
            restore_best_weights=procedure.restore_best_weights,
            start_from_epoch=procedure.warm_up_epochs,
        ),
    ]


def _best_epoch(procedure: Standard, curves: Mapping[str, list[float]]) -> int:
    values = np.array(curves[procedure.monitor])
    warm_up = procedure.warm_up_epochs
    if not procedure.restore_best_weights or len(values) <= warm_up:
        return len(values)
    judged = values[warm_up:]
    best = np.nanargmin(judged) if procedure.monitor == "val_loss" else np.nanargmax(judged)
    return warm_up + int(best) + 1


class _Validation(keras.callbacks.Callback):
    """Adds exact validation metrics to the epoch's logs; runs before whatever reads them."""

    def __init__(
        self,
        core: keras.Model,
        valid: Split,
        attack: Attacker | None,
    ) -> None:
        super().__init__()
        self.predict = Predictor(core)
        rows = validation_rows(valid)
        whole = len(rows) == len(valid)
        self.sequence = valid.sequence if whole else valid.sequence[rows]
        self.tracks = read_tracks(core, valid.tracks, rows, len(rows))
        self.label = np.asarray(valid.label[rows])
        self.attack = attack

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        self.model.finished_epochs.assign(epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        if not np.isfinite(logs["loss"]):
            raise TrainingFailed(
                f"the training loss is {logs['loss']} after epoch {epoch + 1}: "
                "a lower learning rate may help"
            )
        logit = self.predict(self.sequence, self.tracks)
        if not np.isfinite(logit).all():
            raise TrainingFailed(f"validation outputs are not finite after epoch {epoch + 1}")
        ones = np.ones(self.label.shape, "float32")
        logs["val_loss"] = float(masked_cross_entropy(self.label, logit, ones))
        logs["val_auroc"] = mean_over_targets(auroc, self.label, logit)
        logs["val_average_precision"] = mean_over_targets(average_precision, self.label, logit)
        if self.attack is not None:
            sequence = one_hot(self.sequence[:]).numpy()
            _, attacked = self.attack(sequence, self.label, tracks=self.tracks)
            logs["val_adversarial_auroc"] = mean_over_targets(auroc, self.label, attacked)


class _Joint(keras.callbacks.Callback):
    """Adds the joint curves to the logs of every k-th epoch and keeps them."""

    def __init__(self, probe: Callable[[], dict[str, float]] | None, every: int) -> None:
        super().__init__()
        self.probe = probe
        self.every = every
        self.curves: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        if self.probe is None or not self.every or epoch % self.every:
            return
        values = self.probe()
        for name, value in {"epoch": epoch + 1, **values}.items():
            self.curves.setdefault(name, []).append(value)
        logs |= {f"{JOINT}{name}": value for name, value in values.items()}


class _Report(keras.callbacks.Callback):
    def __init__(self, report: EpochReport, epochs: int) -> None:
        super().__init__()
        self.report = report
        self.epochs = epochs

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        self.report(epoch + 1, self.epochs, logs)


class _Clock(keras.callbacks.Callback):
    """Wall time of the training steps, without the first, which compiles, and validation."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self._last: float | None = None
        self._compiled = False

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        self._last = time.perf_counter() if self._compiled else None

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.seconds += now - self._last
        self._last, self._compiled = now, True
