"""Gradients averaged along a straight line from references to the sequence."""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.explain.attribution import ATTRIBUTIONS, InputGradient
from tfbs.benchmark.explain.completeness import (
    COMPLETE,
    Contributions,
    hypothetical,
    total,
    warn,
)
from tfbs.benchmark.explain.output import check_request
from tfbs.benchmark.explain.references import check_references, shuffled_references
from tfbs.benchmark.explain.values import values_of

FIRST_STEPS = 27
MOST_STEPS = 729
"""Points on a line: three times as many, again and again, until contributions add up."""

ENOUGH = 1e-3
"""Relative error of the sums at which no more points are added."""

SHUFFLES = 10


@COMPLETE.register("integrated_gradients")
def integrated(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    steps: int | None = None,
) -> Contributions:
    """Returns integrated gradients from an all-zero reference.

    Source: Sundararajan et al. (2017), https://arxiv.org/abs/1703.01365.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them; they stay as they are.
        steps: Points on the line, the middles of as many equal parts; by default 27, 81, 243 or
            729, as many as it takes for a relative error of 0.001.
    """
    check_request(model, sequence, target, tracks)
    zeros = np.zeros((len(sequence), 1, *sequence.shape[1:]), "float32")
    most = steps or MOST_STEPS
    line = Lines(model, np.asarray(sequence, "float32"), zeros, target, tracks)
    found = line.add_up(steps or FIRST_STEPS)
    while found.error > ENOUGH and line.steps < most:
        found = line.add_up(3 * line.steps)
    return warn("integrated_gradients", found)


@COMPLETE.register("expected_gradients")
def expected(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
    references: np.ndarray | None = None,
    steps: int = FIRST_STEPS,
    seed: int = 0,
) -> Contributions:
    """Returns integrated gradients averaged over references.

    Source: Erion et al. (2021), https://doi.org/10.1038/s42256-021-00343-w; the point on each line
    is not drawn at random, which would need many more for the same error.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` one-hot.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.
        references: `(n, number, length, 4)`; by default ten dinucleotide shuffles of each.
        steps: Points on each line.
        seed: Of the shuffles.
    """
    check_request(model, sequence, target, tracks)
    if references is None:
        references = shuffled_references(sequence, SHUFFLES, seed)
    check_references(references, sequence)
    line = Lines(model, np.asarray(sequence, "float32"), references, target, tracks)
    return warn("expected_gradients", line.add_up(steps))


class Lines:
    """Gradients on the lines from references to sequences; points are kept when more are added.

    Args:
        model: From one-hot, and perhaps tracks, to outputs.
        sequence: `(n, length, 4)` float32.
        references: `(n, number, length, 4)`.
        target: Column of the outputs, or one for each sequence.
        tracks: `(n, length, tracks)`, for a model that reads them.
    """

    def __init__(
        self,
        model: keras.Model,
        sequence: np.ndarray,
        references: np.ndarray,
        target: int | np.ndarray,
        tracks: np.ndarray | None,
    ) -> None:
        self.steps = 0
        self._gradient = InputGradient(model)
        self._sequence = sequence
        self._references = np.swapaxes(references, 0, 1).astype("float32")
        self._target, self._tracks = target, tracks
        self._sums = [np.zeros(sequence.shape, "float64") for _ in self._references]
        self._expected = values_of(model, sequence, target, tracks) - mean_value(
            model, references, target, tracks
        )

    def add_up(self, steps: int) -> Contributions:
        """Returns contributions by the middles of so many parts of each line.

        Args:
            steps: Any number at first, then three times as many: the old middles stay.
        """
        for index, reference in enumerate(self._references):
            for point in range(steps):
                if self.steps and point % 3 == 1:
                    continue
                share = (point + 0.5) / steps
                at = (reference + share * (self._sequence - reference)).astype("float32")
                self._sums[index] += self._gradient(at, self._target, tracks=self._tracks)
        self.steps = steps
        maps, sums = np.zeros(self._sequence.shape), np.zeros(len(self._sequence))
        for own, reference in zip(self._sums, self._references, strict=True):
            maps += hypothetical(own / steps, reference)
            sums += total(own / steps, self._sequence, reference)
        number = len(self._references)
        return Contributions((maps / number).astype("float32"), self._expected, sums / number)


def mean_value(
    model: keras.Model,
    references: np.ndarray,
    target: int | np.ndarray,
    tracks: np.ndarray | None,
) -> np.ndarray:
    """Returns `(n,)` mean outputs of the references of each sequence."""
    each = [values_of(model, own, target, tracks) for own in np.swapaxes(references, 0, 1)]
    found: np.ndarray = np.mean(each, axis=0)
    return found


@ATTRIBUTIONS.register("integrated_gradients")
def integrated_gradients(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Integrated gradients from zeros at 81 points (Sundararajan et al. 2017)."""
    check_request(model, sequence, target, tracks)
    zeros = np.zeros((len(sequence), 1, *sequence.shape[1:]), "float32")
    line = Lines(model, np.asarray(sequence, "float32"), zeros, target, tracks)
    return line.add_up(3 * FIRST_STEPS).map


@ATTRIBUTIONS.register("expected_gradients")
def expected_gradients(
    model: keras.Model,
    sequence: np.ndarray,
    target: int | np.ndarray = 0,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Integrated gradients over ten dinucleotide shuffles (Erion et al. 2021), complete."""
    return expected(model, sequence, target, tracks=tracks).map
