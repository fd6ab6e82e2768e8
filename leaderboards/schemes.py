"""Which rankings a board has, and how tasks and axes are weighed in each.

Targets are averaged within a task (the headline metric does that), tasks within a family of
transcription factors, then families and tasks without one equally; the overall score is the plain
mean of the axes. All headline metrics are areas under a curve, so no score depends on who else is
entered. Cost is no part of any score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tfbs.leaderboards.estimates import Weights, Where
from tfbs.leaderboards.ladder import Title
from tfbs.leaderboards.task_file import RANKED_AXES, TaskFile

OVERALL = "overall"
BAYES = "(Bayes ceiling)"
ORACLE = "(the truth as a map)"


@dataclass(frozen=True)
class Scheme:
    """A ranking to be made.

    Attributes:
        title: What it is called.
        weights: Of tasks and axes; they sum to 1.
        alone: Whether it is of one task, whatever becomes of the others.
    """

    title: Title
    weights: Weights
    alone: bool = False

    def ceilings(self, tasks: Mapping[str, TaskFile]) -> dict[str, float]:
        """Returns what the truth itself scores, where all tasks tell it.

        Args:
            tasks: By name.
        """
        axes = {axis for _, axis in self.weights}
        found = {}
        for axis, name in (("prediction", BAYES), ("interpretability", ORACLE)):
            if axes == {axis}:
                known = [
                    (weight, tasks[task].ceilings.get(tasks[task].headlines[axis]))
                    for (task, _), weight in self.weights.items()
                ]
                values = [weight * value for weight, value in known if value is not None]
                if len(values) == len(known):
                    found[name] = sum(values)
        return found


def schemes(tasks: Sequence[TaskFile]) -> list[Scheme]:
    """Returns the rankings of a board, the overall one first.

    Args:
        tasks: Of the suite.
    """
    axes = [axis for axis in RANKED_AXES if any(axis in task.headlines for task in tasks)]
    by_axis = {axis: _axis_weights(axis, tasks) for axis in axes}
    overall = {
        where: weight / len(axes) for axis in axes for where, weight in by_axis[axis].items()
    }
    mean = f"Overall: mean of {', '.join(axes)}" if axes else "Overall"
    found = [Scheme(Title(OVERALL, mean, OVERALL), overall)]
    for axis in axes:
        own = [task for task in tasks if axis in task.headlines]
        metrics = ", ".join(sorted({task.headlines[axis] for task in own}))
        found.append(Scheme(Title(axis, f"{axis.capitalize()}: {metrics}", metrics), by_axis[axis]))
        for task in own:
            title = Title(
                f"{axis}/{task.name}", f"{axis.capitalize()} on {task.name}", task.headlines[axis]
            )
            found.append(Scheme(title, {(task.name, axis): 1.0}, alone=True))
        for family, members in _families(own).items():
            heading = f"{axis.capitalize()} on factors of the family {family}"
            title = Title(f"{axis}/family/{family}", heading, metrics)
            weights: Weights = {(task.name, axis): 1 / len(members) for task in members}
            found.append(Scheme(title, weights))
    return found


def _axis_weights(axis: str, tasks: Sequence[TaskFile]) -> dict[Where, float]:
    own = [task for task in tasks if axis in task.headlines]
    families = _families(own)
    grouped = {task.name for members in families.values() for task in members}
    groups = [*families.values(), *([task] for task in own if task.name not in grouped)]
    return {
        (task.name, axis): 1 / len(groups) / len(members) for members in groups for task in members
    }


def _families(tasks: Sequence[TaskFile]) -> dict[str, list[TaskFile]]:
    """Returns the tasks of each family; a task of several families belongs to none."""
    found = defaultdict(list)
    for task in tasks:
        if len(task.families) == 1:
            found[task.families[0]].append(task)
    return dict(sorted(found.items()))
