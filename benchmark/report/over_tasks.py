"""Models over tasks: mean ranks on one line, those that nothing separates joined by a bar."""

from __future__ import annotations

from tfbs.benchmark.axes import headlines
from tfbs.benchmark.columns import Column
from tfbs.benchmark.over_tasks import OverTasks, over_tasks
from tfbs.benchmark.report.drawing import data_uri, drawing
from tfbs.benchmark.report.section import Figure, Group, Material, Section

_LETTER = 0.075
"""Inches: the width of a letter of a label."""


def over_tasks_section(material: Material) -> Section:
    """Returns critical-difference diagrams and tables of the headline of every axis."""
    section = Section(
        "over-tasks",
        "Over all tasks",
        "Ranks within a task, 1 is best, of means over seeds; a target of a task with several "
        "counts as a task. A bar joins models that no pair of Wilcoxon's signed-rank tests "
        "separates, after Holm's correction for all pairs (Demšar 2006, Benavoli et al. 2016). "
        "Intervals say what other tasks of the kind would give.",
    )
    for column in headlines(material.rows):
        if column.axis != "cost" and (found := over_tasks(material.rows, column)) is not None:
            heading = _capital(found.table().title)
            section.groups.append(Group(heading, [_diagram(found, column)]))
            section.tables.append(found.table())
    return section


def _diagram(found: OverTasks, column: Column) -> Figure:
    import pandas
    from scikit_posthocs import critical_difference_diagram

    ranks = pandas.Series(found.statistics.mean_ranks(), index=list(found.models))
    pairs = found.statistics.pairwise()
    if found.groups is None:  # nothing is called better
        pairs[:] = 1.0
    separated = pandas.DataFrame(pairs, index=ranks.index, columns=ranks.index)
    models = len(found.models)
    margin = 0.5 + _LETTER * max(map(len, found.models))
    width, height = margin + 4.6, 0.6 + 0.24 * models
    with drawing((width, height)) as figure:
        axes = figure.add_axes((margin / width, 0.04, 4.4 / width, 0.96 - 0.34 / height))
        axes.grid(False)
        colour = dict.fromkeys(found.models, "#1b5fa8")
        critical_difference_diagram(
            ranks, separated, ax=axes, left_only=True, color_palette=colour,
            label_fmt_left="{label} ({rank:.2f})", label_props={"fontsize": 8},
            elbow_props={"linewidth": 1.1}, crossbar_props={"color": "#1f2530", "linewidth": 3},
        )  # fmt: skip
        words = "; ".join(f"{name} {rank:.2f}" for name, rank in ranks.items())
        data = [{"model": name, "mean_rank": float(rank)} for name, rank in ranks.items()]
        alt = f"Mean ranks in {column.heading} over {found.where}: {words}"
        return Figure(data_uri(figure, data), alt, "Mean rank", "strip")


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
