"""All constants of the rule and of the composition, as plain values, for the metadata."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tfbs.datasets.synthetic_grammar import composition, rule


def constants() -> dict[str, Any]:
    """Returns the formula, every constant of the rule and how motifs are composed, JSON-ready."""
    return {
        "logit": "bias + sum over factors of effect * (1 - exp(-load))",
        "load": "mean over configurations of the summed position weights of the bound sites",
        "configuration": "product of site weights exp(potential + energy) and of cooperativities",
        "energy": "energy_scale * sum of ln(p / largest p of the column), p with pseudocount",
        "position_weight": "floor + (1 - floor) * exp(-(distance to the middle / width)^2 / 2)",
        "bias": rule.BIAS,
        "energy_scale": rule.ENERGY_SCALE,
        "pseudocount": rule.PSEUDOCOUNT,
        "position_floor": rule.POSITION_FLOOR,
        "position_width": rule.POSITION_WIDTH,
        "max_spacing": rule.MAX_SPACING,
        "factors": [asdict(factor) for factor in rule.FACTORS],
        "decoys": dict(rule.DECOYS),
        "pair_rules": [asdict(pair) for pair in rule.PAIR_RULES],
        "groups": [list(group) for group in composition.GROUPS],
        "pair_share": composition.PAIR_SHARE,
        "rule_share": composition.RULE_SHARE,
        "num_companions": _law(composition.NUM_COMPANIONS, composition.NUM_COMPANIONS_LAW),
        "num_decoys": _law(composition.NUM_DECOYS, composition.NUM_DECOYS_LAW),
    }


def _law(values: tuple[int, ...], probabilities: tuple[float, ...]) -> dict[str, float]:
    return {str(value): share for value, share in zip(values, probabilities, strict=True)}
