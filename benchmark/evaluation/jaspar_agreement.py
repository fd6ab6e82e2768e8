"""On real sequences: do maps mark the sites of the factor that JASPAR knows?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.interpretability import position_areas
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, extra
from tfbs.benchmark.evaluation.sequence_mean import measure_mean, undefined
from tfbs.benchmark.explain.motif_hits import P_VALUE, covered_by_hits, letter_shares
from tfbs.benchmark.protocol import EXPLAINED
from tfbs.jaspar import Motif, read_factors

RELEASE = "JASPAR2024"

_SYNTHETIC = "the task states its own truth"
_NO_HITS = f"no explained sequence has a hit at p <= {P_VALUE:g} in a part of it"

for _method in EXPLAINED:
    METRICS.add(
        f"jaspar_auroc_{_method}",
        Metric(
            "interpretability",
            f"Per-sequence AUROC of {_method} x input for the positions that hits of the target's "
            f"matrices in {RELEASE} cover, on either strand, p <= {P_VALUE:g} on independent "
            "letters with the shares of the probe set; mean over the sequences with a hit, each "
            "explained for its rarest bound target, and by target; chance 0.5.",
            formula="mean over x of auroc(covered by a hit, a)",
            between=SHARE,
            asked=extra("jaspar_agreement", _method),
        ),
    )


@EXTRAS.register("jaspar_agreement")
def measure_jaspar_agreement(probe: Explained) -> list[Measurement]:
    """Returns how well each method's maps find the hits of the target's matrices."""
    names = {method: f"jaspar_auroc_{method}" for method in probe.maps}
    if probe.test.information is not None:
        return [undefined(name, _SYNTHETIC) for name in names.values()]
    explained = probe.bound.argmax(axis=1)
    targets = {int(column): probe.task.targets[column] for column in np.unique(explained)}
    factors = read_factors(list(probe.task.targets), RELEASE)
    covered = _covered(probe, explained, factors)
    measured = []
    for method, name in names.items():
        scores = probe.contributions(method)
        pairs = zip(covered, scores, strict=True)
        areas = np.array([position_areas(truth, score)[0] for truth, score in pairs])
        unknown = f"{RELEASE} has no matrix of {' or '.join(targets.values())}"
        reason = _NO_HITS if any(factors[target] for target in targets.values()) else unknown
        measured.append(measure_mean(name, areas, probe.seed, reason))
        for column, target in targets.items():
            own = areas[explained == column]
            why = _NO_HITS if factors[target] else f"{RELEASE} has no matrix of {target}"
            measured.append(measure_mean(name, own, probe.seed, why, target=target))
    return measured


def _covered(
    probe: Explained, explained: np.ndarray, factors: Mapping[str, tuple[Motif, ...]]
) -> np.ndarray:
    """Returns `(n, length)`: whether a hit of the sequence's explained target covers a position."""
    shares = letter_shares(probe.sequence)
    covered = np.zeros(probe.sequence.shape[:2], bool)
    for column in np.unique(explained):
        rows = explained == column
        motifs = factors[probe.task.targets[column]]
        covered[rows] = covered_by_hits(probe.sequence[rows], motifs, shares)
    return covered
