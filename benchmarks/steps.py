"""Training steps as a run takes them, on random sequences."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

BATCH_SIZE = 64
"""What regimes begin with."""


def random_split(number: int, length: int, targets: int = 1):
    """Returns a split in memory: random sequences, half of the labels 1."""
    from tfbs.datasets.split import Split

    rng = np.random.default_rng(0)
    return Split(
        np.array([f"random-{row}" for row in range(number)]),
        rng.integers(0, 4, (number, length)).astype("uint8"),
        rng.integers(0, 2, (number, targets)).astype("int8"),
    )


def built(network: str, length: int, targets: int = 1, settings: Mapping | None = None):
    """Returns a network with weights that are the same every time."""
    import keras

    from tfbs.architectures import ARCHITECTURES

    keras.utils.set_random_seed(0)
    return ARCHITECTURES[network].build(length, targets, dict(settings or {}))


def trainer_of(
    model, regime: str = "standard", settings: Mapping | None = None, *, xla: bool = False
):
    """Returns what takes the training steps of a regime, compiled as for a run."""
    import keras

    from tfbs.benchmark.training import REGIMES
    from tfbs.benchmark.training.fit import _Trainer

    procedure = REGIMES[regime].make(REGIMES[regime].resolve(regime, dict(settings or {})))
    weights = np.ones((model.outputs[0].shape[-1], 2), "float32")
    trainer = _Trainer(model, procedure, weights, None)
    trainer.begin(0)
    trainer.compile(keras.optimizers.Adam(procedure.learning_rate), jit_compile=xla)
    trainer.optimizer.build(model.trainable_variables)
    return trainer


def batches_of(model, train, batch_size: int = BATCH_SIZE):
    """Returns the endless shuffled batches of a run."""
    from tfbs.benchmark.training.batches import batches
    from tfbs.benchmark.training.sampling import EpochSampler

    return batches(model, train, EpochSampler(train.label, None, 0), batch_size, 0)


def stepping(trainer, data):
    """Returns what takes so many steps on the next batches, as Keras' loop does.

    Args:
        trainer: Of `trainer_of`.
        data: Endless batches.
    """
    iterator = iter(data)
    trainer.make_train_function()

    def take(number: int) -> float:
        for _ in range(number):
            found = trainer.train_function(iterator)
        return float(found["loss"])  # waits for the last

    take(2)  # compiles
    return take
