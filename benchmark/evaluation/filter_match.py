"""First-layer filters against the motifs that a task was planted with, and all others.

Source: Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, and Ghotra, Lee,
Tripathy & Koo (2021), https://doi.org/10.1101/2021.07.13.452181, who call the share of filters
that match a motif of the task TPR, and the share that match other motifs only FPR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric
from tfbs.benchmark.explain.filters import trimmed
from tfbs.benchmark.explain.tomtom import compare
from tfbs.benchmark.protocol import Protocol
from tfbs.jaspar import read_vertebrates

LARGEST_Q = 0.1
UNSPECIFIC = "MA0615.1"
"""Gmeb1: alone it is no match, as published."""

_MATCH = (
    "Tomtom with correlated columns, q < 0.1 within the filter, against JASPAR 2016 CORE "
    "vertebrates (Ghotra et al. 2021)"
)


def _matches(protocol: Protocol) -> bool:
    return protocol.match_filters


METRICS.add(
    "filter_match_fraction",
    Metric(
        "interpretability",
        f"Share of all first-layer filters that match any motif but Gmeb1; {_MATCH}.",
        higher_is_better=None,
        formula="filters with min q < .1 / filters",
        between=SHARE,
        source="Ghotra et al. (2021), https://doi.org/10.1101/2021.07.13.452181",
        asked=_matches,
    ),
)
METRICS.add(
    "filter_truth_fraction",
    Metric(
        "interpretability",
        f"Share of all first-layer filters that match a motif of the task; {_MATCH}; their TPR.",
        formula="filters with q < .1 for a motif of the task / filters",
        between=SHARE,
        source="Ghotra et al. (2021), https://doi.org/10.1101/2021.07.13.452181",
        asked=_matches,
    ),
)
METRICS.add(
    "filter_false_fraction",
    Metric(
        "interpretability",
        f"Share of all first-layer filters that match other motifs only; {_MATCH}; their FPR.",
        higher_is_better=False,
        formula="filters with q < .1 for other motifs only / filters",
        between=SHARE,
        source="Ghotra et al. (2021), https://doi.org/10.1101/2021.07.13.452181",
        asked=_matches,
    ),
)
METRICS.add(
    "filter_coverage",
    Metric(
        "interpretability",
        "Share of the task's motifs that are the best match, among the task's, of a filter; "
        f"{_MATCH}.",
        formula="motifs of the task that a filter is best matched by / motifs of the task",
        between=SHARE,
        source="Ghotra et al. (2021), https://doi.org/10.1101/2021.07.13.452181",
        asked=_matches,
    ),
)


def measure_filters(
    motifs: np.ndarray, own: Mapping[str, Sequence[str]], split: str = "test"
) -> list[Measurement]:
    """Returns how many filters look like motifs.

    Args:
        motifs: `(filters, width, 4)` frequencies, uniform where a filter never fires.
        own: Of the task: for each of its motifs, base ids of JASPAR that count as it.
        split: What the filters were aligned on.
    """
    database = read_vertebrates()
    targets = [target.probabilities for target in database]
    q_values = np.stack([_q_values(trimmed(motif), targets) for motif in motifs])
    counts = count_matches(q_values, [motif.matrix_id for motif in database], own, LARGEST_Q)
    reason = "no interval: all filters of one network are counted"
    return [
        Measurement(name, "mean", split, count / n, None, n, count, reason)
        for name, (count, n) in counts.shares.items()
    ]


@dataclass(frozen=True)
class MatchCounts:
    """How many filters match something.

    Attributes:
        filters: All of them.
        matched: Those that match any motif but Gmeb1.
        true: Those that match a motif of the task; None where the database has none of them.
        false: Those that match others only.
        credited: The task's motifs that are the best match, among the task's, of a filter.
        motifs: How many motifs the task has.
    """

    filters: int
    matched: int
    true: int | None
    false: int
    credited: frozenset[str]
    motifs: int

    @property
    def shares(self) -> dict[str, tuple[int, int]]:
        """Count and whole by name of the metric; of a task without motifs only the first."""
        found = {"filter_match_fraction": (self.matched, self.filters)}
        if self.true is not None:
            found["filter_truth_fraction"] = (self.true, self.filters)
            found["filter_false_fraction"] = (self.false, self.filters)
            found["filter_coverage"] = (len(self.credited), self.motifs)
        return found


def count_matches(
    values: np.ndarray, ids: Sequence[str], own: Mapping[str, Sequence[str]], limit: float
) -> MatchCounts:
    """Returns how many filters match any motif, and how many one of the task.

    Args:
        values: `(filters, motifs)` E- or q-values; infinity or 1 for a filter that says nothing.
        ids: `(motifs,)` of the database, with version.
        own: For each motif of the task the base ids, or ids, that count as it.
        limit: Matches have a smaller value.
    """
    bases = [matrix_id.partition(".")[0] for matrix_id in ids]
    of_task = {
        name: np.isin(bases, list(known)) | np.isin(ids, list(known)) for name, known in own.items()
    }
    any_own = np.any(list(of_task.values()), axis=0) if own else np.zeros(len(ids), bool)
    specific = np.array(ids) != UNSPECIFIC
    matched = (values[:, specific] < limit).any(axis=1)
    true = (values[:, any_own] < limit).any(axis=1)
    there = {name: known for name, known in of_task.items() if known.any()}
    credited = frozenset(
        min(there, key=lambda name: row[there[name]].min()) for row in values[true]
    )
    return MatchCounts(
        len(values),
        int(matched.sum()),
        int(true.sum()) if any_own.any() else None,
        int((matched & ~true).sum()),
        credited,
        len(own),
    )


def _q_values(motif: np.ndarray, targets: Sequence[np.ndarray]) -> np.ndarray:
    """Returns `(targets,)`; 1 for a filter that says nothing."""
    return compare(motif, targets).q_values if len(motif) else np.ones(len(targets))
