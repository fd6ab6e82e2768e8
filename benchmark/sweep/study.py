"""The study of a sweep: made once, opened by whoever goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfbs.benchmark.sweep.pruning import PRUNERS
from tfbs.benchmark.sweep.storage import open_storage
from tfbs.errors import Refused

if TYPE_CHECKING:
    from optuna.study import Study

    from tfbs.benchmark.sweep.recipe import Recipe

RECIPE = "tfbs.recipe"


def open_study(name: str, recipe: Recipe, address: str) -> Study:
    """Returns the study of a sweep; made with the defaults as its first trial where it is new.

    Args:
        name: Of the sweep.
        recipe: What it is.
        address: Of the storage.

    Raises:
        Refused: If the name is another recipe's.
        UserError: If the storage cannot be opened.
    """
    import optuna

    from tfbs.benchmark.sweep.sampler import SAMPLERS, SeededByTrial

    study = optuna.create_study(
        study_name=name,
        storage=open_storage(address),
        directions=[objective.direction for objective in recipe.objectives],
        sampler=SeededByTrial(SAMPLERS[recipe.sampler], recipe.seed),
        pruner=PRUNERS[recipe.pruner](),
        load_if_exists=True,
    )
    before = study.user_attrs.get(RECIPE)
    wanted = recipe.to_json()
    trials = study.get_trials(deepcopy=False)
    if before is None and all(each.state.name == "WAITING" for each in trials):
        study.enqueue_trial(recipe.defaults(), skip_if_exists=True)
        study.set_user_attr(RECIPE, wanted)  # last: what is killed before is begun again
    elif before != wanted:
        raise Refused(f"sweep {name} was begun {_difference(before, wanted)}; give another --name")
    return study


def _difference(before: dict[str, Any] | None, wanted: dict[str, Any]) -> str:
    if before is None:
        return "by another program"
    key = next(key for key in wanted if before.get(key) != wanted[key])
    return f"with another {key}: {before.get(key)!r}, not {wanted[key]!r}"
