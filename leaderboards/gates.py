"""Sanity gates of an entry: what an honest, well measured network passes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from tfbs.benchmark.headline import headline
from tfbs.leaderboards.entries import Entry
from tfbs.leaderboards.names import plain

PASSED = "passed"
UNMEASURED = "not measured"
CLEARED = "cleared: "
"""Begins what is said of a suspicion that a reviewer looked into."""

SLACK = 0.01
"""By how much the AUROC of a few hundred attacked examples may rise by luck."""

MOST_CORRELATED = 0.5
"""Correlation of maps before and after weights were drawn anew from which on they do not depend on
what was learned: Adebayo et al. (2018), https://arxiv.org/abs/1810.03292, set no limit."""

_ATTACK = "auroc_pgd_"
_RANDOMISED = "randomised_weights_correlation_"
Metrics = list[dict[str, Any]]


def gates_of(entry: Entry) -> dict[str, str]:
    """Returns what came of each gate: `passed`, `cleared: ...`, `not measured`, or what failed."""
    by_run = {run_id: entry.scores(run_id) for run_id in sorted(entry.records)}
    found = {
        name: _worst(by_run, gate)
        for name, gate in (
            ("attacked is not better than clean", _below_clean),
            ("stronger attacks are not weaker", _falls),
            ("gradients hide nothing", _masking),
            ("maps depend on the weights", _randomised),
        )
    }
    found["training converged"] = _converged(entry)
    found["nothing suspicious"] = _suspicions(entry)
    return found


def passes(said: str) -> bool | None:
    """Returns whether an entry passes a gate of which this is said, or None if it was not measured.

    A suspicion that a reviewer cleared is passed.
    """
    if said == UNMEASURED:
        return None
    return said == PASSED or said.startswith(CLEARED)


def _worst(by_run: Mapping[str, Metrics], gate: Callable[[Metrics], str]) -> str:
    said = {run_id: gate(metrics) for run_id, metrics in by_run.items()}
    bad = [
        f"run {run_id[:12]}: {what}"
        for run_id, what in said.items()
        if what not in (PASSED, UNMEASURED)
    ]
    if bad:
        return "; ".join(bad[:3])
    return PASSED if said and all(what == PASSED for what in said.values()) else UNMEASURED


def _value(metrics: Metrics, name: str) -> float | None:
    found = headline({"metrics": metrics, "cost": {}}, name)
    return None if found is None else found["value"]


def attacked(metrics: Metrics) -> dict[float, float]:
    """Returns AUROC by radius of the L-infinity attack, weakest first; 0 is the clean probe set."""
    found = {}
    for name in {str(m["name"]) for m in metrics}:
        radius = name.removeprefix(_ATTACK)
        value = _value(metrics, name) if name.startswith(_ATTACK) else None
        if value is not None and radius.replace(".", "", 1).isdigit():
            found[float(radius)] = value
    return dict(sorted(found.items()))


def _below_clean(metrics: Metrics) -> str:
    found = attacked(metrics)
    if 0 not in found or len(found) < 2:
        return UNMEASURED
    above = [radius for radius, value in found.items() if value > found[0] + SLACK]
    if not above:
        return PASSED
    return f"AUROC {found[above[0]]:.3f} at radius {above[0]:g}, {found[0]:.3f} without attack"


def _falls(metrics: Metrics) -> str:
    found = list(attacked(metrics).items())
    if len(found) < 2:
        return UNMEASURED
    for (weak, before), (strong, after) in itertools.pairwise(found):
        if after > before + SLACK:
            return f"AUROC rises from {before:.3f} at {weak:g} to {after:.3f} at {strong:g}"
    return PASSED


def _masking(metrics: Metrics) -> str:
    failed = _value(metrics, "gradient_masking")
    if failed is None:
        return UNMEASURED
    return PASSED if failed == 0 else f"fails {failed:g} gates against gradient masking"


def _randomised(metrics: Metrics) -> str:
    names = sorted({str(m["name"]) for m in metrics if str(m["name"]).startswith(_RANDOMISED)})
    values = {name: _value(metrics, name) for name in names}
    known = {name: value for name, value in values.items() if value is not None}
    if not known:
        return UNMEASURED
    name = max(known, key=lambda each: known[each])
    if known[name] <= MOST_CORRELATED:
        return PASSED
    return f"{name.removeprefix(_RANDOMISED)} correlates by {known[name]:.2f} with that of chance"


def _converged(entry: Entry) -> str:
    """Returns what the records say: it is a claim, as curves are."""
    said = {
        run_id: record.get("training", {}).get("convergence")
        for run_id, record in sorted(entry.records.items())
    }
    off = [
        f"run {run_id[:12]}: {plain(found['status'], 20)}"
        for run_id, found in said.items()
        if found is not None and found["status"] != "converged"
    ]
    if off:
        return "; ".join(off[:3])
    return PASSED if said and all(found is not None for found in said.values()) else UNMEASURED


def _suspicions(entry: Entry) -> str:
    if entry.verdict is None:
        return UNMEASURED
    if not entry.verdict.suspicions:
        return PASSED
    first = plain(entry.verdict.suspicions[0])
    cleared = entry.verdict.cleared
    return f"{CLEARED}{plain(cleared)} ({first})" if cleared else first
