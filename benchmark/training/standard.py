"""Empirical risk minimisation with early stopping: the regime that others refine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.architectures.parameters import Choice, Fraction, NonNegative, Positive, Range
from tfbs.benchmark.attacks import Attack
from tfbs.benchmark.training.batch import Batch, Learner
from tfbs.benchmark.training.loss import masked_cross_entropy
from tfbs.benchmark.training.regime import REGIMES, Procedure, Regime, register
from tfbs.errors import UserError

if TYPE_CHECKING:
    from tfbs.benchmark.training.fit import Training
    from tfbs.benchmark.training.workbench import Workbench

Monitor = Literal["val_loss", "val_auroc", "val_average_precision", "val_adversarial_auroc"]


@register("standard")
@dataclass(frozen=True, kw_only=True)
class Standard(Procedure):
    """Adam on cross-entropy, early stopping on validation with the best weights restored.

    Attributes:
        epochs: Largest number of passes over the training split.
        batch_size: Sequences per step.
        learning_rate: Adam's first step size.
        monitor: Validation quantity that stops training, lowers the rate and picks weights.
        patience: Epochs without improvement before training stops.
        restore_best_weights: Whether the best epoch's weights are kept, else the last's.
        rate_factor: Factor on the learning rate after `rate_patience` epochs without
            improvement.
        rate_patience: Epochs without improvement before the rate is lowered.
        minimum_rate: Smallest learning rate.
        reverse_complement: Whether each sequence is shown on a random strand.
        class_weight: `balanced` gives both classes of a target the same total weight.
        warm_up_epochs: Epochs before early stopping, falls of the learning rate and the choice of
            weights begin.
        probe_epochs: The joint curves get a point every so many epochs; 0 for none.
        negatives_per_positive: Unbound rows per bound one, drawn afresh for every epoch; by
            default 1 where fewer than one label in ten is 1, else all rows are shown.
    """

    epochs: Positive = 100
    batch_size: Annotated[Positive, Choice((32, 64, 128, 256))] = 64
    learning_rate: Annotated[float, Field(gt=0), Range(1e-4, 1e-2, log=True)] = 1e-3
    monitor: Monitor = "val_auroc"
    patience: Positive = 10
    restore_best_weights: bool = True
    rate_factor: Fraction = 0.2
    rate_patience: Positive = 4
    minimum_rate: NonNegative = 1e-7
    reverse_complement: Literal["none", "augmentation"] = "none"
    class_weight: Literal["none", "balanced"] = "none"
    warm_up_epochs: Annotated[int, Field(ge=0)] = 0
    probe_epochs: Annotated[int, Field(ge=0)] = 5
    negatives_per_positive: Annotated[float, Field(gt=0)] | None = None

    def __post_init__(self) -> None:
        if self.monitor == "val_adversarial_auroc" and not self.is_adversarial:
            raise UserError("monitor=val_adversarial_auroc is for regimes that attack, such as pgd")

    @property
    def is_adversarial(self) -> bool:
        """Whether training attacks its sequences."""
        return False

    @property
    def shows_dna(self) -> bool:
        """Whether training sees sequences of letters, not noise on them."""
        return True

    def augment(
        self, sequence: tf.Tensor, tracks: tf.Tensor, seed: keras.random.SeedGenerator
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the batch as training sees it; the other strand turns the tracks around too.

        Args:
            sequence: `(batch, length, 4)` one-hot.
            tracks: `(batch, length, tracks)`.
            seed: The stream of augmentation.
        """
        if self.reverse_complement == "none":
            return sequence, tracks
        turn = keras.random.uniform((tf.shape(sequence)[0], 1, 1), seed=seed) < 0.5
        return (
            tf.where(turn, sequence[:, ::-1, ::-1], sequence),
            tf.where(turn, tracks[:, ::-1], tracks),
        )

    def loss(
        self,
        core: keras.Model,
        batch: Batch,
        seed: keras.random.SeedGenerator,
        epoch: tf.Tensor,
    ) -> tf.Tensor:
        """Returns the scalar that a step descends, without the model's own penalties.

        Args:
            core: The model that learns.
            batch: Augmented examples.
            seed: The stream of attacks and noise.
            epoch: Scalar, the number of finished epochs.
        """
        logit = batch.bound(core)(batch.sequence, training=True)
        return masked_cross_entropy(batch.label, logit, batch.weight)

    def step(self, learner: Learner, batch: Batch) -> tf.Tensor:
        """Learns from a batch, in the graph; returns the loss that it descended."""
        with tf.GradientTape() as tape:
            loss = learner.penalised(
                self.loss(learner.core, batch, learner.attack, learner.finished_epochs)
            )
        learner.descend(tape, loss)
        return loss

    def train(self, bench: Workbench) -> tuple[keras.Model, Training]:
        """Returns a trained model and how it came about.

        Raises:
            Refused: If the regime cannot train such a model.
            TrainingFailed: If training diverges.
        """
        model = bench.new_model()
        return model, bench.fit(model, self)

    def check_model(self, model: keras.Model) -> None:
        """Refuses models that the regime cannot train.

        Raises:
            Refused: With the reason.
        """

    def passes(self, epoch: int) -> tuple[int, int]:
        """Returns forward and backward passes per training sequence in an epoch, from 0."""
        return 1, 1

    def validation_attack(self, model: keras.Model) -> Attack | None:
        """Returns the attack that validation is also judged under, if any."""
        return None


REGIMES.add(
    "standard_koo2021",
    Regime(
        Standard,
        source="Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x",
        preset={
            "batch_size": 100,
            "patience": 20,
            "restore_best_weights": False,
            "rate_patience": 5,
        },
        summary="The published recipe: patience 20, the last epoch's weights are kept.",
    ),
)
