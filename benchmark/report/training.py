"""Training curves, and the joint ones of the probe set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tfbs.benchmark.record import Record
from tfbs.benchmark.report.drawing import data_uri, fit_limits, panel
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label, legend
from tfbs.benchmark.verdict import Row

JOINT = {
    "auroc": "AUROC",
    "average_precision": "average precision",
    "attribution_auroc_saliency": "attribution AUROC",
    "attribution_aupr_saliency": "attribution AUPR",
}
Pairs = Sequence[tuple[Row, Style]]
Values = Sequence[float | None]


_ATTACKED = {
    "auroc_pgd_": "AUROC, PGD ε ",
    "average_precision_pgd_": "average precision, PGD ε ",
    "attribution_stability_pgd_": "attribution stability, PGD ε ",
}


def joint_heading(name: str) -> str:
    """Returns what people call a joint curve."""
    for prefix, words in _ATTACKED.items():
        if name.startswith(prefix):
            return words + name.removeprefix(prefix)
    return JOINT.get(name, name)


def training_section(material: Material) -> Section:
    """Returns loss and validation metrics per epoch."""
    section = Section(
        "training",
        "Training",
        "Per epoch. The dot marks the epoch whose weights were kept; loss is drawn thin on the "
        "training split and thick on the validation split.",
    )
    for task, pairs in material.by_task():
        trained = [pair for pair in pairs if _curves(pair[0].records[0])]
        for row, _ in pairs:
            if not _curves(row.records[0]):
                section.miss("Fitted without epochs, so without curves", label(row))
        if trained:
            figures = [
                _loss(task, trained),
                _validation(task, trained, "val_auroc", "AUROC on validation"),
                _validation(
                    task, trained, "val_average_precision", "average precision on validation"
                ),
            ]
            section.groups.append(
                Group(task, [f for f in figures if f is not None], legend(trained))
            )
    return section


def joint_section(material: Material) -> Section:
    """Returns prediction, robustness and interpretability during training."""
    section = Section(
        "joint",
        "All axes during training",
        "Every few epochs on the same fixed part of the validation split: what a network gains in "
        "accuracy, and what it gains or loses in robustness and interpretability meanwhile.",
    )
    for task, pairs in material.by_task():
        known = []
        for row, style in pairs:
            if any(_probe(record).get("epoch") for record in row.records):
                known.append((row, style))
            else:
                section.miss("No curves of a probe set were recorded", label(row))
        drawn = {name for row, _ in known for record in row.records for name in _probe(record)}
        names = [*(name for name in JOINT if name in drawn), *sorted(drawn - {"epoch", *JOINT})]
        if names:
            figures = [_joint(task, known, name) for name in names]
            section.groups.append(Group(task, figures, legend(known)))
    return section


def _curves(record: Record) -> Mapping[str, Values]:
    curves: Mapping[str, Values] = record["training"].get("curves") or {}
    return curves


def _probe(record: Record) -> Mapping[str, Values]:
    curves: Mapping[str, Values] = record["training"].get("probe_curves") or {}
    return curves


def _loss(task: str, pairs: Pairs) -> Figure | None:
    if not any("loss" in _curves(record) for row, _ in pairs for record in row.records):
        return None
    with panel("epoch") as (figure, axes):
        count_epochs(axes)
        for row, style in pairs:
            for record in row.records:
                curves = _curves(record)
                _line(
                    axes,
                    None,
                    curves.get("loss", []),
                    style,
                    width=0.8,
                    alpha=0.7,
                    label=f"{style.label}, training",
                )
                label = f"{style.label}, validation"
                _line(axes, None, curves.get("val_loss", []), style, label=label)
                _mark_kept(axes, record, curves.get("val_loss", []), style)
        alt = f"Loss per epoch on {task}: {_names(pairs)}"
        return Figure(data_uri(figure), alt, "Loss")


def _validation(task: str, pairs: Pairs, name: str, words: str) -> Figure | None:
    if not any(name in _curves(record) for row, _ in pairs for record in row.records):
        return None
    with panel("epoch") as (figure, axes):
        count_epochs(axes)
        for row, style in pairs:
            for record in row.records:
                values = _curves(record).get(name, [])
                _line(axes, None, values, style)
                _mark_kept(axes, record, values, style)
        fit_limits(axes, 0, 1)
        title = words[0].upper() + words[1:]
        return Figure(data_uri(figure), f"{title} per epoch on {task}: {_names(pairs)}", title)


def _joint(task: str, pairs: Pairs, name: str) -> Figure:
    words = joint_heading(name)
    with panel("epoch") as (figure, axes):
        count_epochs(axes)
        for row, style in pairs:
            for record in row.records:
                curves = _probe(record)
                _line(axes, curves.get("epoch", []), curves.get(name, []), style, marker="o")
        fit_limits(axes, None if name.startswith("attribution_stability") else 0, 1)
        title = words[0].upper() + words[1:]
        alt = f"{title} on the probe set during training on {task}: {_names(pairs)}"
        return Figure(data_uri(figure), alt, title)


def count_epochs(axes: object) -> None:
    """Has the axis of epochs count in whole numbers, also where there is but one."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))  # type: ignore[attr-defined]


def _line(
    axes: object,
    x: Values | None,
    y: Values,
    style: Style,
    *,
    width: float = 1.7,
    alpha: float = 1.0,
    marker: str = "",
    label: str = "",
) -> None:
    """Draws a curve with gaps where a value is unknown."""
    values = np.array([np.nan if value is None else value for value in y], float)
    places = np.arange(1, len(values) + 1) if x is None else np.asarray(x, float)[: len(values)]
    axes.plot(  # type: ignore[attr-defined]
        places,
        values[: len(places)],
        color=style.colour,
        linestyle=style.line,
        linewidth=width,
        alpha=alpha,
        marker=marker,
        markersize=3,
        label=label or style.label,
    )


def _mark_kept(axes: object, record: Record, values: Values, style: Style) -> None:
    best = record["training"]["best_epoch"]
    if 0 < best <= len(values) and values[best - 1] is not None:
        axes.plot([best], [values[best - 1]], "o", color=style.colour, markersize=5)  # type: ignore[attr-defined]


def _names(pairs: Pairs) -> str:
    return ", ".join(style.label for _, style in pairs)
