"""Interpretability on real genomes: do attributions point at the summits, and nowhere else?"""

from __future__ import annotations

import keras
import numpy as np

from tfbs.benchmark.evaluation.designs import DESIGNS, Case, designs_of
from tfbs.benchmark.evaluation.interpretability import position_areas, scaled
from tfbs.benchmark.evaluation.metric import METRICS, SHARE, Measurement, Metric, explained
from tfbs.benchmark.evaluation.ranking import ranking_values
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.benchmark.protocol import EXPLAINED, GRADIENTS
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.probe import bound_rows, rarest_bound
from tfbs.datasets.split import SITE

_TRUTH = f"positions within {SITE} bp of a summit, among those of the bin"
_NO_TRUTH = "no window has both kinds"

for _method in EXPLAINED:
    METRICS.add(
        f"summit_attribution_auroc_{_method}",
        Metric(
            "interpretability",
            f"Per-window AUROC of {_method} x input for {_TRUTH}, mean over bound windows, each "
            "explained for its rarest bound target; chance 0.5.",
            formula="mean over x of auroc(near a summit, a)",
            between=SHARE,
            asked=explained(_method),
        ),
    )
    METRICS.add(
        f"summit_attribution_aupr_{_method}",
        Metric(
            "interpretability",
            f"Per-window average precision of {_method} x input for {_TRUTH}, mean over bound "
            "windows; chance beside it.",
            formula="mean over x of average_precision(near a summit, a)",
            between=SHARE,
            asked=explained(_method),
        ),
    )
    METRICS.add(
        f"summit_attribution_specificity_{_method}",
        Metric(
            "interpretability",
            f"AUROC of {_method} x input at summits of bound windows against all positions of the "
            "bin in the design's unbound windows: do maps stay quiet where nothing binds? Chance "
            "0.5.",
            formula="auroc(summit of a bound window or position of an unbound one, a)",
            between=SHARE,
            asked=explained(_method),
        ),
    )
METRICS.add(
    "summit_attribution_aupr_chance",
    Metric(
        "interpretability",
        "Mean fraction of the bin's positions that are near a summit: chance for "
        "summit_attribution_aupr.",
        higher_is_better=None,
        formula="mean over x of positions near a summit / positions of the bin",
        between=SHARE,
    ),
)


def measure_summits(
    model: keras.Model,
    case: Case,
    size: int,
    seed: int,
    methods: tuple[str, ...] = GRADIENTS,
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns how well attributions find the summits, and how specific they are by design.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        case: The test split; it has summits.
        size: Bound windows that are explained; as many negatives of each design.
        seed: Of the bootstrap over windows.
        methods: Names of attributions.

    Returns:
        The measurements, and `attribution_<method>` maps, `(n, length, 4)` float16, scaled to a
        largest absolute value of 1 per window.
    """
    summits = case.split.summits
    assert summits is not None  # noqa: S101  (asked before)
    rows = bound_rows(case.split, size)
    targets = rarest_bound(case.label, rows)
    middle = _middle(case)
    truth = summits.near(rows, targets, SITE)[:, middle]
    measured = [measure_mean("summit_attribution_aupr_chance", truth.mean(axis=1), seed, _NO_TRUTH)]
    maps: dict[str, np.ndarray] = {}
    for method in methods:
        sequence = one_hot(case.split.sequence[rows])
        found = _explain(model, method, case, rows, sequence, targets)
        maps[f"attribution_{method}"] = scaled(found)
        scores = (found * sequence).sum(axis=-1)[:, middle]
        areas = np.array([position_areas(*pair) for pair in zip(truth, scores, strict=True)])
        measured.append(
            measure_mean(f"summit_attribution_auroc_{method}", areas[:, 0], seed, _NO_TRUTH)
        )
        measured.append(
            measure_mean(f"summit_attribution_aupr_{method}", areas[:, 1], seed, _NO_TRUTH)
        )
        measured += _specificity(model, method, case, targets, scores[truth])
    return measured, maps


def _specificity(
    model: keras.Model, method: str, case: Case, targets: np.ndarray, true: np.ndarray
) -> list[Measurement]:
    """Returns the pooled AUROC of positions under every design; intervals would need refits."""
    name = f"summit_attribution_specificity_{method}"
    middle = _middle(case)
    measured = []
    explained, counts = np.unique(targets, return_counts=True)
    for design in designs_of(case.split):
        parts = []
        for target, count in zip(explained, counts, strict=True):
            rows, codes = case.windows(DESIGNS[design](case, int(target)), int(count))
            if len(rows):
                sequence = one_hot(codes)
                columns = np.full(len(rows), target)
                found = _explain(model, method, case, rows, sequence, columns)
                parts.append((found * sequence).sum(axis=-1)[:, middle].ravel())
        values = np.concatenate([true, *parts])
        label = np.repeat([1, 0], [len(true), len(values) - len(true)])
        defined = 0 < len(true) < len(values)
        measured.append(
            Measurement(
                name,
                "mean",
                "probe",
                ranking_values(label, values)["auroc"] if defined else None,
                None,
                n=len(values),
                positives=len(true),
                undefined_reason="no interval: positions of one window are not independent"
                if defined
                else "no positions of one of both kinds",
                design=design,
            )
        )
    return measured


def _explain(
    model: keras.Model,
    method: str,
    case: Case,
    rows: np.ndarray,
    sequence: np.ndarray,
    targets: np.ndarray,
) -> np.ndarray:
    tracks = None if case.split.tracks is None else case.split.tracks[rows]
    return ATTRIBUTIONS[method](model, sequence, targets, tracks=tracks)


def _middle(case: Case) -> slice:
    first = (case.split.sequence.shape[1] - case.grid.bin) // 2
    return slice(first, first + case.grid.bin)
