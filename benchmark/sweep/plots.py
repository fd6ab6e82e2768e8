"""Figures of a sweep: how it went, what mattered, and the front."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfbs.benchmark.report.drawing import drawing
from tfbs.benchmark.report.picture import write_figure
from tfbs.benchmark.sweep.refit import best_trials, complete_trials

if TYPE_CHECKING:
    from optuna.study import Study

    from tfbs.benchmark.sweep.objective import Objective

BLUE, ORANGE, GREY = "#0173b2", "#de8f05", "#9aa1ac"
MOST_BARS = 12


def draw(study: Study, objectives: tuple[Objective, ...], folder: Path) -> dict[str, Path]:
    """Writes the figures that the trials allow, as PNG.

    Args:
        study: With trials.
        objectives: Its objectives.
        folder: Made where it is missing.

    Returns:
        The files by name: `history` and `importance`, with several objectives also `front`;
        what cannot be drawn yet, with fewer than two values, is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figures = {"history": _history, "importance": _importance, "front": _front}
    if len(objectives) == 1:
        del figures["front"]
    return {
        name: folder / f"{name}.png"
        for name, figure in figures.items()
        if figure(study, objectives, folder / f"{name}.png")
    }


def _history(study: Study, objectives: tuple[Objective, ...], path: Path) -> bool:
    """Draws every trial's value by its number, and the best so far."""
    trials = complete_trials(study)
    if not trials:
        return False
    with drawing((6.4, 0.5 + 2.3 * len(objectives))) as figure:
        for row, objective in enumerate(objectives):
            axes = figure.add_subplot(len(objectives), 1, row + 1)
            values = [trial.values[row] for trial in trials]
            numbers = [trial.number for trial in trials]
            better = max if objective.direction == "maximize" else min
            axes.plot(numbers, values, "o", color=GREY, markersize=4, label="trial")
            axes.step(
                numbers,
                list(itertools.accumulate(values, better)),
                where="post",
                color=BLUE,
                label="best so far",
            )
            axes.set_ylabel(objective.name)
            _clean(axes)
        axes.set_xlabel("trial")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(frameon=False, fontsize=8)
        return _save(figure, path)


def _importance(study: Study, objectives: tuple[Objective, ...], path: Path) -> bool:
    """Draws how much of the better trials' settings differ from all trials', by PED-ANOVA."""
    found = [
        (objective.name, dict(list(shares.items())[:MOST_BARS]))
        for index, objective in enumerate(objectives)
        if (shares := _shares(study, index, objective))
    ]
    if not found:
        return False
    bars = sum(len(shares) for _, shares in found)
    with drawing((6.4, 0.9 * len(found) + 0.28 * bars)) as figure:
        for row, (name, shares) in enumerate(found):
            axes = figure.add_subplot(len(found), 1, row + 1)
            axes.barh(list(shares)[::-1], list(shares.values())[::-1], color=BLUE, height=0.6)
            axes.set_xlim(0, 1)
            axes.set_title(f"share of what decides {name}", loc="left")
            _clean(axes)
        return _save(figure, path)


def _shares(study: Study, index: int, objective: Objective) -> dict[str, float]:
    """Returns the importance of every setting, the largest first; nothing of too few trials."""
    import optuna

    if len({trial.values[index] for trial in complete_trials(study)}) < 2:
        return {}  # nothing decides what is always the same
    sign = -1.0 if _is_more(objective) else 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that less counts as better: hence the sign
        try:
            return optuna.importance.get_param_importances(
                study, target=lambda trial: sign * trial.values[index]
            )
        except (ValueError, RuntimeError):
            return {}


def _front(study: Study, objectives: tuple[Objective, ...], path: Path) -> bool:
    """Draws every pair of objectives, the trials that none other beats in all of them marked."""
    trials = complete_trials(study)
    if not trials:
        return False
    front = best_trials(study)
    pairs = list(itertools.combinations(range(len(objectives)), 2))
    with drawing((4.4 * len(pairs), 3.8)) as figure:
        for place, (x, y) in enumerate(pairs):
            axes = figure.add_subplot(1, len(pairs), place + 1)
            axes.plot(*_points(trials, x, y), "o", color=GREY, markersize=4, label="trial")
            axes.plot(*_points(front, x, y), "o", color=ORANGE, markersize=6, label="front")
            for trial in front:
                axes.annotate(
                    str(trial.number),
                    (trial.values[x], trial.values[y]),
                    textcoords="offset points",
                    xytext=(5, 4),
                    fontsize=7,
                )
            for objective, axis, name in (
                (objectives[x], axes.xaxis, axes.set_xlabel),
                (objectives[y], axes.yaxis, axes.set_ylabel),
            ):
                name(f"{objective.name} ({'more' if _is_more(objective) else 'less'} is better)")
                axis.label.set_size(8)
            _clean(axes)
        axes.legend(frameon=False, fontsize=8)
        return _save(figure, path)


def _is_more(objective: Objective) -> bool:
    return objective.direction == "maximize"


def _points(trials: list[Any], x: int, y: int) -> tuple[list[float], list[float]]:
    return [trial.values[x] for trial in trials], [trial.values[y] for trial in trials]


def _clean(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _save(figure: Any, path: Path) -> bool:
    figure.tight_layout()
    write_figure(figure, path, dpi=150)
    return True
