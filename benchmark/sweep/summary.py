"""What a sweep came to, as text and as JSON."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tfbs.benchmark.formatting import format_table
from tfbs.benchmark.record import Record
from tfbs.benchmark.sweep.objective import Objective, Undefined, Unmeasured
from tfbs.benchmark.sweep.refit import best_trials, complete_trials
from tfbs.parameters import Json

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

SHOWN = 10

Refitted = Sequence[tuple[str, Sequence[Record]]]
"""The records of every choice on test, by its label."""


def states(study: Study) -> str:
    """Returns how many trials ended how: `18 complete, 1 pruned, 1 fail`."""
    counts = Counter(trial.state.name.lower() for trial in study.get_trials(deepcopy=False))
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))


def failures(study: Study) -> list[str]:
    """Returns a line for every trial that failed, with the reason."""
    return [
        f"trial {trial.number} failed: {trial.user_attrs.get('reason', 'unknown')}"
        for trial in study.get_trials(deepcopy=False)
        if trial.state.name == "FAIL"
    ]


def trial_table(study: Study, objectives: Sequence[Objective]) -> str:
    """Returns the best trials, or with several objectives the front, on validation."""
    if len(objectives) == 1:
        sign = -1 if objectives[0].direction == "maximize" else 1
        shown = sorted(complete_trials(study), key=lambda t: (sign * t.values[0], t.number))
        shown = shown[:SHOWN]
    else:
        shown = sorted(best_trials(study), key=lambda trial: trial.values[0], reverse=True)
    names = list(dict.fromkeys(name for trial in shown for name in trial.params))
    header = ("trial", *(objective.name for objective in objectives), *names)
    rows = [
        (
            str(trial.number),
            *(_number(value) for value in trial.values),
            *(_setting(trial.params[name]) if name in trial.params else "" for name in names),
        )
        for trial in shown
    ]
    return format_table(header, rows)


def gain_table(objectives: Sequence[Objective], refitted: Refitted) -> str:
    """Returns mean and deviation over seeds on test, the defaults beside what was found."""
    header = ("on test", *(objective.name for objective in objectives), "seeds")
    rows = []
    for label, records in refitted:
        cells = []
        for objective in objectives:
            values = _values(objective, records)
            spread = f" ± {_number(statistics.stdev(values))}" if len(values) > 1 else ""
            cells.append(f"{_number(statistics.mean(values))}{spread}" if values else "undefined")
        rows.append((label, *cells, str(len(records))))
    return format_table(header, rows)


def summarise(
    study: Study, objectives: Sequence[Objective], address: str, refitted: Refitted
) -> dict[str, Json]:
    """Returns all trials, the best of them and the records on test."""
    return {
        "name": study.study_name,
        "storage": address,
        "objectives": [objective.name for objective in objectives],
        "trials": [_trial(trial) for trial in study.get_trials(deepcopy=False)],
        "best": [trial.number for trial in best_trials(study)],
        "test": [{"label": label, "records": list[Json](found)} for label, found in refitted],
    }


def _trial(trial: FrozenTrial) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state.name,
        "values": trial.values,
        "params": trial.params,
        "run": trial.user_attrs.get("run"),
        "reason": trial.user_attrs.get("reason"),
    }


def _values(objective: Objective, records: Sequence[Record]) -> list[float]:
    found = []
    for record in records:
        try:
            found.append(objective.of(record))
        except (Undefined, Unmeasured):  # the protocol on test may ask for less
            continue
    return found


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4f}"


def _setting(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
