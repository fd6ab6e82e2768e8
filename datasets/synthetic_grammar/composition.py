"""Which motifs a sequence of the synthetic grammar holds, and where."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from tfbs.datasets.motifs import Motif
from tfbs.datasets.planting import Placement, draw_gaps
from tfbs.datasets.synthetic_grammar.rule import (
    DECOYS,
    FACTORS,
    LENGTH,
    MAX_SPACING,
    PAIR_RULES,
    PairRule,
)

GROUPS = (("SP1", "Gabpa", "Gfi1b"), ("CEBPB", "MAX", "YY1"))
"""Factors of different groups are planted together in `test_combinations` only; no rule is about
two of them."""

NUM_COMPANIONS, NUM_COMPANIONS_LAW = (1, 2), (0.7, 0.3)
NUM_DECOYS, NUM_DECOYS_LAW = (0, 1, 2), (0.3, 0.4, 0.3)
PAIR_SHARE = 0.8
"""Of the sequences whose core is a pair, two motifs at a chosen gap, and not one motif."""

RULE_SHARE = 0.6
"""Of the pairs that stand in the order and on the strands of a rule; others on any."""

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
        combinations: `seen`, or `held_out`: companions are of the group that the core is not.
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
"""Motifs that stand together: name, strand, and gap to the one before."""

_MATRICES = {**{factor.name: factor.matrix_id for factor in FACTORS}, **DECOYS}


def compose(
    law: Law, num: int, rng: np.random.Generator, motifs: Mapping[str, Motif]
) -> list[list[Placement]]:
    """Returns where motifs stand in each sequence, from left to right.

    A core of one group, and one or two motifs of one companion: a factor of that group that the
    core lacks. In held-out combinations it is what another core, of the other group, would have
    got. So cores, companions, how many motifs of each factor a sequence holds, and how many in all
    follow the same laws in both; only what goes with what differs. Decoys stand beside.

    Args:
        law: Of the split.
        num: Sequences.
        rng: Source of randomness.
        motifs: Of all factors and decoys, by matrix id.
    """
    first = rng.integers(len(GROUPS), size=num)
    num_companions = rng.choice(NUM_COMPANIONS, size=num, p=NUM_COMPANIONS_LAW)
    num_decoys = rng.choice(NUM_DECOYS, size=num, p=NUM_DECOYS_LAW)
    composed = []
    for own, companions, decoys in zip(first, num_companions, num_decoys, strict=True):
        core = _draw_core(GROUPS[own], law, rng)
        if law.combinations == "seen":
            lacking = _lacking(core, GROUPS[own])
        else:
            lacking = _lacking(_draw_core(GROUPS[1 - own], law, rng), GROUPS[1 - own])
        companion = lacking[rng.integers(len(lacking))]
        blocks = [
            core,
            *([_draw_one((companion,), rng)] for _ in range(companions)),
            *([_draw_one(tuple(DECOYS), rng)] for _ in range(decoys)),
        ]
        composed.append(_place(blocks, rng, motifs))
    return composed


def _draw_core(group: tuple[str, ...], law: Law, rng: np.random.Generator) -> Block:
    """Returns a pair or one motif of a group."""
    if rng.random() >= PAIR_SHARE:
        return [_draw_one(group, rng)]
    gap = int(rng.integers(law.gaps[0], law.gaps[1] + 1))
    if rng.random() < RULE_SHARE:
        rules = _rules(group)
        rule = rules[rng.integers(len(rules))]
        pair = [(rule.first, rule.first_strand), (rule.second, rule.second_strand)]
        if rng.random() < 0.5:
            pair = [(name, -strand) for name, strand in pair[::-1]]
    else:
        pair = [_draw_one(group, rng)[:2] for _ in range(2)]
    return [(*pair[0], 0), (*pair[1], gap)]


@functools.cache
def _rules(group: tuple[str, ...]) -> tuple[PairRule, ...]:
    """Returns the rules about factors of a group."""
    return tuple(rule for rule in PAIR_RULES if {rule.first, rule.second} <= set(group))


def _lacking(core: Block, group: tuple[str, ...]) -> list[str]:
    """Returns the factors of a group that are not in a core of it."""
    held = {name for name, _, _ in core}
    return [name for name in group if name not in held]


def _draw_one(names: tuple[str, ...], rng: np.random.Generator) -> tuple[str, int, int]:
    """Returns one of the names on a strand."""
    return names[rng.integers(len(names))], int(rng.integers(2)) * 2 - 1, 0


def _place(
    blocks: list[Block], rng: np.random.Generator, motifs: Mapping[str, Motif]
) -> list[Placement]:
    """Returns the motifs of all blocks, in random order at random gaps."""
    blocks = [blocks[index] for index in rng.permutation(len(blocks))]
    width = sum(motifs[_MATRICES[name]].width + gap for block in blocks for name, _, gap in block)
    places, end = [], 0
    for free, block in zip(
        draw_gaps(rng, len(blocks) + 1, LENGTH - width).tolist(), blocks, strict=False
    ):
        end += free
        for name, strand, gap in block:
            start = end + gap
            end = start + motifs[_MATRICES[name]].width
            places.append(Placement(start, end, strand, _MATRICES[name]))
    return places
