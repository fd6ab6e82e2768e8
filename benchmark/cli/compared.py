"""What `tfbs compare` found, as text and as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfbs.benchmark.formatting import format_interval, format_table, format_value
from tfbs.benchmark.statistics.difference import Difference
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS

if TYPE_CHECKING:
    from tfbs.benchmark.compare import Ladder
    from tfbs.benchmark.factors import Effects
    from tfbs.benchmark.over_tasks import OverTasks

_LEGEND = f"""\
lead: the leader minus this line. Recipes: over seeds and examples, what another seed and other
examples would give; needs {MINIMUM_SEEDS} seeds of each. Models: as they were trained, over
examples alone.
tie: 1 for all that the leader is not separated from, after Holm's correction for all pairs; then
the same among those left. found: the smallest lead that would be seen in 4 of 5 cases."""

_LEGEND_OVER_TASKS = """\
over tasks: ranks within a task, 1 is best, of means over seeds; a target of a task with several
counts as a task. Intervals say what other tasks of the kind would give."""


def compared_text(
    ladders: Sequence[tuple[str, Ladder]], overall: Sequence[OverTasks], margin: float
) -> str:
    """Returns a table per task and metric, then one per metric over tasks, and how to read them."""
    parts = [_text(task, ladder, margin) for task, ladder in ladders]
    parts += [_text_over_tasks(found) for found in overall]
    return "\n\n".join([*parts, _LEGEND, *([_LEGEND_OVER_TASKS] if overall else [])])


def factors_text(found: Sequence[Effects], as_json: bool) -> str:
    """Returns which choices matter for each axis, as text or JSON."""
    if as_json:
        parts = [
            {
                "metric": own.column.name,
                "axis": own.column.axis,
                "sentence": own.sentence,
                "note": own.note,
                "spreads": own.analysis.spreads if own.analysis else None,
                "effects": own.table().data,
            }
            for own in found
        ]
        return json.dumps(parts, indent=1)
    said = []
    for own in found:
        said.append(own.sentence)
        if own.analysis:
            said.append(f"{own.table().text()}\n({own.note})")
    return "\n\n".join(said)


def _text(task: str, ladder: Ladder, margin: float) -> str:
    unit = ladder.column.unit
    few = f"fewer than {MINIMUM_SEEDS} seeds, so nothing is called better; "
    paired = "examples drawn together" if ladder.paired else "examples as if each had its own"
    header = (
        f"{task}: {ladder.column.name}",
        "seeds",
        "mean",
        "tie",
        "lead, recipes",
        "p",
        "verdict",
        "found",
        "lead, models",
        "p",
    )
    lines = []
    for standing in ladder.standings:
        recipes, models = standing.recipes, standing.models
        lines.append(
            (
                f"{standing.row.architecture} {standing.row.regime}",
                str(len(standing.mean.values)),
                format_value(standing.mean.value, unit),
                str(standing.group or ""),
                _lead(recipes, unit),
                _p_value(recipes),
                _verdict(recipes, standing.group, margin) if recipes else "",
                format_value(recipes.resolvable(), unit) if recipes else "",
                _lead(models, unit),
                _p_value(models),
            )
        )
    note = f"({few if ladder.too_few_seeds else ''}{paired})"
    return f"{format_table(header, lines)}\n{note}"


def _text_over_tasks(overall: OverTasks) -> str:
    table = overall.table()
    return f"{table.title}\n{table.text()}\n({table.note})"


def _verdict(lead: Difference, group: int | None, margin: float) -> str:
    """Returns what is known after the correction for all pairs: the leader is the best of many."""
    if group is not None and group > 1:
        return "worse"
    verdict = lead.verdict(margin)
    return verdict if verdict == "equivalent" else "undecided"


def _lead(difference: Difference | None, unit: str) -> str:
    if difference is None:
        return ""
    value = format_value(difference.value, unit)
    return f"{value} {format_interval(difference.interval(), unit)}"


def _p_value(difference: Difference | None) -> str:
    if difference is None:
        return ""
    return "<.0001" if difference.p_value < 1e-4 else f"{difference.p_value:.4f}"


def compared_json(
    ladders: Sequence[tuple[str, Ladder]], overall: Sequence[OverTasks], margin: float
) -> dict[str, object]:
    """Returns everything of ladders and of models over tasks, for scripts."""
    return {
        "by_task": [_json(task, ladder, margin) for task, ladder in ladders],
        "over_tasks": [
            {
                "metric": found.column.name,
                "tasks": found.tasks,
                "note": found.note,
                "critical_difference": found.statistics.critical_difference(),
                "lines": found.table().data,
            }
            for found in overall
        ],
    }


def _json(task: str, ladder: Ladder, margin: float) -> dict[str, object]:
    return {
        "task": task,
        "metric": ladder.column.name,
        "paired": ladder.paired,
        "lines": [
            {
                "architecture": standing.row.architecture,
                "regime": standing.row.regime,
                "runs": [record["id"] for record in standing.row.records],
                "values": standing.mean.values,
                "mean": standing.mean.value,
                "tie_group": standing.group,
                "lead_of_recipe": _described(standing.recipes, margin),
                "lead_of_models": _described(standing.models, margin),
            }
            for standing in ladder.standings
        ],
    }


def _described(difference: Difference | None, margin: float) -> dict[str, object] | None:
    if difference is None:
        return None
    freedom = difference.freedom if difference.freedom < float("inf") else None
    return {
        **dataclasses.asdict(difference),
        "freedom": freedom,
        "interval": difference.interval(),
        "p_value": difference.p_value,
        "equivalence_p_value": difference.equivalence(margin),
        "margin": margin,
        "resolvable": difference.resolvable(),
    }
