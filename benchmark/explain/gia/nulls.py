"""Sequences that hold nothing on purpose, in which patterns are embedded.

Source: Koo, Majdandzic, Ploenzke, Anand & Paul (2021), https://doi.org/10.1371/journal.pcbi.1008925,
whose null models are the position profile, both shuffles and quartiles of the real sequences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from tfbs.benchmark.explain.gia.score import Score
from tfbs.datasets.alphabet import BASES, UNKNOWN, Codes, one_hot
from tfbs.datasets.dinucleotide_shuffle import shuffle_dinucleotides
from tfbs.datasets.planting import draw_bases
from tfbs.errors import UserError
from tfbs.registry import Registry

DEFAULT_NULL = "dinucleotide_shuffle"
QUARTILES = 4
_PSEUDOCOUNT = 1


@dataclass(frozen=True)
class Source:
    """What null sequences are made from.

    Attributes:
        real: `(m, length)` uint8 codes of real sequences, at least one.
        score: The model's output, by which quartiles are told apart.
    """

    real: Codes
    score: Score


Null = Callable[[Source, int, np.random.Generator], Codes]
"""Returns `(samples, length)` uint8 codes for a source, their number, and a generator."""

NULLS: Registry[Null] = Registry("null model")


@NULLS.register("uniform")
def uniform(source: Source, samples: int, rng: np.random.Generator) -> Codes:
    """Independent letters, all equally likely."""
    return rng.integers(0, len(BASES), (samples, source.real.shape[1])).astype(np.uint8)


@NULLS.register("profile")
def profile(source: Source, samples: int, rng: np.random.Generator) -> Codes:
    """Independent letters with the frequencies that each position has in the real sequences."""
    counts = one_hot(source.real).sum(axis=0, dtype=np.float64) + _PSEUDOCOUNT
    shares = counts / counts.sum(axis=1, keepdims=True)
    return draw_bases(rng, np.broadcast_to(shares, (samples, *shares.shape)))


@NULLS.register("mononucleotide_shuffle")
def mononucleotide_shuffle(source: Source, samples: int, rng: np.random.Generator) -> Codes:
    """Letters of real sequences in random order."""
    return rng.permuted(_some(source.real, samples, rng), axis=1)


@NULLS.register("dinucleotide_shuffle")
def dinucleotide_shuffle(source: Source, samples: int, rng: np.random.Generator) -> Codes:
    """Real sequences shuffled with every dinucleotide count kept, all shuffles equally likely."""
    return shuffle_dinucleotides(_some(source.real, samples, rng), rng)


@NULLS.register("real")
def real(source: Source, samples: int, rng: np.random.Generator) -> Codes:
    """Real sequences as they are: those of --sequences, else of the task's test split."""
    return _some(source.real, samples, rng)


def quartile(source: Source, samples: int, rng: np.random.Generator, *, number: int) -> Codes:
    """Returns real sequences whose output lies in one quarter, 1 the lowest to 4."""
    order = source.score(source.real).argsort(kind="stable")
    chosen = np.array_split(order, QUARTILES)[number - 1]
    if not len(chosen):
        raise UserError(f"{len(order)} sequences have no quartile {number}: give at least 4")
    return _some(source.real[chosen], samples, rng)


for _number, _which in enumerate(("lowest", "second", "third", "highest"), start=1):
    _null = partial(quartile, number=_number)
    _null.__doc__ = f"Real sequences whose output lies in the {_which} quarter."
    NULLS.add(f"quartile_{_number}", _null)


def make_nulls(name: str, source: Source, samples: int, seed: int) -> Codes:
    """Returns `(samples, length)` null sequences; letters that are unknown become random ones.

    Args:
        name: Of a null model.
        source: Real sequences and the model.
        samples: How many.
        seed: The same seed gives the same sequences.
    """
    rng = np.random.default_rng(seed)
    codes = NULLS[name](source, samples, rng)
    letters = rng.integers(0, len(BASES), codes.shape).astype(np.uint8)
    return np.where(codes == UNKNOWN, letters, codes)


def _some(sequences: Codes, samples: int, rng: np.random.Generator) -> Codes:
    """Returns so many sequences in random order, each as often as any other but for one."""
    rounds = -(-samples // len(sequences))
    order = [rng.permutation(len(sequences)) for _ in range(rounds)]
    return sequences[np.concatenate(order)[:samples]]
