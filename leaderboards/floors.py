"""Floors: what an entry has to beat before its score means anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tfbs.benchmark.spec import RunSpec

PERMUTED = "permuted_labels"
"""Regime of a network that has nothing to learn."""

KINDS: Mapping[str, tuple[str, str]] = {
    "GC logistic": ("architecture", "gc_logistic"),
    "k-mer logistic": ("architecture", "kmer_logistic"),
    "PWM scan": ("architecture", "pwm_scan"),
    "label-permuted network": ("regime", PERMUTED),
}
"""The floors of every board beside the constant, and what in a spec makes an entry one of them."""


def kind_of(spec: RunSpec) -> str | None:
    """Returns which of the floors of every board a run is, or None."""
    names = {"architecture": spec.architecture["name"], "regime": spec.regime["name"]}
    return next((kind for kind, (part, name) in KINDS.items() if names[part] == name), None)


def missing_floors(specs: Iterable[RunSpec]) -> tuple[str, ...]:
    """Returns the floors of every board that none of the runs is.

    Args:
        specs: Of the runs of accepted entries.
    """
    there = {kind_of(spec) for spec in specs}
    return tuple(kind for kind in KINDS if kind not in there)
