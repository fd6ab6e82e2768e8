"""`tfbs list`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tfbs.datasets.options import DATA_DIR
from tfbs.parameters import Json, describe

KINDS = (
    "tasks",
    "architectures",
    "regimes",
    "metrics",
    "attributions",
    "protocols",
    "designs",
    "suites",
)


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "as_json", is_flag=True, help="A JSON array of objects.")
@DATA_DIR
def list_(kind: str, as_json: bool, data_dir: Path | None) -> None:
    """List what there is of a KIND, with a line on each."""
    entries = _list_tasks(data_dir) if kind == "tasks" else _LISTS[kind]()
    if as_json:
        click.echo(json.dumps(entries, indent=1))
        return
    width = max((len(str(entry["name"])) for entry in entries), default=0)
    for entry in entries:
        click.echo(f"{entry['name']!s:<{width}}  {entry['description']}")


def _list_tasks(data_dir: Path | None) -> list[dict[str, Json]]:
    from dataclasses import asdict

    from tfbs.datasets.task import list_tasks

    return [asdict(listing) for listing in list_tasks(data_dir)]


def _list_architectures() -> list[dict[str, Json]]:
    from tfbs.architectures import ARCHITECTURES

    return [
        {
            "name": name,
            "description": f"[{entry.family}] {entry.description}",
            "family": entry.family,
            "source": entry.source,
            "deviations": list(entry.deviations),
            "hyperparameters": list[Json](describe(entry.builder)),
        }
        for name, entry in ((name, ARCHITECTURES[name]) for name in ARCHITECTURES)
    ]


def _list_regimes() -> list[dict[str, Json]]:
    from tfbs.benchmark.training import REGIMES

    return [
        {
            "name": name,
            "description": REGIMES[name].description,
            "source": REGIMES[name].source,
            "parameters": REGIMES[name].defaults(),
        }
        for name in REGIMES
    ]


def _list_metrics() -> list[dict[str, Json]]:
    from tfbs.benchmark.evaluation import METRICS

    return [
        {
            "name": name,
            "description": f"[{METRICS[name].axis}] {METRICS[name].description}",
            "axis": METRICS[name].axis,
            "higher_is_better": METRICS[name].higher_is_better,
        }
        for name in METRICS
    ]


def _list_attributions() -> list[dict[str, Json]]:
    from tfbs.benchmark.explain import ATTRIBUTIONS

    return [
        {"name": name, "description": (ATTRIBUTIONS[name].__doc__ or "").partition("\n")[0]}
        for name in ATTRIBUTIONS
    ]


def _list_designs() -> list[dict[str, Json]]:
    from tfbs.benchmark.evaluation.designs import DESIGNS

    return [
        {"name": name, "description": (DESIGNS[name].__doc__ or "").partition("\n")[0]}
        for name in DESIGNS
    ]


def _list_protocols() -> list[dict[str, Json]]:
    from dataclasses import asdict

    from tfbs.benchmark.protocol import PROTOCOLS

    return [{"name": name, **asdict(PROTOCOLS[name])} for name in PROTOCOLS]


def _list_suites() -> list[dict[str, Json]]:
    from tfbs.benchmark.suite import shipped_suites

    return [
        {"name": suite.name, "description": suite.description, "version": suite.version}
        for suite in shipped_suites().values()
    ]


_LISTS = {
    "architectures": _list_architectures,
    "regimes": _list_regimes,
    "metrics": _list_metrics,
    "attributions": _list_attributions,
    "protocols": _list_protocols,
    "designs": _list_designs,
    "suites": _list_suites,
}
