"""Paired differences of outputs: what an embedded pattern does to the same sequences.

Source: Koo, Majdandzic, Ploenzke, Anand & Paul (2021), https://doi.org/10.1371/journal.pcbi.1008925.
The global importance of a pattern is the mean, over null sequences, of the output with the pattern
minus the output of the same sequence without. Outputs here are logits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.explain.gia.patterns import Pattern
from tfbs.benchmark.explain.gia.score import Score
from tfbs.datasets.alphabet import Codes

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Effect:
    """The mean of paired differences.

    Attributes:
        mean: In nats of the logit.
        low: Lower end of the 95 % interval of the mean, by Student's t; NaN of one sequence.
        high: Upper end.
        deviation: Standard deviation of the differences over sequences; NaN of one sequence.
        samples: Number of sequences.
    """

    mean: float
    low: float
    high: float
    deviation: float
    samples: int


def paired_effect(differences: np.ndarray) -> Effect:
    """Returns the mean of `(n,)` paired differences with its interval by Student's t."""
    from scipy.stats import t

    samples = len(differences)
    mean = float(np.mean(differences, dtype=np.float64))
    if samples < 2:
        return Effect(mean, math.nan, math.nan, math.nan, samples)
    deviation = float(np.std(differences, ddof=1, dtype=np.float64))
    half = float(t.ppf((1 + CONFIDENCE) / 2, samples - 1)) * deviation / math.sqrt(samples)
    return Effect(mean, mean - half, mean + half, deviation, samples)


@dataclass(frozen=True)
class Placed:
    """A pattern at a place.

    Attributes:
        pattern: What is embedded.
        start: Its first position, 0-based.
        copy: Which of several independent sets of instances.
    """

    pattern: Pattern
    start: int
    copy: int = 0


Arrangement = tuple[Placed, ...]
"""What is embedded together; of two that overlap, the later one is seen."""

Contrast = tuple[tuple[float, Arrangement], ...]
"""Weights and arrangements: the effect is the mean of the weighted sum of their outputs."""

NOTHING: Arrangement = ()


def against_nothing(*placed: Placed) -> Contrast:
    """Returns the contrast of an arrangement with the null sequences alone."""
    return ((1.0, placed), (-1.0, NOTHING))


def beyond_sum(first: Placed, second: Placed) -> Contrast:
    """Returns the contrast of a pair with the sum of what each of them does alone."""
    return (
        (1.0, (first, second)),
        (-1.0, (first,)),
        (-1.0, (second,)),
        (1.0, NOTHING),
    )


class Backgrounds:
    """Null sequences, and the outputs for what is embedded in them, each computed once.

    Args:
        score: From codes to logits.
        codes: `(n, length)` uint8 null sequences.
        seed: Of the instances that are drawn.
    """

    def __init__(self, score: Score, codes: Codes, seed: int) -> None:
        self.codes = codes
        self.seed = seed
        self.score = score
        self._outputs: dict[Arrangement, np.ndarray] = {}

    def embedded(self, arrangement: Arrangement) -> Codes:
        """Returns `(n, length)` codes: the null sequences with patterns in their places.

        Raises:
            ValueError: If a pattern does not lie inside.
        """
        found = self.codes.copy()
        length = found.shape[1]
        for placed in arrangement:
            end = placed.start + placed.pattern.width
            if placed.start < 0 or end > length:
                raise ValueError(
                    f"{placed.pattern.name} at {placed.start} of {length} lies outside"
                )
            instances = placed.pattern.draw(len(found), self.seed, placed.copy)
            says = placed.pattern.says
            found[:, placed.start : end][:, says] = instances[:, says]
        return found

    def output(self, arrangement: Arrangement) -> np.ndarray:
        """Returns `(n,)` float64 logits of the null sequences with an arrangement."""
        if arrangement not in self._outputs:
            found = np.asarray(self.score(self.embedded(arrangement)), np.float64)
            self._outputs[arrangement] = found
        return self._outputs[arrangement]

    def differences(self, contrast: Contrast) -> np.ndarray:
        """Returns `(n,)` weighted sums of the outputs of a contrast, sequence by sequence."""
        terms = [weight * self.output(arrangement) for weight, arrangement in contrast]
        total: np.ndarray = np.sum(terms, axis=0)
        return total

    def effect(self, contrast: Contrast) -> Effect:
        """Returns the mean of a contrast with its interval."""
        return paired_effect(self.differences(contrast))
