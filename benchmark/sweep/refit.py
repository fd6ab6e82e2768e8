"""What a search found, trained anew with other seeds and evaluated once on test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.sweep.space import REGIME
from tfbs.errors import Refused, UserError
from tfbs.parameters import Json

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

    from tfbs.benchmark.sweep.recipe import Recipe

TESTED = "tfbs.tested"
"""Attribute of a study whose choice has been evaluated on test: trials and protocol."""


@dataclass(frozen=True)
class Choice:
    """What is refitted.

    Attributes:
        label: `defaults`, or `trial N`.
        specs: One run per seed, on test.
    """

    label: str
    specs: tuple[RunSpec, ...]


def complete_trials(study: Study) -> list[FrozenTrial]:
    """Returns the trials that have values."""
    from optuna.trial import TrialState

    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def is_over(study: Study) -> bool:
    """Returns whether there is something to choose from and no trial is still being run."""
    from optuna.trial import TrialState

    running = study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
    return bool(complete_trials(study)) and not running


def best_trials(study: Study) -> list[FrozenTrial]:
    """Returns the best trial, or with several objectives the front; of equal trials the first."""
    complete = complete_trials(study)
    if not complete:
        return []
    if len(study.directions) == 1:
        return [study.best_trial]
    runs: dict[str, FrozenTrial] = {}
    for trial in sorted(study.best_trials, key=lambda each: each.number):
        runs.setdefault(str(trial.user_attrs["run"]), trial)
    return list(runs.values())


def tried(recipe: Recipe, trial: FrozenTrial) -> dict[str, Json]:
    """Returns what a trial tried, as `Recipe.spec` takes it."""
    dimensions = {each.name: each for each in recipe.space}
    values: dict[str, Any] = {}
    for name, value in trial.params.items():
        choices = dimensions[name].choices
        word = dimensions[name].word
        values[name] = next((each for each in choices if word(each) == value), value)
    return values


def refuse_after_test(study: Study, trials: int, begun: int) -> None:
    """Refuses to search on once the test split was looked at.

    Raises:
        Refused: If more trials are asked for than there were then.
    """
    tested = study.user_attrs.get(TESTED)
    if tested is not None and trials > begun:
        raise Refused(
            f"sweep {study.study_name} ended with {begun} trials: its choice was evaluated on "
            "test, and a search that goes on would choose with that in mind; begin another one "
            "(--name), or leave out --refit-seeds until you are done"
        )


def check_protocol(protocol: str) -> None:
    """Refuses a protocol that is not for what is refitted.

    Raises:
        UserError: If it is unknown or does not judge on test.
    """
    if PROTOCOLS[protocol].split != "test":
        raise UserError(f"--protocol {protocol} does not judge on test: name one for the refit")


def choose(study: Study, recipe: Recipe, seeds: int, protocol: str) -> list[Choice]:
    """Returns what is refitted, and settles it for good; the defaults come first.

    Seeds are those after the sweep's own, whose luck was part of the choice.

    Raises:
        UserError: If the protocol is not the one settled before.
    """
    numbers = [trial.number for trial in best_trials(study)]
    before: Mapping[str, Any] | None = study.user_attrs.get(TESTED)
    if before is None:
        study.set_user_attr(TESTED, {"trials": numbers, "protocol": protocol})
    elif before["protocol"] != protocol:
        raise UserError(
            f"sweep {study.study_name} was evaluated on test by protocol {before['protocol']}: "
            "that is done once"
        )
    else:
        numbers = list(before["trials"])
    trials = study.get_trials(deepcopy=False)
    start: dict[str, Json] = {}
    if len(recipe.regimes) > 1:
        start[REGIME] = recipe.regimes[0]
    wanted = {"defaults": start} | {
        f"trial {number}": tried(recipe, trials[number]) for number in numbers
    }
    found: dict[str, Choice] = {}
    for label, values in wanted.items():
        specs = [recipe.spec(values, recipe.seed + 1 + i, protocol) for i in range(seeds)]
        found.setdefault(specs[0].id, Choice(label, tuple(specs)))
    return list(found.values())
