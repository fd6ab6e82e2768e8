"""The law that sequences of the synthetic grammar are drawn from."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tfbs.datasets.motifs import (
    Matrix,
    Motif,
    information_content,
    read_jaspar,
    reverse_complement_matrix,
)
from tfbs.datasets.planting import Placement, draw_bases
from tfbs.datasets.synthetic_grammar.backgrounds import draw_background, gc_deviation
from tfbs.datasets.synthetic_grammar.composition import Law, compose
from tfbs.datasets.synthetic_grammar.logit import importances, true_logits
from tfbs.datasets.synthetic_grammar.rule import DECOYS, FACTORS, energies

VERSION = "2.0.0"
CONFIGS = {
    "default": "20,000 training sequences, four shifted tests",
    "confounded": "GC agrees with the label, but not in one more test",
    "noisy": "one label in ten is flipped",
    "small": "2,000 training sequences of the default law, for quick starts",
}
"""Every config of the dataset, with a line on each."""

SPLITS = (
    "train",
    "valid",
    "test",
    "test_spacing",
    "test_background",
    "test_combinations",
    "test_mutations",
    "test_confounder",
)
"""Every split that a config may have; each has a random stream of its own."""

FAVOURED = 0.25
"""A column favours the letters that are likelier than by chance; one that it does not favour
lowers the affinity of the site, and so the logit, where the site is an activator's."""

_EFFECTS = {factor.matrix_id: factor.effect for factor in FACTORS}


@dataclass(frozen=True)
class Instance:
    """A planted motif.

    Attributes:
        place: Where, on which strand, of which matrix.
        affinity: Energy of the site against the best one of its matrix, in kT, at most 0.
    """

    place: Placement
    affinity: float

    @property
    def effect(self) -> float:
        """What full occupancy of its factor adds to the true logit; 0 for a decoy."""
        return _EFFECTS.get(self.place.matrix_id, 0.0)


@dataclass(frozen=True)
class Grammar:
    """Sequences with their truth.

    Attributes:
        sequence: `(n, 200)` uint8 codes.
        label: `(n,)` int8.
        logit: `(n,)` float32, the true logit.
        chance: `(n,)`, the probability of label 1 given the sequence, in this split.
        importance: `(n, 200, 4)` float32: see `logit.importances`.
        information: `(n, 200)` float32, in bits: that of the column of the matrix, where the letter
            is one that the site of a planted activator favours; 0 elsewhere.
        instances: For each sequence what was planted, from left to right.
    """

    sequence: npt.NDArray[np.uint8]
    label: npt.NDArray[np.int8]
    logit: npt.NDArray[np.float32]
    chance: npt.NDArray[np.float64]
    importance: npt.NDArray[np.float32]
    information: npt.NDArray[np.float32]
    instances: list[tuple[Instance, ...]]


def draw_grammar(law: Law, num_sequences: int, seed: tuple[int, ...]) -> Grammar:
    """Returns sequences of one split with labels drawn from their true logits.

    Where there is confounding, a sequence with label 1 is kept with probability
    `sigmoid(confounding * z)` and one with label 0 with `sigmoid(-confounding * z)`, z being its
    `gc_deviation`; so the odds of label 1 given the sequence are those of the rule times
    `exp(confounding * z)`.

    Args:
        law: Of the split.
        num_sequences: How many.
        seed: The same seed gives the same sequences.
    """
    rng = np.random.default_rng(seed)
    if law.confounding:
        sequence, label, instances = _selected(law, num_sequences, rng)
        logit, importance = importances(sequence)
    else:
        sequence, instances = _planted(law, num_sequences, rng)
        logit, importance = importances(sequence)
        label = _labels(logit, sequence, law, rng)
    return Grammar(
        sequence,
        label,
        logit,
        label_chance(logit, sequence, law),
        importance,
        _information(sequence, instances),
        instances,
    )


def label_chance(
    logit: npt.NDArray[np.floating], codes: npt.NDArray[np.uint8], law: Law
) -> npt.NDArray[np.float64]:
    """Returns the probability of label 1 given the sequence, in a split of this law.

    Args:
        logit: `(n,)` true logits.
        codes: `(n, length)` codes.
        law: Of the split.
    """
    chance = law.noise + (1 - 2 * law.noise) * _sigmoid(logit.astype(np.float64))
    odds = chance / (1 - chance) * np.exp(law.confounding * gc_deviation(codes))
    ceiling: npt.NDArray[np.float64] = odds / (1 + odds)
    return ceiling


Instances = list[tuple[Instance, ...]]


def _selected(
    law: Law, num: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8], Instances]:
    """Returns sequences, labels and instances after selection."""
    sequences, labels = [], []
    instances: Instances = []
    while len(instances) < num:
        sequence, planted = _planted(law, num, rng)
        label = _labels(true_logits(sequence), sequence, replace(law, confounding=0.0), rng)
        tilt = law.confounding * gc_deviation(sequence)
        kept = rng.random(num) < _sigmoid(np.where(label == 1, tilt, -tilt))
        sequences.append(sequence[kept])
        labels.append(label[kept])
        instances += [planted[row] for row in np.flatnonzero(kept)]
    return np.concatenate(sequences)[:num], np.concatenate(labels)[:num], instances[:num]


def _planted(
    law: Law, num: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.uint8], Instances]:
    """Returns sequences and what was planted in them."""
    sequence = draw_background(law.background, num, rng)
    placed = compose(law, num, rng, _motifs())
    affinities = _plant(sequence, placed, law.mutations, rng)
    return sequence, [
        tuple(Instance(place, float(affinity)) for place, affinity in zip(*pair, strict=True))
        for pair in zip(placed, affinities, strict=True)
    ]


def _plant(
    sequence: npt.NDArray[np.uint8],
    placed: list[list[Placement]],
    mutations: int,
    rng: np.random.Generator,
) -> list[npt.NDArray[np.float64]]:
    """Writes motifs into sequences, with substitutions, and returns their affinities."""
    affinities = [np.zeros(len(places)) for places in placed]
    alike: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    for row, places in enumerate(placed):
        for index, place in enumerate(places):
            kind = (place.matrix_id, place.strand)
            alike.setdefault(kind, []).append((row, index, place.start))
    for (matrix_id, strand), members in sorted(alike.items()):
        rows, _, starts = np.array(members).T
        matrix = _matrix(matrix_id, strand)
        letters = draw_bases(rng, np.broadcast_to(matrix, (len(members), *matrix.shape)))
        changed = rng.random(letters.shape).argsort(axis=1)[:, :mutations]
        others = (np.take_along_axis(letters, changed, 1) + rng.integers(1, 4, changed.shape)) % 4
        np.put_along_axis(letters, changed, others.astype(np.uint8), axis=1)
        offsets = np.arange(letters.shape[1])
        sequence[rows[:, None], starts[:, None] + offsets] = letters
        forward = letters if strand == 1 else 3 - letters[:, ::-1]
        energy = energies(matrix_id)[offsets, forward].sum(axis=1).round(5)
        for (row, index, _), value in zip(members, energy, strict=True):
            affinities[row][index] = value
    return affinities


def _labels(
    logit: npt.NDArray[np.float32],
    sequence: npt.NDArray[np.uint8],
    law: Law,
    rng: np.random.Generator,
) -> npt.NDArray[np.int8]:
    return (rng.random(len(logit)) < label_chance(logit, sequence, law)).astype(np.int8)


def _information(sequence: npt.NDArray[np.uint8], instances: Instances) -> npt.NDArray[np.float32]:
    information = np.zeros(sequence.shape, np.float32)
    for row, planted in enumerate(instances):
        for place in (instance.place for instance in planted if instance.effect > 0):
            table = _favoured_bits(place.matrix_id, place.strand)
            letters = sequence[row, place.start : place.end]
            information[row, place.start : place.end] = table[np.arange(len(table)), letters]
    return information


@functools.cache
def _favoured_bits(matrix_id: str, strand: int) -> npt.NDArray[np.float32]:
    """Returns the information of each column at the letters that it favours, `(width, 4)`."""
    matrix = _matrix(matrix_id, strand)
    bits = information_content(matrix)[:, None]
    return np.where(matrix > FAVOURED, bits, 0.0).astype(np.float32)


def _matrix(matrix_id: str, strand: int) -> Matrix:
    matrix = _motifs()[matrix_id].probabilities
    return matrix if strand == 1 else reverse_complement_matrix(matrix)


@functools.cache
def _motifs() -> dict[str, Motif]:
    return read_jaspar([*(factor.matrix_id for factor in FACTORS), *DECOYS.values()])


def _sigmoid(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(values / 2)))
