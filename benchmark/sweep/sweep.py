"""A whole sweep: trials on validation, then what they found once on test."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tfbs.benchmark.executors import Failure, Job, Place, carry_out, run_all
from tfbs.benchmark.executors.choose import Resources
from tfbs.benchmark.executors.engine import Report
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.protocol import DEFAULT_PROTOCOL
from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.run import find_finished
from tfbs.benchmark.sweep.declared import find_space
from tfbs.benchmark.sweep.objective import find_objectives
from tfbs.benchmark.sweep.plots import draw
from tfbs.benchmark.sweep.pruning import FOLLOWED
from tfbs.benchmark.sweep.recipe import Recipe
from tfbs.benchmark.sweep.refit import (
    Choice,
    check_protocol,
    choose,
    is_over,
    refuse_after_test,
)
from tfbs.benchmark.sweep.study import open_study
from tfbs.benchmark.sweep.supervisor import Supervisor
from tfbs.benchmark.tracking import PARENT_TAG, SWEEP_TAG, Store
from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.extras import need_extra
from tfbs.parameters import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optuna.study import Study

DEFAULT_OBJECTIVE = "average_precision"


@dataclass(frozen=True)
class Swept:
    """What a sweep came to.

    Attributes:
        study: With all trials.
        refitted: The records of every choice on test, by its label; the defaults come first.
        failures: Runs on test that did not finish.
        figures: PNG files by name.
    """

    study: Study
    refitted: Sequence[tuple[str, Sequence[Record]]]
    failures: Sequence[Failure]
    figures: dict[str, Path]


def make_recipe(
    task: Task,
    architecture: str,
    regime: str | None = None,
    *,
    objectives: Sequence[str] = (),
    search: Sequence[str] = (),
    space: Path | None = None,
    fixed: Mapping[str, Json] | None = None,
    sampler: str = "tpe",
    pruner: str | None = None,
    seed: int = 0,
    numerics: Numerics | None = None,
) -> Recipe:
    """Returns a checked recipe with what is not said filled in.

    Args:
        task: What is learned.
        architecture: Who learns.
        regime: How.
        objectives: Metrics or costs; `average_precision` by default.
        search: Whose declared space is searched, of `PARTS` or `none`; by default architecture
            and regime, or with a file only what it says.
        space: A YAML file, see `space.read_space`.
        fixed: Settings of all trials.
        sampler: A name of `SAMPLERS`.
        pruner: A name of `PRUNERS`; by default `median` where the only objective is known after
            every epoch.
        seed: Of the proposals and of all trainings.
        numerics: How all trainings compute.

    Raises:
        UserError: If a name or a value is wrong, or things do not go together.
    """
    found = tuple(find_objectives(objectives or (DEFAULT_OBJECTIVE,)))
    followed = len(found) == 1 and found[0].name in FOLLOWED
    if pruner not in (None, "none") and not followed:
        raise UserError(
            f"--pruner {pruner} needs one objective that is known after every epoch: "
            f"{' or '.join(FOLLOWED)}"
        )
    if sampler == "cmaes":
        _check_cmaes(len(found))
    parts = search or (("none",) if space else ("architecture", "regime"))
    tried = find_space(task, architecture, regime, parts, space, fixed or {})
    recipe = Recipe(
        task,
        architecture,
        regime,
        fixed or {},
        seed,
        tried,
        found,
        sampler,
        pruner or ("median" if followed else "none"),
        numerics or Numerics(),
    )
    recipe.check()
    return recipe


def _check_cmaes(objectives: int) -> None:
    if objectives > 1:
        raise UserError("--sampler cmaes takes one objective: tpe or nsga2 take several")
    need_extra("cmaes", "sweep", "--sampler cmaes")


def run_sweep(
    recipe: Recipe,
    trials: int,
    place: Place,
    resources: Resources,
    load: Callable[[str], Task],
    address: str,
    *,
    name: str | None = None,
    refit_seeds: int = 0,
    protocol: str = DEFAULT_PROTOCOL,
    report: Report = lambda job, event: None,
) -> Swept:
    """Begins a sweep or goes on with it until there are so many trials.

    Args:
        recipe: From `make_recipe`.
        trials: How many there shall be, those before among them.
        place: Where runs read and leave what they need.
        resources: Who carries them out.
        load: Returns a task by name.
        address: Of the storage, see `storage.storage_address`.
        name: Of the sweep; the recipe's by default.
        refit_seeds: How often what is best is trained anew and evaluated on test; 0 for not yet.
        protocol: How, on test.
        report: Told what happens.

    Raises:
        Refused: If the name is another recipe's, or the sweep was evaluated on test before.
        UserError: If the storage cannot be opened, or no trial can have an objective.
    """
    name = name or recipe.name
    if refit_seeds:
        check_protocol(protocol)
    store = Store(place.output, place.tracking_uri)
    store.sweep_up()
    records = RecordFolder(place.records) if place.records else None
    refitted: list[tuple[str, list[Record]]] = []
    failures: list[Failure] = []
    with contextlib.closing(resources.open(place, store, load)) as executor:
        study = open_study(name, recipe, address)
        refuse_after_test(study, trials, len(study.get_trials(deepcopy=False)))
        with store.group(name) as group:
            supervisor = Supervisor(study, recipe, address, trials, store, records, group)
            with supervisor.heartbeat():
                carry_out(
                    supervisor.next_job,
                    executor,
                    supervisor.ended,
                    report,
                    retries=resources.retries,
                )
            if refit_seeds and is_over(study):
                chosen = choose(study, recipe, refit_seeds, protocol)
                jobs = [
                    Job(spec, {PARENT_TAG: group, SWEEP_TAG: name})
                    for choice in chosen
                    for spec in choice.specs
                    if find_finished(spec, store, records) is None
                ]
                failures = run_all(jobs, executor, report, resources.retries)
                refitted = [_records(choice, store, records) for choice in chosen]
    store.sweep_up()
    figures = draw(study, recipe.objectives, place.output / "sweeps" / name)
    return Swept(study, refitted, failures, figures)


def _records(
    choice: Choice, store: Store, records: RecordFolder | None
) -> tuple[str, list[Record]]:
    found = map(functools.partial(find_finished, store=store, records=records), choice.specs)
    return choice.label, [record for record in found if record is not None]
