"""First-layer filters against the motifs that a task was planted with, and all others.

Source: Koo & Ploenzke (2021), https://doi.org/10.1038/s42256-020-00291-x, and Ghotra, Lee,
Tripathy & Koo (2021), https://doi.org/10.1101/2021.07.13.452181, who call the share of filters
that match a motif of the task TPR, and the share that match other motifs only FPR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tfbs.benchmark.evaluation.metric import METRICS, Measurement, Metric
from tfbs.benchmark.explain.filters import trimmed
from tfbs.benchmark.explain.tomtom import compare
from tfbs.jaspar import read_vertebrates

LARGEST_Q = 0.1
UNSPECIFIC = "MA0615.1"
"""Gmeb1: alone it is no match, as published."""

_MATCH = (
    "Tomtom with correlated columns, q < 0.1 within the filter, against JASPAR 2016 CORE "
    "vertebrates (Ghotra et al. 2021)"
)
METRICS.add(
    "filter_match_fraction",
    Metric(
        "interpretability",
        f"Share of all first-layer filters that match any motif but Gmeb1; {_MATCH}.",
        higher_is_better=None,
    ),
)
METRICS.add(
    "filter_truth_fraction",
    Metric(
        "interpretability",
        f"Share of all first-layer filters that match a motif of the task; {_MATCH}; their TPR.",
    ),
)
METRICS.add(
    "filter_false_fraction",
    Metric(
        "interpretability",
        f"Share of all first-layer filters that match other motifs only; {_MATCH}; their FPR.",
        higher_is_better=False,
    ),
)
METRICS.add(
    "filter_coverage",
    Metric(
        "interpretability",
        "Share of the task's motifs that are the best match, among the task's, of a filter; "
        f"{_MATCH}.",
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
    ids = [motif.matrix_id for motif in database]
    bases = [matrix_id.partition(".")[0] for matrix_id in ids]
    of_task = {name: np.isin(bases, list(known)) for name, known in own.items()}
    any_own = np.any(list(of_task.values()), axis=0)
    specific = np.array(ids) != UNSPECIFIC
    matched, true, credited = 0, 0, set()
    for motif in motifs:
        q_values = _q_values(trimmed(motif), [target.probabilities for target in database])
        matched += bool((q_values[specific] < LARGEST_Q).any())
        if (q_values[any_own] < LARGEST_Q).any():
            true += 1
            credited.add(min(of_task, key=lambda name: q_values[of_task[name]].min()))
    counts = {
        "filter_match_fraction": (matched, len(motifs)),
        "filter_truth_fraction": (true, len(motifs)),
        "filter_false_fraction": (matched - true, len(motifs)),
        "filter_coverage": (len(credited), len(own)),
    }
    reason = "no interval: all filters of one network are counted"
    return [
        Measurement(name, "mean", split, count / n, None, n, count, reason)
        for name, (count, n) in counts.items()
    ]


def _q_values(motif: np.ndarray, targets: Sequence[np.ndarray]) -> np.ndarray:
    """Returns `(targets,)`; 1 for a filter that says nothing."""
    return compare(motif, targets).q_values if len(motif) else np.ones(len(targets))
