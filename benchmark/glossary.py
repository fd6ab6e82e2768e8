"""The page of all metrics: families of names that differ in a method or a number, by axis."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from tfbs.benchmark.evaluation import METRICS, Metric
from tfbs.benchmark.evaluation.explanation_stability import MAPS
from tfbs.benchmark.protocol import EXPLAINED, PROTOCOLS

AXES = ("prediction", "interpretability", "robustness")

_METHODS = "|".join(sorted({"ism_norm", "random", *EXPLAINED, *MAPS}, key=len, reverse=True))
_VARIABLE = re.compile(rf"(?<=_)({_METHODS}|\d+(?:\.\d+)?)(?=_|$)")

_HEAD = """\
# Metrics

Written by `tfbs list metrics --markdown`. Every number in a record has its name on this page.
In formulas `f` is the logit, `p` its sigmoid, `y` the label, `x` the sequence, `x'` or `x + d` the
perturbed one, and `a` the attribution of a position times its input. Names that differ in a method
or a number are one entry, described by its first. A metric that a task has no truth for is
recorded as null, with the reason. What a run costs (parameters, multiply-accumulates, seconds,
memory) is in the part `cost` of its record.
"""


def metrics_page() -> str:
    """Returns the Markdown page of every registered metric."""
    parts = [_HEAD]
    for axis in AXES:
        parts.append(f"\n## {axis.capitalize()}\n")
        own = [name for name in METRICS if METRICS[name].axis == axis]
        parts += [_section(members) for members in families(own)]
    return "\n".join(parts)


def families(names: Iterable[str]) -> list[list[str]]:
    """Returns names in groups that differ in nothing but methods and numbers, in order."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(_VARIABLE.sub("*", name), []).append(name)
    return [sorted(members, key=_in_order) for members in found.values()]


def _in_order(name: str) -> list[tuple[float, int]]:
    """Returns the numbers of a name, and where its methods stand among all, to sort by."""
    order = list(dict.fromkeys((*EXPLAINED, *MAPS)))
    return [
        (float(word), 0) if word[0].isdigit() else (0.0, order.index(word) if word in order else 9)
        for word in _VARIABLE.findall(name)
    ]


def _section(members: list[str]) -> str:
    first = METRICS[members[0]]
    lines = [
        f"### {members[0]}\n",
        f"{first.description}\n",
        f"* Formula: `{first.formula}`",
        f"* {_range(first)}; {_direction(first)}",
        *_protocols(members),
    ]
    if first.source:
        lines.append(f"* Source: {first.source}")
    if len(members) > 1:
        lines.append(f"* Likewise: {', '.join(f'`{name}`' for name in members[1:])}")
    return "\n".join(lines) + "\n"


def _range(metric: Metric) -> str:
    low, high = metric.between
    if math.isinf(low):
        return "Any number"
    return f"At least {low:g}" if math.isinf(high) else f"From {low:g} to {high:g}"


def _direction(metric: Metric) -> str:
    better = {True: "higher is better", False: "lower is better", None: "neither way is better"}
    return better[metric.higher_is_better]


def _protocols(members: list[str]) -> list[str]:
    """Returns which protocols measure which members, those with the same ones together."""
    asked: dict[str, list[str]] = {}
    for name in members:
        by = ", ".join(f"`{own}`" for own in protocols_of(METRICS[name]))
        asked.setdefault("all" if by.count("`") == 2 * len(PROTOCOLS) else by, []).append(name)
    if len(asked) == 1:
        return [f"* Protocols: {by}" for by in asked]
    return [f"* Protocols: {by}: {', '.join(f'`{n}`' for n in own)}" for by, own in asked.items()]


def protocols_of(metric: Metric) -> list[str]:
    """Returns the names of the protocols that have a metric measured."""
    return [name for name in PROTOCOLS if metric.asked(PROTOCOLS[name])]
