"""The floors that a board lacks: run, submitted and verified as everybody's entries are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tfbs.benchmark.spec import RunSpec, resolve_spec
from tfbs.benchmark.suite import Suite
from tfbs.benchmark.tracking import Store
from tfbs.datasets.task import Task
from tfbs.leaderboards.accept import accept
from tfbs.leaderboards.entries import ENTRIES, read_board, suite_folder
from tfbs.leaderboards.floors import KINDS, PERMUTED, kind_of, missing_floors, slug_of
from tfbs.leaderboards.manifest import EntryName
from tfbs.leaderboards.minimum import is_floor
from tfbs.leaderboards.submit import find_runs, submit
from tfbs.leaderboards.verdict import Verdict
from tfbs.leaderboards.verify import Job
from tfbs.parameters import Json

TEAM = "tfbs"


@dataclass(frozen=True)
class Workshop:
    """Where floors are made.

    Attributes:
        suite: Whose board lacks them.
        suite_name: Shipped name or path of it.
        tasks: Of it, by name, loaded.
        store: That has the runs, or gets them.
        board: With `entries/`.
        data_dir: Where tasks are built.
        threads: TensorFlow's threads.
        say: Is told of every step.
    """

    suite: Suite
    suite_name: str
    tasks: Mapping[str, Task]
    store: Store
    board: Path
    data_dir: Path | None
    threads: int
    say: Callable[[str], None]


def enter_missing_floors(shop: Workshop) -> Iterator[tuple[Path, Verdict]]:
    """Yields the folder and the verdict of every floor that was missing, one after another.

    Runs that the store has are not done again, and an entry that was submitted but not accepted is
    only verified: calling again goes on.

    Args:
        shop: Where they are made.
    """
    there = [
        (entry.slug, entry.spec(run_id))
        for entry in read_board(shop.board, shop.suite).entries
        if entry.ranks("prediction")
        for run_id in entry.records
    ]
    for kind in missing_floors(there):
        folder = shop.board / ENTRIES / suite_folder(shop.suite) / slug_of(kind)
        if not folder.exists():
            _submit(shop, kind, folder)
        shop.say(f"{kind}: verify")
        job = Job(
            folder,
            shop.suite_name,
            board=shop.board,
            data_dir=shop.data_dir,
            threads=shop.threads,
        )
        yield folder, accept(job)


def floor_specs(kind: str, suite: Suite, tasks: Mapping[str, Task]) -> list[RunSpec]:
    """Returns the runs of a floor: the suite's first of that kind, else one at the defaults.

    The label-permuted network has the suite's `minimum_seeds`; where the suite has none, it is the
    first network there, trained as there.

    Args:
        kind: One of `KINDS`.
        suite: That it is for.
        tasks: Of the suite, by name.
    """
    known = [
        spec
        for spec in suite.specs(tasks.__getitem__)
        if spec.protocol == suite.protocol_of(spec.task_name)
    ]
    found: list[RunSpec] = []
    for name, task in tasks.items():
        own = [spec for spec in known if spec.task_name == name]
        first = next((spec for spec in own if kind_of(spec) == kind), None)
        first = first or _own_floor(kind, task, suite, own)
        seeds = range(1 if is_floor(first) else suite.minimum_seeds)
        found += [replace(first, seed=seed) for seed in seeds]
    return found


def _own_floor(kind: str, task: Task, suite: Suite, own: Sequence[RunSpec]) -> RunSpec:
    part, name = KINDS[kind]
    if part == "architecture":
        return resolve_spec(task, name, protocol=suite.protocol_of(task.name))
    networks = [spec for spec in own if not is_floor(spec) and not spec.priors]
    if not networks:
        architecture, overrides = "cnn_local", dict[str, Json]()
    else:
        architecture = str(networks[0].architecture["name"])
        overrides = _settings(networks[0])
    protocol = suite.protocol_of(task.name)
    return resolve_spec(task, architecture, PERMUTED, 0, overrides, protocol)


def _settings(spec: RunSpec) -> dict[str, Json]:
    """Returns the settings of a network, and of its training where that is the standard one."""
    parts = {"architecture": spec.architecture["hyperparameters"]}
    if spec.regime["name"] == "standard":
        parts["regime"] = spec.regime["parameters"]
    return {
        f"{part}.{name}": value
        for part, values in parts.items()
        if isinstance(values, dict)
        for name, value in values.items()
    }


def _submit(shop: Workshop, kind: str, folder: Path) -> None:
    from tfbs.benchmark.run import execute

    specs = floor_specs(kind, shop.suite, shop.tasks)
    for spec in specs:
        if shop.store.folder(spec.id) is None:
            shop.say(f"{kind}: run {spec}")
            execute(spec, shop.tasks[spec.task_name], shop.store, threads=shop.threads)
    shop.say(f"{kind}: submit --to {folder}")
    entry = EntryName(name=kind, team=TEAM, description="A floor.")
    runs = find_runs([spec.id for spec in specs], shop.store, None)
    submit(runs, shop.suite, dict(shop.tasks), entry, folder, shop.store, maps=False)
