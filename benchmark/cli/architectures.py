"""`tfbs architectures`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tfbs.benchmark.runtime import DEFAULT_THREADS, pin_threads
from tfbs.parameters import Json, defaults, parse_assignments

if TYPE_CHECKING:
    import keras

    from tfbs.architectures import Architecture


@click.group()
def architectures() -> None:
    """Show a network's layers and paper, or write the page of all."""


@architectures.command()
@click.argument("name")
@click.option(
    "--length", type=click.IntRange(1), default=200, show_default=True, help="Nucleotides."
)
@click.option(
    "--targets", type=click.IntRange(1), default=1, show_default=True, help="Label columns."
)
@click.option(
    "--set", "assignments", multiple=True, metavar="KEY=VALUE", help="Override a hyperparameter."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(name: str, length: int, targets: int, assignments: tuple[str, ...], as_json: bool) -> None:
    """Show the layers, paper, deviations and hyperparameters of architecture NAME.

    NAME is one of `tfbs list architectures`, or package.module:name.
    """
    overrides = parse_assignments(assignments)
    pin_threads(DEFAULT_THREADS)
    shown = describe(name, length, targets, overrides)
    click.echo(json.dumps(shown, indent=1) if as_json else as_text(shown))


@architectures.command()
@click.option("--measure", is_flag=True, help="Build every model and print card.tsv anew.")
def cards(measure: bool) -> None:
    """Print the page of all architectures in Markdown."""
    pin_threads(DEFAULT_THREADS)
    from tfbs.architectures import ARCHITECTURES
    from tfbs.architectures.cards import format_table, measure_card, page

    if measure:
        names = [name for name in ARCHITECTURES if ":" not in name]
        click.echo(format_table([measure_card(name) for name in names]), nl=False)
    else:
        click.echo(page(), nl=False)


def describe(
    name: str, length: int, num_targets: int, overrides: dict[str, Json]
) -> dict[str, Json]:
    """Returns what `tfbs architectures show --json` prints.

    Args:
        name: A registered architecture, or `package.module:name`.
        length: In nucleotides.
        num_targets: Label columns.
        overrides: Hyperparameters that are not at their defaults.

    Returns:
        `name`, `description`, `family`, `source`, `deviations`, `length`, `targets`,
        `parameters`, `receptive_field` (`declared` at the defaults, `measured` here),
        `joined_by`, `hyperparameters` (of this model), `defaults`, `priors` (of this model; none
        for a floor), `search_space` and `layers`, each with `name`, `type`, `shape` and
        `parameters`.

    Raises:
        UserError: If a name or a hyperparameter is wrong or `length` is too short.
    """
    from tfbs.architectures import ARCHITECTURES
    from tfbs.architectures.cards import joined_by
    from tfbs.architectures.receptive_field import measure_receptive_field

    entry = ARCHITECTURES[name]
    hyperparameters = entry.resolve(overrides)
    model = entry.build(length, num_targets, overrides)
    return {
        **_identity(entry),
        "length": length,
        "targets": num_targets,
        "parameters": model.count_params(),
        "receptive_field": {
            "declared": entry.receptive_field,
            "measured": measure_receptive_field(model),
        },
        "joined_by": joined_by(model),
        "hyperparameters": hyperparameters,
        "defaults": entry.resolve({}),
        "priors": _priors(entry, hyperparameters),
        "search_space": {key: value for key, value in entry.search_space.items()},
        "layers": [_layer(layer) for layer in model.layers],
    }


def _priors(entry: Architecture, hyperparameters: dict[str, Json]) -> dict[str, Json]:
    from tfbs.architectures.priors import PREFIX, Priors

    if entry.fit is not None:
        return {}
    names = {f"{PREFIX}{name}": default for name, default in defaults(Priors).items()}
    return {name: hyperparameters.get(name, default) for name, default in names.items()}


def _identity(entry: Architecture) -> dict[str, Json]:
    return {
        "name": entry.name,
        "description": entry.description,
        "family": entry.family,
        "source": entry.source,
        "deviations": list(entry.deviations),
    }


def _layer(layer: keras.Layer) -> dict[str, Json]:
    output = layer.output[0] if isinstance(layer.output, list) else layer.output
    return {
        "name": layer.name,
        "type": type(layer).__name__,
        "shape": list(output.shape),
        "parameters": layer.count_params(),
    }


def as_text(shown: dict[str, Json]) -> str:
    """Returns what `describe` found as text for people."""
    from tfbs.architectures.cards import describe_search, describe_value

    field, space, values = shown["receptive_field"], shown["search_space"], shown["hyperparameters"]
    assert isinstance(field, dict) and isinstance(space, dict)  # noqa: S101
    assert isinstance(values, dict) and isinstance(shown["defaults"], dict)  # noqa: S101
    assert isinstance(shown["layers"], list) and isinstance(shown["deviations"], list)  # noqa: S101
    layers = [
        [layer["name"], layer["type"], _shape(layer["shape"]), f"{layer['parameters']:,}"]
        for layer in shown["layers"]
        if isinstance(layer, dict)
    ]
    settings = [
        [
            name,
            describe_value(values[name]),
            describe_value(default),
            describe_search(space.get(name)),  # type: ignore[arg-type]
        ]
        for name, default in shown["defaults"].items()
    ]
    lines = [
        f"{shown['name']}: {shown['description']}",
        f"family           {shown['family']}",
        f"paper            {shown['source'] or 'none named'}",
        *_listed("deviations", [str(text) for text in shown["deviations"]]),
        f"parameters       {shown['parameters']:,} at {shown['length']} nucleotides with "
        f"{shown['targets']} target(s)",
        f"receptive field  {field['declared'] or 'not declared'} at the defaults, "
        f"{field['measured']} here; positions are joined by: {shown['joined_by']}",
        "",
        *_table(["layer", "type", "output shape", "parameters"], layers, right=frozenset({3})),
    ]
    if settings:
        lines += ["", *_table(["hyperparameter", "here", "default", "a search tries"], settings)]
    priors = shown["priors"]
    assert isinstance(priors, dict)  # noqa: S101
    if priors:
        rows = [[name, describe_value(value)] for name, value in priors.items()]
        lines += ["", *_table(["prior (tfbs list priors)", "here"], rows)]
    return "\n".join(lines)


def _listed(title: str, texts: list[str]) -> list[str]:
    return [
        f"{title if not index else '':<16} {text}" for index, text in enumerate(texts or ["none"])
    ]


def _shape(shape: Json) -> str:
    assert isinstance(shape, list)  # noqa: S101
    return " x ".join("n" if size is None else str(size) for size in shape)


def _table(
    head: list[str], rows: Sequence[Sequence[object]], right: frozenset[int] = frozenset()
) -> list[str]:
    """Returns lines of columns as wide as their longest cell."""
    cells = [head, *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return [
        "  ".join(
            f"{cell:>{width}}" if column in right else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
