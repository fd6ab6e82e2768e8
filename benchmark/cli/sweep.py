"""`tfbs sweep`."""

from __future__ import annotations

import functools
import json
import re
import time
from pathlib import Path

import click

from tfbs.benchmark.cli.options import executor_options, numerics_options, storage_options
from tfbs.benchmark.executors import Job, Place
from tfbs.benchmark.executors.choose import Resources
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.protocol import DEFAULT_PROTOCOL
from tfbs.benchmark.runtime import pin_threads
from tfbs.benchmark.sweep.declared import PARTS
from tfbs.benchmark.sweep.pruning import PRUNERS
from tfbs.benchmark.sweep.recipe import Recipe
from tfbs.benchmark.sweep.refit import complete_trials
from tfbs.benchmark.sweep.storage import storage_address
from tfbs.benchmark.sweep.summary import failures, gain_table, states, summarise, trial_table
from tfbs.benchmark.sweep.sweep import Swept, make_recipe, run_sweep
from tfbs.benchmark.tracking import TRIAL_TAG
from tfbs.datasets.options import SOURCE, say
from tfbs.datasets.task import load_task
from tfbs.errors import UserError
from tfbs.parameters import parse_assignments

SAMPLER_NAMES = ("tpe", "random", "cmaes", "nsga2")
REFIT_SEEDS = 3


@click.command()
@click.option("--task", "task_name", required=True, help="A task of `tfbs list tasks`.")
@click.option(
    "--architecture",
    required=True,
    help="A name of `tfbs list architectures`, or package.module:name.",
)
@click.option(
    "--regime", help="A name of `tfbs list regimes`. [default: standard; of floors scikit_learn]"
)
@click.option("--trials", type=click.IntRange(1), required=True, help="How many there shall be.")
@click.option(
    "--objective",
    "objectives",
    multiple=True,
    metavar="METRIC",
    help="A metric on validation, or a cost; several give a Pareto front. "
    "[default: average_precision]",
)
@click.option(
    "--search",
    "parts",
    multiple=True,
    type=click.Choice([*PARTS, "none"]),
    help="Whose declared space is searched. [default: architecture and regime; with --space none]",
)
@click.option(
    "--space",
    type=click.Path(path_type=Path),
    help="YAML file with what is tried; see docs/sweeps.md.",
)
@click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Fix a setting in all trials."
)
@click.option(
    "--sampler", type=click.Choice(SAMPLER_NAMES), default="tpe", show_default=True,
    help="Who proposes.",
)  # fmt: skip
@click.option(
    "--pruner",
    type=click.Choice(list(PRUNERS)),
    help="Who gives trials up early, by validation after every epoch. "
    "[default: median for the objective auroc or average_precision alone, else none]",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the proposals and of all trainings."
)
@click.option("--name", help="Of the sweep. [default: made of task, architecture and settings]")
@click.option(
    "--storage",
    help="Journal file, database URL or grpc://host:port. "
    "[default: sweeps/journal.log in --output]",
)
@click.option(
    "--refit-seeds",
    type=click.IntRange(0),
    help="Seeds of what is trained anew and evaluated on test, once, which ends the sweep; 0 to "
    f"go on later. [default: {REFIT_SEEDS}, with several objectives 0]",
)
@click.option(
    "--protocol", default=DEFAULT_PROTOCOL, show_default=True, help="How it is evaluated on test."
)
@click.option("--json", "as_json", is_flag=True, help="Print all trials and records as JSON.")
@executor_options
@numerics_options
@SOURCE
@storage_options
def sweep(
    task_name: str,
    architecture: str,
    regime: str | None,
    trials: int,
    objectives: tuple[str, ...],
    parts: tuple[str, ...],
    space: Path | None,
    assignments: tuple[str, ...],
    sampler: str,
    pruner: str | None,
    seed: int,
    name: str | None,
    storage: str | None,
    refit_seeds: int | None,
    protocol: str,
    as_json: bool,
    resources: Resources,
    numerics: Numerics,
    source: Path | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
    threads: int,
) -> int:
    """Search hyperparameters, priors and regimes on validation.

    Every trial is a run with a record, evaluated on the validation split. What is best is then
    trained anew with other seeds and evaluated once on test, beside the defaults. Called again,
    a sweep goes on; trials of a process that was killed are taken over.
    """
    pin_threads(threads)
    load = functools.cache(lambda name: load_task(name, data_dir, source=source, progress=say))
    recipe = make_recipe(
        load(task_name),
        architecture,
        regime,
        objectives=objectives,
        search=parts,
        space=space,
        fixed=parse_assignments(assignments),
        sampler=sampler,
        pruner=pruner,
        seed=seed,
        numerics=numerics,
    )
    if name is not None and not re.fullmatch(r"[\w.-]+", name):
        raise UserError(f"--name {name!r}: letters, digits, '.', '_' and '-' only")
    if refit_seeds is None:
        refit_seeds = REFIT_SEEDS if len(recipe.objectives) == 1 else 0
    address = storage_address(storage, output)
    _announce(recipe, name or recipe.name, trials, address)
    started = time.monotonic()
    swept = run_sweep(
        recipe,
        trials,
        Place(output, tracking_uri, records, data_dir, threads),
        resources,
        load,
        address,
        name=name,
        refit_seeds=refit_seeds,
        protocol=protocol,
        report=_report,
    )
    _show(swept, recipe, address, as_json)
    click.echo(f"{time.monotonic() - started:.0f} s", err=True)
    return 1 if swept.failures or not complete_trials(swept.study) else 0


def _announce(recipe: Recipe, name: str, trials: int, address: str) -> None:
    goals = ", ".join(f"{each.direction} {each.name}" for each in recipe.objectives)
    click.echo(f"sweep {name}: {trials} trials, {goals}, on validation", err=True)
    for dimension in recipe.space:
        click.echo(f"  {dimension}", err=True)
    click.echo(f"  sampler {recipe.sampler}, pruner {recipe.pruner}, storage {address}", err=True)


def _report(job: Job, event: str) -> None:
    if event != "started":
        number = job.tags.get(TRIAL_TAG)
        what = f"on test, seed {job.spec.seed}" if number is None else f"trial {number}"
        click.echo(f"{what}: run {job.spec.id[:12]} {event}", err=True)


def _show(swept: Swept, recipe: Recipe, address: str, as_json: bool) -> None:
    study, objectives = swept.study, recipe.objectives
    for line in [*failures(study), *(f"failed: {f.spec}: {f.reason}" for f in swept.failures)]:
        click.echo(line, err=True)
    if as_json:
        click.echo(json.dumps(summarise(study, objectives, address, swept.refitted), indent=1))
    else:
        click.echo(f"{states(study)}; the best on validation:")
        click.echo(trial_table(study, objectives))
        if swept.refitted:
            click.echo("")
            click.echo(gain_table(objectives, swept.refitted))
    for file in swept.figures.values():
        click.echo(f"figure: {file}", err=True)
