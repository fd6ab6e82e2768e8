"""What happens around the epochs of a training."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from tfbs.benchmark.attacks import Attack
from tfbs.benchmark.evaluation.prediction import auroc, average_precision, mean_over_targets
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.predict import Predictor, one_hot
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.sampling import validation_rows
from tfbs.benchmark.watch import TrainingFailed
from tfbs.datasets.task import Split

JOINT = "joint/"
"""Prefix of the joint curves among an epoch's metrics."""

EpochReport = Callable[[int, int, Mapping[str, float]], None]
"""Called after each epoch with its number from 1, the largest number, and its metrics."""

EXPLODED = 1e4
"""A training loss above this many nats has diverged; a coin has 0.69."""

CHECKED_STEPS = 100
"""The loss is looked at every so many steps, and at the end of an epoch."""


class Divergence(keras.callbacks.Callback):
    """Ends a training whose loss is no longer finite, or no longer a loss; runs first."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Remembers which epoch it is."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Looks at the mean loss of the epoch so far, now and then."""
        if (batch + 1) % CHECKED_STEPS == 0:
            loss = float(self.model.mean_loss.result())
            self._check(loss, f"in epoch {self._epoch + 1}, step {batch + 1}")

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Looks at the mean loss of the epoch."""
        self._check(logs["loss"], f"after epoch {epoch + 1}")

    def _check(self, loss: float, when: str) -> None:
        if not loss < EXPLODED:  # nor is nan
            raise TrainingFailed(
                f"the training loss is {loss:.3g} {when}: training has diverged; a lower learning "
                "rate, or in an attack a smaller radius, may help"
            )


class Validation(keras.callbacks.Callback):
    """Adds exact validation metrics to the epoch's logs; runs before whatever reads them."""

    def __init__(
        self,
        core: keras.Model,
        valid: Split,
        attack: Attack | None,
        first_epoch: int,
    ) -> None:
        super().__init__()
        self.first_epoch = first_epoch
        self.predict = Predictor(core)
        rows = validation_rows(valid)
        whole = len(rows) == len(valid)
        self.sequence = valid.sequence if whole else valid.sequence[rows]
        self.tracks = read_tracks(core, valid.tracks, rows, len(rows))
        self.label = np.asarray(valid.label[rows])
        self.attack = attack

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Tells the procedure how many epochs are finished."""
        self.model.finished_epochs.assign(self.first_epoch + epoch)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Adds the metrics."""
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


class Plateau(keras.callbacks.ReduceLROnPlateau):
    """Lowers the learning rate at a plateau, looking at no epoch before the warm-up is over.

    Args:
        start_from_epoch: Epochs that are not looked at.
        arguments: Those of Keras' callback.
    """

    def __init__(self, *arguments: Any, start_from_epoch: int = 0, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.start_from_epoch = start_from_epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Looks at the epoch, unless it is of the warm-up."""
        if epoch >= self.start_from_epoch:
            super().on_epoch_end(epoch, logs)
        else:
            rate = keras.ops.convert_to_numpy(self.model.optimizer.learning_rate)
            logs["learning_rate"] = float(rate)


class Joint(keras.callbacks.Callback):
    """Adds the joint curves to the logs of every k-th epoch and keeps them."""

    def __init__(self, probe: Callable[[], dict[str, float]] | None, every: int) -> None:
        super().__init__()
        self.probe = probe
        self.every = every
        self.curves: dict[str, list[float]] = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Adds the curves, every k-th time."""
        if self.probe is None or not self.every or epoch % self.every:
            return
        values = self.probe()
        for name, value in {"epoch": epoch + 1, **values}.items():
            self.curves.setdefault(name, []).append(value)
        logs |= {f"{JOINT}{name}": value for name, value in values.items()}


class Curves(keras.callbacks.Callback):
    """Keeps what the logs of every epoch hold at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.epochs: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Keeps the logs."""
        self.epochs.append({name: float(value) for name, value in logs.items()})

    def by_name(self) -> dict[str, list[float]]:
        """Returns one list per quantity, an entry per epoch, without the joint curves."""
        return {
            name: [epoch[name] for epoch in self.epochs]
            for name in self.epochs[0]
            if not name.startswith(JOINT)
        }


class Report(keras.callbacks.Callback):
    """Reports every epoch."""

    def __init__(self, report: EpochReport, epochs: int) -> None:
        super().__init__()
        self.report = report
        self.epochs = epochs

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Reports the logs."""
        self.report(epoch + 1, self.epochs, logs)


class Clock(keras.callbacks.Callback):
    """Wall time of the training steps, without the first, which compiles, and validation."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self._last: float | None = None
        self._compiled = False

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Starts the time of the first step."""
        self._last = time.perf_counter() if self._compiled else None

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Adds the time of a step."""
        now = time.perf_counter()
        if self._last is not None:
            self.seconds += now - self._last
        self._last, self._compiled = now, True
