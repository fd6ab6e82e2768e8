"""Evolution-inspired augmentation, then fine-tuning on the sequences as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import keras
import tensorflow as tf
from pydantic import Field

from tfbs.architectures.parameters import Fraction, NonNegative, Positive
from tfbs.benchmark.training import evolution
from tfbs.benchmark.training.adversarial import Count
from tfbs.benchmark.training.gaussian_noise import add_noise
from tfbs.benchmark.training.regime import REGIMES, Regime
from tfbs.benchmark.training.standard import Standard
from tfbs.errors import UserError

if TYPE_CHECKING:
    from tfbs.benchmark.training.fit import Training
    from tfbs.benchmark.training.workbench import Workbench

MOVES = {
    "deletion": evolution.deletion,
    "insertion": evolution.insertion,
    "translocation": evolution.translocation,
    "inversion": evolution.inversion,
}
AUGMENTATIONS = (*MOVES, "mutation", "noise")


@dataclass(frozen=True, kw_only=True)
class EvoAug(Standard):
    """Sequences evolved (deleted, inserted, shifted, inverted, mutated, noisy), then clean ones.

    Every sequence draws its own augmentations; length is kept, evaluation sees none of them.
    Defaults are the authors' for ChIP-seq. They pad by random DNA what a sequence may gain, at
    inference too; here what is pushed over an end is cut and what is missing there is new.

    Attributes:
        deletion: Most nucleotides cut out; 0 leaves the augmentation out, as for the others.
        insertion: Most nucleotides put in.
        translocation: Largest shift, in nucleotides.
        inversion: Largest segment turned, in nucleotides.
        mutation: Share of letters that become another one.
        noise: Standard deviation of normal noise on the one-hot sequence.
        evolutions: Most augmentations of one sequence, of those that are not left out; 0 for none.
        always_most: Whether each sequence has that many, else 1 to that many.
        fine_tuning_epochs: Most epochs of training on clean sequences afterwards; 0 for none.
        fine_tuning_rate: Adam's first step size in them.
        fine_tuning_patience: Epochs without improvement before they end.
    """

    deletion: Count = 30
    insertion: Count = 20
    translocation: Count = 20
    inversion: Count = 0
    mutation: Fraction = 0.05
    noise: NonNegative = 0.3
    evolutions: Count = 3
    always_most: bool = False
    fine_tuning_epochs: Count = 5
    fine_tuning_rate: Annotated[float, Field(gt=0)] = 1e-4
    fine_tuning_patience: Positive = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.evolutions > len(self._active):
            raise UserError(
                f"evolutions={self.evolutions} of one sequence, but only {len(self._active)} "
                f"augmentations are not 0: {', '.join(self._active) or 'none'}"
            )

    @property
    def _active(self) -> tuple[str, ...]:
        return tuple(name for name in AUGMENTATIONS if getattr(self, name) > 0)

    @property
    def shows_dna(self) -> bool:
        """Whether training sees sequences of letters, not noise on them."""
        return (self.noise == 0 or self.evolutions == 0) and super().shows_dna

    def augment(
        self, sequence: tf.Tensor, tracks: tf.Tensor, seed: keras.random.SeedGenerator
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns evolved sequences; see `Standard.augment`."""
        sequence, tracks = super().augment(sequence, tracks, seed)
        if self.evolutions == 0:
            return sequence, tracks
        number, length = tf.shape(sequence)[0], sequence.shape[1]
        self._check_length(length)
        chosen = self._choose(number, seed)
        places = evolution.Places.start(number, length)
        for name, move in MOVES.items():
            if name in chosen:
                new = move(number, length, getattr(self, name), seed)
                places = places.then(new, chosen[name])
        sequence, tracks = places.apply(sequence, tracks, seed)
        if "mutation" in chosen:
            share = self.mutation * tf.cast(chosen["mutation"][:, None], "float32")
            sequence = evolution.mutate(sequence, share, seed)
        if "noise" in chosen:
            sigma = self.noise * tf.cast(chosen["noise"][:, None, None], "float32")
            sequence = add_noise(sequence, sigma, seed)
        return sequence, tracks

    def _choose(self, number: tf.Tensor, seed: keras.random.SeedGenerator) -> dict[str, tf.Tensor]:
        """Returns for each active augmentation which sequences have it, `(batch,)` bool."""
        names = self._active
        fewest = self.evolutions if self.always_most else 1
        counts = keras.random.randint((number, 1), fewest, self.evolutions + 1, seed=seed)
        drawn = keras.random.uniform((number, len(names)), seed=seed)
        ranks = tf.argsort(tf.argsort(drawn, axis=1), axis=1)
        return dict(zip(names, tf.unstack(ranks < counts, axis=1), strict=True))

    def _check_length(self, length: int) -> None:
        for name in MOVES:
            if getattr(self, name) > length:
                raise UserError(
                    f"{name}={getattr(self, name)} is longer than the sequences, {length}"
                )

    def train(self, bench: Workbench) -> tuple[keras.Model, Training]:
        """Returns a model trained on evolved, then on clean sequences; see `Standard.train`."""
        model, evolved = super().train(bench)
        if self.fine_tuning_epochs == 0 or self.evolutions == 0:
            return model, evolved
        clean = replace(
            self,
            evolutions=0,
            epochs=self.fine_tuning_epochs,
            learning_rate=self.fine_tuning_rate,
            patience=self.fine_tuning_patience,
            warm_up_epochs=0,
        )
        refined = bench.fit(model, clean, "fine_tuning", after=evolved)
        return model, evolved.refined_by(refined)


REGIMES.add(
    "evoaug",
    Regime(
        EvoAug,
        source="Lee et al. (2023), https://doi.org/10.1186/s13059-023-02941-w",
        preset={"reverse_complement": "augmentation"},
        augmentation=True,
    ),
)
