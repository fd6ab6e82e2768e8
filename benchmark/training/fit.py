"""The one fit loop: Keras' own, with seeded streams and exact validation metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf

from tfbs.benchmark.inputs import bind
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.predict import one_hot
from tfbs.benchmark.runtime import stream_seed
from tfbs.benchmark.training.batch import Batch
from tfbs.benchmark.training.batches import batches
from tfbs.benchmark.training.callbacks import (
    Clock,
    Curves,
    Divergence,
    EpochReport,
    Joint,
    Plateau,
    Report,
    Validation,
)
from tfbs.benchmark.training.checkpoint import Checkpoint, State, StateFile
from tfbs.benchmark.training.loss import class_weights
from tfbs.benchmark.training.networks import Networks
from tfbs.benchmark.training.sampling import EpochSampler
from tfbs.benchmark.training.standard import Standard
from tfbs.datasets.task import Split


@dataclass(frozen=True)
class Training:
    """What a fit leaves beside the weights; of several fits, all together.

    Attributes:
        curves: One list per quantity, an entry per finished epoch.
        best_epoch: The epoch, from 1, whose weights the model has; of several models, the last's.
        seconds: Wall time of the training steps, without the first, which compiles.
        steps: Batches.
        examples: Training sequences, each as often as it was in a batch.
        passes: Forward and backward passes of a sequence, over all sequences and epochs.
        probe_curves: The joint curves: `epoch`, and one list per quantity.
        networks: The curves of each network by itself, without stages of refinement: what tells
            whether its training converged.
    """

    curves: dict[str, list[float]]
    best_epoch: int
    seconds: float
    steps: int
    examples: int
    passes: tuple[int, int]
    probe_curves: dict[str, list[float]]
    networks: tuple[dict[str, list[float]], ...]

    @property
    def epochs(self) -> int:
        """Finished epochs."""
        return len(self.curves["loss"])

    @property
    def examples_per_second(self) -> float:
        """Training examples per second of the steps that were timed."""
        timed = self.examples * (self.steps - 1) / self.steps
        return timed / max(self.seconds, 1e-9)

    def then(self, later: Training) -> Training:
        """Returns this and the later training of another network as one."""
        probes = {
            name: values
            + [
                value + self.epochs * (name == "epoch")
                for value in later.probe_curves.get(name, [])
            ]
            for name, values in self.probe_curves.items()
        }
        return Training(
            curves={name: values + later.curves[name] for name, values in self.curves.items()},
            best_epoch=self.epochs + later.best_epoch,
            seconds=self.seconds + later.seconds,
            steps=self.steps + later.steps,
            examples=self.examples + later.examples,
            passes=(self.passes[0] + later.passes[0], self.passes[1] + later.passes[1]),
            probe_curves=probes,
            networks=self.networks + later.networks,
        )

    def refined_by(self, later: Training) -> Training:
        """Returns this and a later stage of training the same network as one."""
        return replace(self.then(later), networks=self.networks)

    def with_passes(self, forward: int) -> Self:
        """Returns the training with more forward passes."""
        return replace(self, passes=(self.passes[0] + forward, self.passes[1]))


def fit(
    model: keras.Model,
    procedure: Standard,
    train: Split,
    valid: Split,
    seed: int,
    report: EpochReport,
    probe: Callable[[], dict[str, float]] | None = None,
    *,
    first_epoch: int = 0,
    checkpoint: StateFile | None = None,
    teacher: keras.Model | None = None,
    numerics: Numerics | None = None,
    networks: Networks | None = None,
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
        first_epoch: Epochs of the stages before, for a procedure that changes with them.
        checkpoint: Where the state is kept; training goes on from what is there.
        teacher: A model whose probabilities take the place of known labels.
        numerics: How training computes; its scope is open.
        networks: Where what trains `model` may be kept from another run.

    Raises:
        Refused: If the procedure cannot train such a model, or replicas share no batch.
        TrainingFailed: If the loss is no longer finite.
    """
    procedure.check_model(model)
    order = stream_seed(seed, "order")
    sampler = EpochSampler(np.asarray(train.label), procedure.negatives_per_positive, order)
    numerics = numerics or Numerics()
    numerics.check_batches(len(sampler), procedure.batch_size)
    seed_dropout(model, seed)
    balanced = procedure.class_weight == "balanced"
    weights = class_weights(train.label[sampler(0)], balanced)
    trainer = _trainer(model, procedure, weights, teacher, numerics, networks or Networks())
    trainer.begin(seed)
    state = None if checkpoint is None else checkpoint.read(trainer.state_variables)
    begun = 0 if state is None else state.finished
    curves, clock, joint = Curves(), Clock(), Joint(probe, procedure.probe_epochs)
    callbacks = [
        Divergence(),
        Validation(model, valid, procedure.validation_attack(model), first_epoch),
        joint,
        Report(report, procedure.epochs),
        *_schedule(procedure),
        curves,
        clock,
    ]
    if checkpoint is not None:
        callbacks.append(Checkpoint(checkpoint, state, trainer.state_variables, callbacks))
        _report_again(state, report, procedure.epochs)
    steps = -(-len(sampler) // procedure.batch_size)
    with numerics.explained():
        trainer.fit(
            batches(model, train, sampler, procedure.batch_size, order, begun),
            initial_epoch=begun,
            epochs=begun if state is not None and state.stopped else procedure.epochs,
            steps_per_epoch=steps,
            shuffle=False,  # the batches come shuffled
            verbose=0,
            callbacks=callbacks,
        )
    found = curves.by_name()
    done = len(found["loss"])
    passes = [procedure.passes(first_epoch + epoch) for epoch in range(done)]
    forward, backward = np.sum(passes, axis=0) * len(sampler)
    return Training(
        curves=found,
        best_epoch=_best_epoch(procedure, found),
        seconds=clock.seconds,
        steps=steps * done,
        examples=len(sampler) * done,
        passes=(int(forward), int(backward)),
        probe_curves=joint.curves,
        networks=(found,),
    )


def _trainer(
    model: keras.Model,
    procedure: Standard,
    weights: np.ndarray,
    teacher: keras.Model | None,
    numerics: Numerics,
    networks: Networks,
) -> _Trainer:
    """Returns what trains `model`, with its optimiser at its beginning."""

    def make() -> _Trainer:
        trainer = _Trainer(model, procedure, weights, teacher)
        trainer.compile(keras.optimizers.Adam(procedure.learning_rate), jit_compile=numerics.xla)
        trainer.optimizer.build(model.trainable_variables)
        return trainer

    found: _Trainer = networks.trainer(
        model, (procedure, weights.tobytes(), teacher, numerics), make
    )
    return found


def seed_dropout(model: keras.Model, seed: int) -> None:
    """Gives every random layer of `model` its own state, a function of (seed, its index)."""
    generators = [
        layer.seed_generator
        for layer in model._flatten_layers(include_self=False)
        if getattr(layer, "seed_generator", None) is not None
    ]
    for index, generator in enumerate(generators):
        generator.state.assign([stream_seed(seed, "dropout", index), 0])


def _report_again(state: State | None, report: EpochReport, epochs: int) -> None:
    """Reports the epochs that were finished before a kill."""
    if state is not None:
        for number, values in enumerate(state.callbacks[Curves.__name__]["epochs"], start=1):
            report(number, epochs, values)


class _Trainer(keras.Model):
    """A model whose training step is the procedure's; a `Learner`."""

    def __init__(
        self,
        core: keras.Model,
        procedure: Standard,
        weights: np.ndarray,
        teacher: keras.Model | None,
    ) -> None:
        super().__init__(name="trainer")
        self.core = core
        self.procedure = procedure
        self.class_weights = tf.constant(weights)
        self.augmentation = keras.random.SeedGenerator(0)
        self.attack = keras.random.SeedGenerator(0)
        self.mean_loss = keras.metrics.Mean(name="loss")
        self.finished_epochs = tf.Variable(0, trainable=False, dtype="int32")
        self.soften = None if teacher is None else _softener(teacher)  # no layer of this model
        self.built = True

    def begin(self, seed: int) -> None:
        """Puts the streams of augmentation and attack at the beginning of a run's."""
        self.augmentation.state.assign([stream_seed(seed, "augmentation"), 0])
        self.attack.state.assign([stream_seed(seed, "attack"), 0])

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        return [self.mean_loss]

    @property
    def state_variables(self) -> list[keras.Variable]:
        """All that a step changes and the next one depends on."""
        streams = [self.augmentation.state, self.attack.state]
        return [*self.core.variables, *self.optimizer.variables, *streams]

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.core(inputs, training=training)

    def train_step(self, data: tuple[tuple[tf.Tensor, tf.Tensor], tf.Tensor]) -> dict[str, Any]:
        (codes, tracks), label = data
        sequence, tracks = self.procedure.augment(one_hot(codes), tracks, self.augmentation)
        unbound, bound = self.class_weights[:, 0], self.class_weights[:, 1]
        batch = Batch(sequence, tracks, label, tf.where(label == 1, bound, unbound))
        if self.soften is not None:
            batch = self.soften(batch)
        self.mean_loss.update_state(self.procedure.step(self, batch))
        return {"loss": self.mean_loss.result()}

    def penalised(self, loss: tf.Tensor) -> tf.Tensor:
        """Returns a loss with the core's own penalties."""
        return loss + tf.add_n(self.core.losses) if self.core.losses else loss

    def descend(self, tape: tf.GradientTape, loss: tf.Tensor, *watched: tf.Tensor) -> list[Any]:
        """Takes one optimiser step; returns the gradients of what else the tape watched."""
        variables = self.core.trainable_variables
        gradients = tape.gradient(loss, [*variables, *watched])
        own = gradients[: len(variables)]
        replicas = tf.distribute.get_strategy().num_replicas_in_sync
        if replicas > 1:  # the optimiser adds up what they find
            own = [None if each is None else tf.convert_to_tensor(each) / replicas for each in own]
        self.optimizer.apply(own, variables)
        return gradients[len(variables) :]


def _softener(teacher: keras.Model) -> Callable[[Batch], Batch]:
    """Returns what puts a teacher's probabilities in the place of a batch's known labels."""

    def soften(batch: Batch) -> Batch:
        probability = tf.sigmoid(bind(teacher, batch.tracks)(batch.sequence, training=False))
        return replace(batch, label=tf.where(batch.label < 0, -1.0, probability))

    return soften


def _schedule(procedure: Standard) -> list[keras.callbacks.Callback]:
    mode = "min" if procedure.monitor == "val_loss" else "max"
    return [
        Plateau(
            procedure.monitor,
            factor=procedure.rate_factor,
            patience=procedure.rate_patience,
            mode=mode,
            min_delta=0.0,
            min_lr=procedure.minimum_rate,
            start_from_epoch=procedure.warm_up_epochs,
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
