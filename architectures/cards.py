"""What is known of each architecture at a glance: size, receptive field, and the page of all."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from importlib import resources

import keras

from tfbs.architectures.receptive_field import (
    JOINING,
    WHOLE,
    ReceptiveField,
    joining_layers,
    measure_receptive_field,
)
from tfbs.architectures.registry import ARCHITECTURES, Architecture
from tfbs.parameters import Json, defaults

TABLE = "card.tsv"
LENGTHS = (200, 1000)


@dataclass(frozen=True)
class Card:
    """What was measured of an architecture at its defaults, with one target.

    Attributes:
        name: Of the architecture.
        parameters_200: Numbers in all weights at 200 nucleotides.
        parameters_1000: The same at 1,000 nucleotides.
        receptive_field: Nucleotides that one position sees before positions are joined.
        joined_by: What joins the positions; see `joined_by`.
    """

    name: str
    parameters_200: int
    parameters_1000: int
    receptive_field: ReceptiveField
    joined_by: str


def read_cards() -> dict[str, Card]:
    """Returns the cards that are shipped beside this file, by name."""
    text = resources.files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter="\t")
    return {
        row["name"]: Card(
            row["name"],
            int(row["parameters_200"]),
            int(row["parameters_1000"]),
            WHOLE if row["receptive_field"] == WHOLE else int(row["receptive_field"]),
            row["joined_by"],
        )
        for row in rows
    }


def measure_card(name: str) -> Card:
    """Returns the card of an architecture from models that are built for it."""
    entry = ARCHITECTURES[name]
    short, long = (entry.build(length, 1, {}).count_params() for length in LENGTHS)
    keras.utils.set_random_seed(0)
    model = entry.build(telling_length(entry), 1, {})
    return Card(name, short, long, measure_receptive_field(model), joined_by(model))


def telling_length(entry: Architecture) -> int:
    """Returns a length, in nucleotides, at which the declared receptive field can be measured."""
    field = entry.receptive_field
    return field + 250 if isinstance(field, int) else 300


def joined_by(model: keras.Model) -> str:
    """Returns what `JOINING` calls the layer, of branches each, or, with none, `"count"`.

    After a flatten the next layer has weights for each position and sees the whole sequence.
    """
    kinds = dict.fromkeys(JOINING[type(layer)] for layer in joining_layers(model))
    return " and ".join(kinds) or "count"


def format_table(cards: list[Card]) -> str:
    """Returns the cards as the tab-separated text of the shipped table."""
    rows = [[field.name for field in fields(Card)], *map(astuple, cards)]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def page() -> str:
    """Returns the Markdown page of all architectures, from the registry and the shipped cards."""
    cards = read_cards()
    entries = [ARCHITECTURES[name] for name in ARCHITECTURES if name in cards]
    parts = [_HEAD, *(_row(entry, cards[entry.name]) for entry in entries)]
    return "".join(parts) + "".join(_section(entry, cards[entry.name]) for entry in entries)


_HEAD = """\
# Architectures

Written by `tfbs architectures cards`. Parameters are counted with one target at 200 and 1,000
nucleotides, at the defaults. A position *sees* so many nucleotides before positions are joined,
measured by gradients; after a flatten the next layer sees the whole sequence.

| name | family | at 200 | at 1,000 | sees | joined by |
|---|---|---|---|---|---|
"""


def _row(entry: Architecture, card: Card) -> str:
    return (
        f"| [{entry.name}](#{entry.name}) | {entry.family} | {card.parameters_200:,} "
        f"| {card.parameters_1000:,} | {_count(card.receptive_field)} | {card.joined_by} |\n"
    )


def _section(entry: Architecture, card: Card) -> str:
    lines = [
        f"\n## {entry.name}\n",
        f"{entry.description}\n",
        f"* Paper: {entry.source}",
        f"* Family: {entry.family}; {card.parameters_200:,} parameters at 200 nucleotides, "
        f"{card.parameters_1000:,} at 1,000",
        f"* One position sees: {_count(card.receptive_field)}; joined by: {card.joined_by}",
    ]
    if entry.deviations:
        lines += ["* Differs from the paper:", *(f"    * {text}" for text in entry.deviations)]
    settings = defaults(entry.builder)
    if settings:
        lines += ["\n| setting | default | a search tries |", "|---|---|---|"]
        space = entry.search_space
        lines += [
            f"| `{name}` | {describe_value(value)} | {describe_search(space.get(name))} |"
            for name, value in settings.items()
        ]
    return "\n".join(lines) + "\n"


def describe_value(value: Json) -> str:
    """Returns a default as it is written after `--set name=`; `-` for none."""
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


def describe_search(space: dict[str, Json] | None) -> str:
    """Returns a search space in words: `8 … 512, log`, `relu, exponential`, or `-`."""
    if space is None:
        return "-"
    choices = space.get("choices")
    if isinstance(choices, list):
        return ", ".join(map(describe_value, choices))
    return f"{space['low']} … {space['high']}" + (", log" if space["log"] else "")


def _count(field: ReceptiveField) -> str:
    return f"{field:,}" if isinstance(field, int) else field
