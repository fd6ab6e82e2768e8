"""Which motifs a sequence of the synthetic grammar holds, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from tfbs.datasets.motifs import Motif
from tfbs.datasets.planting import Placement, draw_gaps
from tfbs.datasets.synthetic_grammar.rule import (
    DECOYS,
    FACTORS,
    HELD_OUT_PAIRS,
    LENGTH,
    MAX_SPACING,
    PAIR_RULES,
)

NUM_SINGLES, NUM_SINGLES_LAW = (0, 1, 2), (0.4, 0.4, 0.2)
NUM_DECOYS, NUM_DECOYS_LAW = (0, 1, 2), (0.3, 0.4, 0.3)
PAIR_SHARE = 0.8
"""Of the sequences that hold a pair: two motifs at a chosen gap."""

RULE_SHARE = 0.6
"""Of the pairs that stand in the order and on the strands of a rule; others are any two factors."""

NEAR, FAR = (0, 10), (11, MAX_SPACING)
"""Gaps of pairs, uniform: usual ones, and those of `test_spacing`."""

MUTATIONS = 1
"""Substitutions in every planted motif of `test_mutations`."""


@dataclass(frozen=True)
class Law:
    """What the sequences of one split are like.

    Attributes:
        background: `uniform`, `gc` (a GC content for each sequence) or `markov`.
        gaps: Smallest and largest gap inside a pair, in nucleotides.
        combinations: `seen`, or `held_out`: the pair is one that no other split holds.
        mutations: Substitutions in every planted motif.
        noise: Share of the labels that are flipped.
        confounding: How strongly sequences are selected for a label that fits their GC: the
            log odds of the label, per standard deviation of the GC of backgrounds; 0 for none.
    """

    background: Literal["uniform", "gc", "markov"] = "uniform"
    gaps: tuple[int, int] = NEAR
    combinations: Literal["seen", "held_out"] = "seen"
    mutations: int = 0
    noise: float = 0.0
    confounding: float = 0.0

    def shifted(self, name: str) -> Law:
        """Returns the law of the split of that name, of `SHIFTS`; of any other, this one."""
        return replace(self, **SHIFTS.get(name, {}))


SHIFTS: Mapping[str, Mapping[str, Any]] = {
    "test_spacing": {"gaps": FAR},
    "test_background": {"background": "markov"},
    "test_combinations": {"combinations": "held_out"},
    "test_mutations": {"mutations": MUTATIONS},
    "test_confounder": {"confounding": 0.0},
}
"""What differs from training, by split."""


Block = list[tuple[str, int, int]]
"""Motifs that stand together: matrix, strand, and gap to the one before."""


def compose(law: Law, rng: np.random.Generator, motifs: dict[str, Motif]) -> list[Placement]:
    """Returns where motifs stand, from left to right.

    Args:
        law: Of the split.
        rng: Source of randomness.
        motifs: Of all factors and decoys, by matrix id.
    """
    blocks = _blocks(law, rng)
    widths = [sum(motifs[name].width + gap for name, _, gap in block) for block in blocks]
    gaps = draw_gaps(rng, len(blocks) + 1, LENGTH - sum(widths))
    places, end = [], 0
    for gap, block in zip(gaps, blocks, strict=False):
        end += int(gap)
        for name, strand, inner in block:
            start = end + inner
            end = start + motifs[name].width
            places.append(Placement(start, end, strand, name))
    return places


def _blocks(law: Law, rng: np.random.Generator) -> list[Block]:
    """Returns a pair perhaps, singles and decoys, in random order."""
    names = {factor.name: factor.matrix_id for factor in FACTORS}
    blocks: list[Block] = []
    held: list[str] = []
    if law.combinations == "held_out" or rng.random() < PAIR_SHARE:
        pair = _draw_pair(law, rng)
        gap = int(rng.integers(law.gaps[0], law.gaps[1] + 1))
        held = [name for name, _ in pair]
        blocks.append([(names[name], strand, gap * i) for i, (name, strand) in enumerate(pair)])
    for _ in range(rng.choice(NUM_SINGLES, p=NUM_SINGLES_LAW)):
        name = _draw_factor(held, law, rng)
        held.append(name)
        blocks.append([(names[name], _draw_strand(rng), 0)])
    for _ in range(rng.choice(NUM_DECOYS, p=NUM_DECOYS_LAW)):
        decoy = list(DECOYS.values())[rng.integers(len(DECOYS))]
        blocks.append([(decoy, _draw_strand(rng), 0)])
    return [blocks[index] for index in rng.permutation(len(blocks))]


def _draw_pair(law: Law, rng: np.random.Generator) -> list[tuple[str, int]]:
    """Returns name and strand of the left and the right motif of a pair."""
    if law.combinations == "held_out":
        names = list(HELD_OUT_PAIRS[rng.integers(len(HELD_OUT_PAIRS))])
    elif rng.random() < RULE_SHARE:
        rule = PAIR_RULES[rng.integers(len(PAIR_RULES))]
        pair = [(rule.first, rule.first_strand), (rule.second, rule.second_strand)]
        return pair if rng.random() < 0.5 else [(name, -strand) for name, strand in pair[::-1]]
    else:
        first = _draw_factor([], law, rng)
        names = [first, _draw_factor([first], law, rng)]
    return [(names[index], _draw_strand(rng)) for index in rng.permutation(2)]


def _draw_factor(held: list[str], law: Law, rng: np.random.Generator) -> str:
    """Returns a factor that may stand beside those that a sequence holds."""
    allowed = [
        factor.name
        for factor in FACTORS
        if law.combinations == "held_out"
        or not any({factor.name, other} == set(pair) for other in held for pair in HELD_OUT_PAIRS)
    ]
    return allowed[rng.integers(len(allowed))]


def _draw_strand(rng: np.random.Generator) -> int:
    return int(rng.integers(2)) * 2 - 1
