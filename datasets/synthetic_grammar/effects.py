"""The true effects of motifs and of pairs, measured on the rule itself.

`python -m tfbs.datasets.synthetic_grammar.effects` prints them; `effects.json` keeps them.
"""

from __future__ import annotations

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

NUM_DRAWS = 32
"""Backgrounds, each with instances of its own, that an effect is the mean over."""

Codes = npt.NDArray[np.uint8]
_STRANDS = {1: "+", -1: "-"}


def read_effects() -> dict[str, Any]:
    """Returns the kept effects: see `measure_effects`."""
    text = resources.files(__package__).joinpath("effects.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def measure_effects() -> dict[str, Any]:
    """Returns `motifs` by name and `pairs` by name, all on the scale of the true logit.

    The effect of a motif is the mean change of the true logit when an instance, drawn from
    its matrix, is planted in the middle of a uniform background. That of a pair, one number for
    each gap of 0 ... 20 nucleotides, is what both together change beyond the sum of what
    each changes alone in its place; `"SP1+ Gabpa-"` is SP1 on the forward strand left of Gabpa on
    the reverse one. Of an arrangement and its reverse complement, which are alike, one is kept.
    """
    names = [factor.name for factor in FACTORS]
    kinds = [(name, strand) for name in names for strand in (1, -1)]
    pairs: dict[str, list[float]] = {}
    for left, right in itertools.product(kinds, repeat=2):
        if pair_name((right[0], -right[1]), (left[0], -left[1])) not in pairs:
            pairs[pair_name(left, right)] = pair_effect(left, right)
    return {
        "motifs": {name: motif_effect(name) for name in (*names, *DECOYS)},
        "pairs": pairs,
    }


def pair_name(left: tuple[str, int], right: tuple[str, int]) -> str:
    """Returns `"SP1+ Gabpa-"` for names and strands."""
    return " ".join(f"{name}{_STRANDS[strand]}" for name, strand in (left, right))


def motif_effect(name: str) -> float:
    """Returns the mean effect of one motif: see `measure_effects`."""
    background, (motif,) = _draws([(name, 1)])
    planted = _planted(background, [((LENGTH - motif.shape[1]) // 2, motif)])
    return _mean(true_logits(planted) - true_logits(background))


def pair_effect(left: tuple[str, int], right: tuple[str, int]) -> list[float]:
    """Returns the mean interaction of a pair at each gap: see `measure_effects`.

    Args:
        left: Name and strand of the left motif.
        right: Name and strand of the right motif.
    """
    background, (first, second) = _draws([left, right])
    without = true_logits(background)
    effects = []
    for gap in range(MAX_SPACING + 1):
        start = (LENGTH - first.shape[1] - gap - second.shape[1]) // 2
        places = [(start, first), (start + first.shape[1] + gap, second)]
        both, *alone = (
            true_logits(_planted(background, some)) for some in (places, places[:1], places[1:])
        )
        effects.append(_mean(both - sum(alone) + without))
    return effects


def _draws(kinds: list[tuple[str, int]]) -> tuple[Codes, list[Codes]]:
    """Returns uniform backgrounds and an instance of each motif for each of them."""
    rng = np.random.default_rng(0)
    background = rng.integers(0, 4, (NUM_DRAWS, LENGTH)).astype(np.uint8)
    matrices = [_matrix(*kind) for kind in kinds]
    return background, [
        draw_bases(rng, np.broadcast_to(matrix, (NUM_DRAWS, *matrix.shape))) for matrix in matrices
    ]


def _matrix(name: str, strand: int) -> Matrix:
    matrix_id = {**{factor.name: factor.matrix_id for factor in FACTORS}, **DECOYS}[name]
    matrix = read_jaspar([matrix_id])[matrix_id].probabilities
    return matrix if strand == 1 else reverse_complement_matrix(matrix)


def _planted(background: Codes, places: list[tuple[int, Codes]]) -> Codes:
    planted = background.copy()
    for start, motif in places:
        planted[:, start : start + motif.shape[1]] = motif
    return planted


def _mean(values: npt.NDArray[np.float32]) -> float:
    return round(float(values.mean()), 3)


if __name__ == "__main__":
    print(json.dumps(measure_effects(), indent=1))  # noqa: T201
