"""The true effects of motifs and of pairs, measured on the rule itself.

`python -m tfbs.datasets.synthetic_grammar.effects` prints them; `effects.json` keeps them.
"""

from __future__ import annotations

import functools
import itertools
import json
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from tfbs.datasets.motifs import Matrix, read_jaspar, reverse_complement_matrix
from tfbs.datasets.planting import draw_bases
from tfbs.datasets.synthetic_grammar.logit import true_logits
from tfbs.datasets.synthetic_grammar.rule import DECOYS, FACTORS, LENGTH, MAX_SPACING

NUM_DRAWS = 1280
"""Backgrounds, each with instances of its own, that an effect is the mean over."""

Codes = npt.NDArray[np.uint8]
Logits = npt.NDArray[np.float32]
Kind = tuple[str, int]
"""Name and strand of a motif."""

Place = tuple[Kind, int, int]
"""A kind, its start, and which of two independent sets of instances is planted, 0 or 1."""

_STRANDS = {1: "+", -1: "-"}


def read_effects() -> dict[str, Any]:
    """Returns the kept effects: see `measure_effects`."""
    text = resources.files(__package__).joinpath("effects.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def measure_effects() -> dict[str, Any]:
    """Returns `draws`, `motifs` by name and `pairs` by name, on the scale of the true logit.

    The effect of a motif is the mean change of the true logit when an instance, drawn from
    its matrix, is planted in the middle of a uniform background. That of a pair, one number for
    each gap of 0 ... 20 nucleotides, is what both together change beyond the sum of what
    each changes alone in its place; `"SP1+ Gabpa-"` is SP1 on the forward strand left of Gabpa on
    the reverse one. Of an arrangement and its reverse complement, which are alike, one is kept.
    Every `effect` has the `standard_error` of the mean beside it.
    """
    names = [factor.name for factor in FACTORS]
    kinds = [(name, strand) for name in names for strand in (1, -1)]
    pairs: dict[str, dict[str, list[float]]] = {}
    for left, right in itertools.product(kinds, repeat=2):
        if pair_name((right[0], -right[1]), (left[0], -left[1])) not in pairs:
            gaps = [pair_effect(left, right, gap) for gap in range(MAX_SPACING + 1)]
            pairs[pair_name(left, right)] = {
                field: [found[field] for found in gaps] for field in gaps[0]
            }
    return {
        "draws": NUM_DRAWS,
        "motifs": {name: motif_effect(name) for name in (*names, *DECOYS)},
        "pairs": pairs,
    }


def pair_name(left: Kind, right: Kind) -> str:
    """Returns `"SP1+ Gabpa-"` for names and strands."""
    return " ".join(f"{name}{_STRANDS[strand]}" for name, strand in (left, right))


def motif_effect(name: str) -> dict[str, float]:
    """Returns `effect` and `standard_error` of one motif: see `measure_effects`."""
    kind = (name, 1)
    start = (LENGTH - _width(kind)) // 2
    return _mean(_logits((kind, start, 0)) - _logits())


def pair_effect(left: Kind, right: Kind, gap: int) -> dict[str, float]:
    """Returns `effect` and `standard_error` of a pair at a gap: see `measure_effects`.

    Args:
        left: Name and strand of the left motif.
        right: Name and strand of the right motif.
        gap: Between them, in nucleotides.
    """
    start = (LENGTH - _width(left) - gap - _width(right)) // 2
    first, second = (left, start, 0), (right, start + _width(left) + gap, 1)
    both = true_logits(_planted(first, second))
    return _mean(both - _logits(first) - _logits(second) + _logits())


@functools.cache
def _logits(*places: Place) -> Logits:
    """Returns the true logits, `(NUM_DRAWS,)`, of the backgrounds with one motif or none."""
    return true_logits(_planted(*places))


def _planted(*places: Place) -> Codes:
    """Returns the backgrounds with motifs in their places."""
    planted = np.random.default_rng(0).integers(0, 4, (NUM_DRAWS, LENGTH)).astype(np.uint8)
    for kind, start, which in places:
        planted[:, start : start + _width(kind)] = _instances(kind, which)
    return planted


@functools.cache
def _instances(kind: Kind, which: int) -> Codes:
    """Returns `(NUM_DRAWS, width)` instances of a motif."""
    matrix = _matrix(kind)
    rng = np.random.default_rng((1 + which, *kind[0].encode(), kind[1] > 0))
    return draw_bases(rng, np.broadcast_to(matrix, (NUM_DRAWS, *matrix.shape)))


def _width(kind: Kind) -> int:
    return len(_matrix(kind))


@functools.cache
def _matrix(kind: Kind) -> Matrix:
    name, strand = kind
    matrix_id = {**{factor.name: factor.matrix_id for factor in FACTORS}, **DECOYS}[name]
    matrix = read_jaspar([matrix_id])[matrix_id].probabilities
    return matrix if strand == 1 else reverse_complement_matrix(matrix)


def _mean(values: Logits) -> dict[str, float]:
    error = values.std(ddof=1) / np.sqrt(len(values))
    return {
        "effect": round(float(values.mean()), 3),
        "standard_error": round(float(error), 3),
    }


if __name__ == "__main__":
    print(json.dumps(measure_effects(), indent=1))  # noqa: T201
