"""Are predicted probabilities frequencies, on the test split?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tfbs.benchmark.report.drawing import data_uri, fit_limits, panel
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label, legend

BINS = 15

Curve = tuple[Style, int, np.ndarray, float]
"""With the seed, `(bins, 3)` mean probability, share of positives and labels, and the error."""


def calibration_section(material: Material) -> Section:
    """Returns reliability curves of the recorded outputs on the test split."""
    section = Section(
        "calibration",
        "Calibration",
        "Share of positives against predicted probability on the test split, in 15 bins of equal "
        "width over all targets; grey: perfect. The expected calibration error, median over seeds, "
        "is above 0 by chance in small bins. Trained on balanced classes and tested on rare ones, "
        "a network predicts too high.",
    )
    for name, pairs in material.by_task():
        curves: list[Curve] = []
        for row, style in pairs:
            if material.task(row) is None:
                section.miss(
                    "The task's data are not built here, so labels are unknown", label(row)
                )
                continue
            for record in row.records:
                task = material.tasks[record["id"]]
                logit = material.array(section, row, record, "test_logits")
                if task is None or logit is None:
                    continue
                truth = np.asarray(task.splits["test"].label)
                if truth.shape == logit.shape:
                    curves.append((style, record["spec"]["seed"], *_calibrated(truth, logit)))
        if curves:
            remark = f"Expected calibration error: {_errors(curves)}."
            section.groups.append(Group(name, [_figure(name, curves)], legend(pairs), remark))
    return section


def _calibrated(truth: np.ndarray, logit: np.ndarray) -> tuple[np.ndarray, float]:
    """Returns the bins that are not empty, and the mean distance over labels."""
    from scipy.special import expit
    from sklearn.calibration import calibration_curve

    known = truth >= 0
    probability = expit(logit[known].astype(float))
    share, mean = calibration_curve(truth[known], probability, n_bins=BINS)
    count, _ = np.histogram(probability, bins=np.linspace(0, 1, BINS + 1))
    labels = count[count > 0]
    error = float(np.average(np.abs(share - mean), weights=labels))
    return np.stack([mean, share, labels], axis=1), error


def _errors(curves: list[Curve]) -> str:
    found: dict[str, list[float]] = defaultdict(list)
    for style, _, _, error in curves:
        found[style.label].append(error)
    return ", ".join(f"{name} {np.median(errors):.3f}" for name, errors in found.items())


def _figure(name: str, curves: list[Curve]) -> Figure:
    with panel("mean predicted probability of a bin", "share of positives") as (figure, axes):
        axes.plot([0, 1], [0, 1], color="#b5bac3", linewidth=1)
        for style, _, curve, _ in curves:
            axes.plot(
                curve[:, 0], curve[:, 1], color=style.colour, linestyle=style.line,
                marker="o", markersize=3.5,
            )  # fmt: skip
        fit_limits(axes, 0, 1)
        data = [
            {"line": style.label, "seed": seed, "probability": x, "share": y, "labels": n}
            for style, seed, curve, _ in curves
            for x, y, n in curve.tolist()
        ]
        names = ", ".join(dict.fromkeys(style.label for style, *_ in curves))
        alt = f"Share of positives on {name} against predicted probability: {names}"
        return Figure(data_uri(figure, data), alt, "Reliability")
