"""All constants of the rule, as plain values, for the metadata of the task."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tfbs.datasets.synthetic_grammar import rule


def constants() -> dict[str, Any]:
    """Returns the formula and every constant of the rule, JSON-ready."""
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
        "held_out_pairs": [list(pair) for pair in rule.HELD_OUT_PAIRS],
    }
