"""Which rankings a board has, and how tasks and axes are weighed in each.

Targets are averaged within a task (the headline metric does that), tasks within a family of
transcription factors, then families and tasks without one equally; the overall score is the plain
mean of the axes. A task of factors of several families counts by itself there; a ranking by family
takes its targets of that family. All headline metrics are areas under a curve, so no score depends
on who else is entered. Cost is no part of any score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from tfbs.leaderboards.cells import Where
from tfbs.leaderboards.estimates import Weights
from tfbs.leaderboards.ladder import Title
from tfbs.leaderboards.standings import FAMILY
from tfbs.leaderboards.task_file import RANKED_AXES, TaskFile

OVERALL = "overall"
BAYES = "(Bayes ceiling)"
ORACLE = "(the truth as a map)"


@dataclass(frozen=True)
class Scheme:
    """A ranking to be made.

    Attributes:
        title: What it is called.
        weights: Of tasks, or parts of them, and axes; they sum to 1.
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
        axes = {where.axis for where in self.weights}
        found = {}
        for axis, name in (("prediction", BAYES), ("interpretability", ORACLE)):
            if axes == {axis}:
                known = [
                    (weight, _ceiling(tasks[where.task], where))
                    for where, weight in self.weights.items()
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
            found.append(Scheme(title, {Where(task.name, axis): 1.0}, alone=True))
        for family, members in _families(axis, own).items():
            tasks_of = {where.task for where in members}
            factors = [task.factors(family) for task in own if task.name in tasks_of]
            names = sorted({name for each in factors for name in each})
            heading = f"{axis.capitalize()} on the family {family}: {', '.join(names)}"
            title = Title(f"{axis}/{FAMILY}{family}", heading, metrics)
            found.append(Scheme(title, dict.fromkeys(members, 1 / len(members))))
    return found


def _ceiling(task: TaskFile, where: Where) -> float | None:
    """Returns what the truth scores on a task, or on its targets of a family, where it is known."""
    if not where.family:
        return task.ceilings.get(task.headlines[where.axis])
    own = [task.target_ceilings.get(task.targets[column]) for column in task.columns(where.family)]
    known = [value for value in own if value is not None]
    return fmean(known) if len(known) == len(own) else None


def _axis_weights(axis: str, tasks: Sequence[TaskFile]) -> dict[Where, float]:
    own = [task for task in tasks if axis in task.headlines]
    groups = defaultdict(list)
    for task in own:
        groups[task.family, "" if task.family else task.name].append(task.name)
    return {
        Where(name, axis): 1 / len(groups) / len(members)
        for members in groups.values()
        for name in members
    }


def _families(axis: str, tasks: Sequence[TaskFile]) -> dict[str, list[Where]]:
    """Returns the tasks of each family, and its parts of tasks of several."""
    found = defaultdict(list)
    for task in tasks:
        if task.family:
            found[task.family].append(Where(task.name, axis))
        for family in task.parts(axis):
            found[family].append(Where(task.name, axis, family))
    return dict(sorted(found.items()))
