"""`tfbs list`."""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path

import click

from tfbs.datasets.options import DATA_DIR
from tfbs.errors import UserError, nearest
from tfbs.parameters import Json, describe

KINDS = (
    "tasks",
    "architectures",
    "priors",
    "regimes",
    "metrics",
    "attributions",
    "experiments",
    "nulls",
    "protocols",
    "filter-protocols",
    "designs",
    "suites",
)


_PAGES = {
    "architectures": "tfbs.architectures.cards:page",
    "metrics": "tfbs.benchmark.glossary:metrics_page",
    "protocols": "tfbs.benchmark.catalogue:protocols_page",
    "regimes": "tfbs.benchmark.catalogue:regimes_page",
    "tasks": "tfbs.datasets.cards:data_page",
}


@click.command("list")
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--json", "layout", flag_value="json", help="A JSON array of objects.")
@click.option(
    "--markdown",
    "layout",
    flag_value="markdown",
    help="The page of the documentation, with all that is known of each.",
)
@DATA_DIR
def list_(kind: str, layout: str | None, data_dir: Path | None) -> None:
    """List what there is of a KIND, with a line on each."""
    if layout == "markdown":
        click.echo(_page(kind), nl=False)
        return
    entries = _list_tasks(data_dir) if kind == "tasks" else _LISTS[kind]()
    if layout == "json":
        click.echo(json.dumps(entries, indent=1))
        return
    if kind == "architectures":
        click.echo(_architecture_table(entries))
        return
    width = max((len(str(entry["name"])) for entry in entries), default=0)
    for entry in entries:
        click.echo(f"{entry['name']!s:<{width}}  {entry['description']}")


def _page(kind: str) -> str:
    """Returns the page of a kind.

    Raises:
        UserError: If it has none.
    """
    if kind not in _PAGES:
        raise UserError(f"--markdown: {kind} have no page of their own{nearest(kind, _PAGES)}")
    module, _, function = _PAGES[kind].partition(":")
    page: str = getattr(importlib.import_module(module), function)()
    return page


def _list_tasks(data_dir: Path | None) -> list[dict[str, Json]]:
    from dataclasses import asdict

    from tfbs.datasets.task import list_tasks

    return [asdict(listing) for listing in list_tasks(data_dir)]


def _architecture_table(entries: list[dict[str, Json]]) -> str:
    """Returns two lines on each: numbers and paper, then what it is."""
    width = max((len(str(entry["name"])) for entry in entries), default=0)
    lines = [f"{'':<{width}}  {'family':<9}  at 200 nt  at 1000 nt  {'sees':<14}  paper"]
    for entry in entries:
        sizes = [entry["parameters_200"], entry["parameters_1000"]]
        first, second = (f"{size:,}" if isinstance(size, int) else "-" for size in sizes)
        lines += [
            f"{entry['name']!s:<{width}}  {entry['family']!s:<9}  {first:>9}  {second:>10}  "
            f"{entry['receptive_field'] or '-'!s:<14}  {entry['source']}",
            f"{'':<{width}}  {entry['description']}",
        ]
    return "\n".join(lines)


def _list_architectures() -> list[dict[str, Json]]:
    from tfbs.architectures import ARCHITECTURES
    from tfbs.architectures.cards import read_cards

    cards = read_cards()
    return [
        {
            "name": name,
            "description": f"[{entry.family}] {entry.description}",
            "family": entry.family,
            "source": entry.source,
            "parameters_200": cards[name].parameters_200 if name in cards else None,
            "parameters_1000": cards[name].parameters_1000 if name in cards else None,
            "receptive_field": cards[name].receptive_field if name in cards else None,
            "deviations": list(entry.deviations),
            "hyperparameters": list[Json](describe(entry.builder)),
            "search_space": {key: value for key, value in entry.search_space.items()},
        }
        for name, entry in ((name, ARCHITECTURES[name]) for name in ARCHITECTURES)
    ]


def _list_priors() -> list[dict[str, Json]]:
    from tfbs.architectures.priors import describe_priors

    return [{"name": name, "description": line} for name, line in describe_priors().items()]


def _list_regimes() -> list[dict[str, Json]]:
    from tfbs.benchmark.training import REGIMES

    return [
        {
            "name": name,
            "description": REGIMES[name].description
            + (" [add with +]" if REGIMES[name].augmentation else ""),
            "source": REGIMES[name].source,
            "augmentation": REGIMES[name].augmentation,
            "parameters": REGIMES[name].defaults(),
        }
        for name in REGIMES
    ]


def _list_metrics() -> list[dict[str, Json]]:
    from tfbs.benchmark.evaluation import METRICS
    from tfbs.benchmark.glossary import protocols_of

    return [
        {
            "name": name,
            "description": f"[{metric.axis}] {metric.description}",
            "axis": metric.axis,
            "higher_is_better": metric.higher_is_better,
            "formula": metric.formula,
            "between": [end if math.isfinite(end) else None for end in metric.between],
            "source": metric.source,
            "protocols": list[Json](protocols_of(metric)),
        }
        for name, metric in ((name, METRICS[name]) for name in METRICS)
    ]


def _list_attributions() -> list[dict[str, Json]]:
    from tfbs.benchmark.explain import ATTRIBUTIONS

    return [
        {"name": name, "description": (ATTRIBUTIONS[name].__doc__ or "").partition("\n")[0]}
        for name in ATTRIBUTIONS
    ]


def _list_experiments() -> list[dict[str, Json]]:
    from tfbs.benchmark.explain.gia import EXPERIMENTS

    return [
        {
            "name": name,
            "description": (EXPERIMENTS[name].__doc__ or "").partition("\n")[0],
            "settings": EXPERIMENTS[name].model_json_schema()["properties"],
        }
        for name in EXPERIMENTS
    ]


def _list_nulls() -> list[dict[str, Json]]:
    from tfbs.benchmark.explain.gia import NULLS

    return [
        {"name": name, "description": (NULLS[name].__doc__ or "").partition("\n")[0]}
        for name in NULLS
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


def _list_filter_protocols() -> list[dict[str, Json]]:
    from dataclasses import asdict

    from tfbs.benchmark.explain.filter_protocols import FILTER_PROTOCOLS

    return [{"name": name, **asdict(FILTER_PROTOCOLS[name])} for name in FILTER_PROTOCOLS]


def _list_suites() -> list[dict[str, Json]]:
    from tfbs.benchmark.suite import shipped_suites

    return [
        {"name": suite.name, "description": suite.description, "version": suite.version}
        for suite in shipped_suites().values()
    ]


_LISTS = {
    "architectures": _list_architectures,
    "priors": _list_priors,
    "regimes": _list_regimes,
    "metrics": _list_metrics,
    "attributions": _list_attributions,
    "experiments": _list_experiments,
    "nulls": _list_nulls,
    "protocols": _list_protocols,
    "filter-protocols": _list_filter_protocols,
    "designs": _list_designs,
    "suites": _list_suites,
}
