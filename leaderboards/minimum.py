"""What a suite asks of an entry: one recipe, all tasks, enough seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfbs.benchmark.spec import RunSpec, canonical_json
from tfbs.benchmark.suite import Suite
from tfbs.datasets.task import Task
from tfbs.errors import UserError
from tfbs.leaderboards.names import plain

EXTERNAL = "external"
"""Regime of a network that was trained elsewhere; its architecture is `external/NAME`."""

LARGEST_SETTINGS = 4_000
"""Characters of JSON that the settings of such a network may take: its page shows them."""


def is_external(spec: RunSpec) -> bool:
    """Returns whether a run was trained by other software, so that only its arrays count."""
    return spec.regime["name"] == EXTERNAL


def spec_problems(spec: RunSpec, suite: Suite, tasks: dict[str, Task]) -> list[str]:
    """Returns why a run is none of a suite's, as far as one run can tell.

    Every name is compared with the names that we know before anything is looked up: a name like
    `module:object` would be imported.

    Args:
        spec: Of a stranger's record; it obeys the schema.
        suite: That the entry is for.
        tasks: Of the suite, by name.
    """
    problems = []
    if spec.task_name not in tasks:
        known = ", ".join(suite.tasks)
        problems.append(f"task {plain(spec.task_name, 60)!r} is not in the suite: {known}")
    else:
        problems += _task_problems(spec, tasks[spec.task_name])
    wanted = suite.protocol_of(spec.task_name)
    if spec.protocol != wanted:
        problems.append(f"protocol {plain(spec.protocol, 40)!r}, the suite asks for {wanted}")
    if not -(2**31) < spec.seed < 2**31:
        problems.append(f"seed {spec.seed} is out of range")
    return problems + (_external_problems(spec) if is_external(spec) else _recipe_problems(spec))


def _task_problems(spec: RunSpec, task: Task) -> list[str]:
    own = {
        "name": task.dataset,
        "config": task.config,
        "version": task.version,
        "fingerprint": task.fingerprint,
    }
    return [
        f"task {spec.task_name}: {key} {plain(spec.task[key], 20)!r}, here it is {value[:12]!r}: "
        "the data differ"
        for key, value in own.items()
        if spec.task[key] != value
    ]


def _external_problems(spec: RunSpec) -> list[str]:
    name = plain(spec.architecture["name"], 60)
    if not name.startswith(f"{EXTERNAL}/") or ":" in name:
        return [f"architecture {name!r} of regime {EXTERNAL}, expected {EXTERNAL}/NAME"]
    return settings_problems(spec.architecture["hyperparameters"])


def settings_problems(hyperparameters: Any) -> list[str]:
    """Returns why the settings of a network that was trained elsewhere are too much to be shown."""
    size = len(canonical_json(hyperparameters))
    if size <= LARGEST_SETTINGS:
        return []
    return [f"hyperparameters: {size:,} characters as JSON, {LARGEST_SETTINGS:,} at most"]


def _recipe_problems(spec: RunSpec) -> list[str]:
    """Returns why architecture and regime are not those that we can build and train."""
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES

    name, regime = str(spec.architecture["name"]), str(spec.regime["name"])
    problems = []
    if name not in set(ARCHITECTURES):
        problems.append(
            f"architecture {plain(name, 60)!r} is not registered; nothing is imported: hand in its "
            "outputs (`tfbs leaderboard template`), or offer the architecture first"
        )
    else:
        problems += _resolves(
            f"architecture {name}",
            lambda values: ARCHITECTURES[name].resolve(values),
            spec.architecture["hyperparameters"],
        )
    if not set(regime.split("+")) <= set(REGIMES):
        problems.append(f"regime {plain(regime, 60)!r} is not registered; nothing is imported")
    else:
        problems += _resolves(
            f"regime {regime}",
            lambda values: REGIMES[regime].resolve(regime, values),
            spec.regime["parameters"],
        )
    if not problems:
        try:
            REGIMES[regime].check_architecture(regime, ARCHITECTURES[name])
        except UserError as error:
            problems.append(plain(error))
    return problems


def _resolves(what: str, resolve: Callable[[dict], dict], values: object) -> list[str]:  # type: ignore[type-arg]
    """Returns why settings are not complete and valid, if so."""
    assert isinstance(values, dict)  # noqa: S101  (the schema said so)
    try:
        complete = resolve(values)
    except UserError as error:
        return [plain(error)]
    if canonical_json(complete) != canonical_json(values):
        odd = sorted({*complete} ^ {*values}) or sorted(
            key for key in complete if complete[key] != values[key]
        )
        return [f"{what}: the settings are not complete: {', '.join(odd[:5])}"]
    return []


def recipe_problems(specs: Sequence[RunSpec], suite: Suite) -> list[str]:
    """Returns what is missing, or too much, for the runs to be one entry of a suite.

    Args:
        specs: Of all runs; each may be of the suite by itself.
        suite: That the entry is for.
    """
    problems = []
    for part, what in (("architecture", "architectures"), ("regime", "regimes")):
        names = sorted({plain(getattr(spec, part)["name"], 60) for spec in specs})
        if len(names) > 1:
            problems.append(f"an entry is one recipe, these are several {what}: {', '.join(names)}")
    needed = 1 if specs and is_floor(specs[0]) else suite.minimum_seeds
    for task in suite.tasks:
        own = [spec for spec in specs if spec.task_name == task]
        seeds = sorted({spec.seed for spec in own})
        if not own:
            problems.append(f"task {task} is missing; suite {suite.name} asks for all its tasks")
        elif len(seeds) < needed:
            had = ", ".join(map(str, seeds))
            problems.append(f"task {task} has {len(seeds)} seeds ({had}), {needed} are needed")
        elif seeds != list(range(len(seeds))):
            had, last = ", ".join(map(str, seeds)), len(seeds) - 1
            problems.append(
                f"task {task} has the seeds {had}; they have to be 0 to {last}, so that nobody can "
                "hand in the luckiest ones"
            )
        recipes = {
            canonical_json(
                {
                    "architecture": spec.architecture,
                    "regime": spec.regime,
                    "numerics": spec.numerics,
                }
            )
            for spec in own
        }
        if len(recipes) > 1:
            problems.append(f"task {task}: the runs differ in more than their seed")
        if len(own) > len(seeds):
            problems.append(f"task {task}: two runs have one seed")
    return problems


def is_floor(spec: RunSpec) -> bool:
    """Returns whether a run is of a floor, whose fit does not depend on the seed."""
    from tfbs.architectures import ARCHITECTURES

    name = str(spec.architecture["name"])
    return name in set(ARCHITECTURES) and ARCHITECTURES[name].fit is not None
