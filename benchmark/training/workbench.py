"""What a regime has at hand: new networks, and the one fit loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import keras

from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.runtime import stream_seed
from tfbs.benchmark.training.callbacks import EpochReport
from tfbs.benchmark.training.checkpoint import Checkpoints
from tfbs.benchmark.training.fit import Training, fit
from tfbs.benchmark.training.networks import Networks
from tfbs.benchmark.training.probe import JointProbe
from tfbs.datasets.task import Split

if TYPE_CHECKING:
    from tfbs.benchmark.training.standard import Standard


@dataclass(frozen=True)
class Workbench:
    """Where a run's networks are built and fitted.

    Attributes:
        build: Returns a network with random weights.
        train_split: Training split.
        valid_split: Validation split.
        seed: Of all streams.
        report: Called after every epoch.
        checkpoints: Of the run; None for none.
        name: Of whose networks these are, where a run has several.
        teacher: A model whose probabilities are learned instead of the labels.
        numerics: How training computes.
        key: What networks are built from, without the seed.
        networks: Where one is kept after its run; a new and empty place for none.
    """

    build: Callable[[], keras.Model]
    train_split: Split
    valid_split: Split
    seed: int
    report: EpochReport
    checkpoints: Checkpoints | None = None
    name: str = "network"
    teacher: keras.Model | None = None
    numerics: Numerics = field(default_factory=Numerics)
    key: str = ""
    networks: Networks = field(default_factory=Networks)

    def new_model(self) -> keras.Model:
        """Returns a network whose weights are a function of the seed."""
        keras.utils.set_random_seed(stream_seed(self.seed, "initialisation"))
        return self.networks.take(self.key, self.numerics.prepared(self.build()))

    def member(self, number: int) -> Self:
        """Returns the bench of a member of an ensemble, with a seed of its own."""
        seed = stream_seed(self.seed, "member", number)
        return replace(self, seed=seed, name=f"member_{number}", networks=Networks())

    def taught_by(self, teacher: keras.Model) -> Self:
        """Returns the bench of a student."""
        return replace(self, teacher=teacher, name="student", networks=Networks())

    def fit(
        self,
        model: keras.Model,
        procedure: Standard,
        stage: str | None = None,
        after: Training | None = None,
    ) -> Training:
        """Trains a model in place.

        Args:
            model: From `new_model`.
            procedure: The regime with its parameters.
            stage: Name of a later stage of training, which has streams of its own.
            after: The training of the stages before.

        Raises:
            Refused: If the procedure cannot train such a model.
            TrainingFailed: If training diverges.
        """
        name = self.name if stage is None else f"{self.name}-{stage}"
        return fit(
            model,
            procedure,
            self.train_split,
            self.valid_split,
            self.seed if stage is None else stream_seed(self.seed, stage),
            self.report,
            JointProbe(model, self.valid_split) if procedure.probe_epochs else None,
            first_epoch=0 if after is None else after.epochs,
            checkpoint=None if self.checkpoints is None else self.checkpoints.file(name),
            teacher=self.teacher,
            numerics=self.numerics,
            networks=self.networks,
        )
