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


def slug_of(kind: str) -> str:
    """Returns the folder that a floor has on every board; nobody else's entry may have it."""
    return kind.lower().replace(" ", "-")


RESERVED = frozenset(map(slug_of, KINDS))
"""Folders of floors, which only `tfbs leaderboard floors` fills."""


def missing_floors(runs: Iterable[tuple[str, RunSpec]]) -> tuple[str, ...]:
    """Returns the floors of every board that are not there.

    A floor is what lies in its own folder: an entry of a stranger that is called like one may be
    weaker than it.

    Args:
        runs: Folder and spec of the runs of accepted entries.
    """
    there = {kind_of(spec) for slug, spec in runs if slug in RESERVED}
    return tuple(kind for kind in KINDS if kind not in there)
