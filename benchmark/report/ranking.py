"""ROC and precision-recall curves of the test split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfbs.benchmark.report.drawing import data_uri, panel
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label, legend
from tfbs.benchmark.verdict import Row
from tfbs.datasets.task import Task

MOST_TARGETS = 3

Scored = tuple[Row, Style, np.ndarray, np.ndarray]
"""With labels and logits of the test split, `(n, targets)` each."""


def ranking_section(material: Material) -> Section:
    """Returns both curves of every task, all runs of a task overlaid."""
    section = Section(
        "ranking",
        "ROC and precision-recall",
        "On the test split, from the recorded outputs; unknown labels are left out. Grey: chance. "
        "Several seeds are several lines.",
    )
    for name, pairs in material.by_task():
        task = material.task(pairs[0][0])
        if task is None:
            for row, _ in pairs:
                section.miss(
                    "The task's data are not built here, so labels are unknown", label(row)
                )
            continue
        scored = _scored(section, material, pairs)
        if scored:
            section.groups.append(_group(name, task, scored))
    return section


def _scored(
    section: Section, material: Material, pairs: Sequence[tuple[Row, Style]]
) -> list[Scored]:
    found = []
    for row, style in pairs:
        for record in row.records:
            task = material.tasks[record["id"]]
            logit = material.array(section, row, record, "test_logits")
            if logit is None or task is None:
                continue
            labels = np.asarray(task.splits["test"].label)
            if logit.shape != labels.shape:
                section.miss("The outputs do not fit the labels of the test split", label(row))
                continue
            found.append((row, style, labels, logit))
    return found


def _group(name: str, task: Task, scored: Sequence[Scored]) -> Group:
    labels = scored[0][2]
    usable = [
        index
        for index in range(labels.shape[1])
        if {0, 1} <= set(np.unique(labels[:, index]).tolist())
    ]
    figures: list[Figure] = []
    for index in usable[:MOST_TARGETS]:
        target = f", {task.targets[index]}" if labels.shape[1] > 1 else ""
        curves = []
        for _, style, own, logit in scored:
            known = own[:, index] >= 0
            curves.append((style, own[known, index], logit[known, index]))
        figures += _curves(curves, name + target, target)
    remark = ""
    if len(usable) < labels.shape[1] or len(usable) > MOST_TARGETS:
        shown = min(len(usable), MOST_TARGETS)
        remark = f"{shown} of {labels.shape[1]} targets are shown, the first with both classes."
    shown_rows = {id(row): (row, style) for row, style, *_ in scored}
    return Group(name, figures, legend(list(shown_rows.values())), remark)


def _curves(
    curves: Sequence[tuple[Style, np.ndarray, np.ndarray]], where: str, target: str
) -> list[Figure]:
    from sklearn.metrics import precision_recall_curve, roc_curve

    names = ", ".join(dict.fromkeys(style.label for style, *_ in curves))
    with panel("false positive rate", "true positive rate") as (figure, axes):
        axes.plot([0, 1], [0, 1], color="#b5bac3", linewidth=1)
        for style, label, score in curves:
            x, y, _ = roc_curve(label, score)
            _draw(axes, x, y, style)
        roc = Figure(data_uri(figure), f"ROC curves on {where}: {names}", f"ROC{target}")
    with panel("recall", "precision") as (figure, axes):
        axes.axhline(curves[0][1].mean(), color="#b5bac3", linewidth=1)
        for style, label, score in curves:
            precision, recall, _ = precision_recall_curve(label, score, drop_intermediate=True)
            _draw(axes, recall, precision, style, drawstyle="steps-post")
        precision_recall = Figure(
            data_uri(figure),
            f"Precision-recall curves on {where}: {names}",
            f"Precision-recall{target}",
        )
    return [roc, precision_recall]


def _draw(axes: Any, x: np.ndarray, y: np.ndarray, style: Style, **more: str) -> None:
    look = {"color": style.colour, "linestyle": style.line, "linewidth": 1.6, "alpha": 0.9}
    axes.plot(x, y, label=style.label, **look, **more)
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.02)
