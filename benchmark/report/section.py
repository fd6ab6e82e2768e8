"""What a report is made of: sections of groups of figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from tfbs.benchmark.record import Record
from tfbs.benchmark.report.picture import Picture
from tfbs.benchmark.table import Table
from tfbs.benchmark.verdict import Row
from tfbs.datasets.task import Task

Arrays = Callable[[Record, str], np.ndarray | None]
"""Returns an array of a record by name, or None where it is not at hand."""


@dataclass(frozen=True)
class Figure:
    """A picture with its words.

    Attributes:
        source: Data URI, which can be written as files.
        alt: What it shows, for those who do not see it.
        caption: Above it.
        width: `panel` beside others, `strip` as wide as its group, `tile` small.
    """

    source: Picture
    alt: str
    caption: str = ""
    width: Literal["panel", "strip", "tile"] = "panel"


@dataclass(frozen=True)
class LegendEntry:
    """A name with its line: a CSS colour and an SVG dash pattern."""

    label: str
    colour: str
    dash: str


@dataclass(frozen=True)
class Group:
    """Figures that belong together, under a heading, with the legend of their lines."""

    heading: str
    figures: Sequence[Figure]
    legend: Sequence[LegendEntry] = ()
    remark: str = ""


@dataclass
class Section:
    """A part of the report.

    Attributes:
        anchor: Its id in the page.
        title: Its heading.
        introduction: How to read it.
        groups: What it shows; may be empty.
        tables: Under the figures.
        missing: Why something is not shown, to the names of those it is true of.
        columns: Groups side by side where there is room.
    """

    anchor: str
    title: str
    introduction: str
    groups: list[Group] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    columns: bool = False

    def miss(self, reason: str, name: str) -> None:
        """Notes why the line called `name` is not in this section."""
        names = self.missing.setdefault(reason, [])
        if name not in names:
            names.append(name)

    def explanations(self, rows: int) -> list[str]:
        """Returns one sentence per reason; without names where it is true of all rows."""
        return [
            f"{reason}." if len(names) == rows else f"{reason}: {', '.join(names)}."
            for reason, names in self.missing.items()
        ]


@dataclass(frozen=True)
class Style:
    """How the lines of one row look in every figure.

    Attributes:
        label: Architecture, and regime where there are several.
        colour: Hexadecimal; one per architecture.
        dash: On-off pattern in units of the line's width, empty for a solid line; one per
            regime.
    """

    label: str
    colour: str
    dash: tuple[float, ...]

    @property
    def line(self) -> object:
        """The pattern in Matplotlib's words."""
        return (0, self.dash) if self.dash else "-"

    @property
    def legend(self) -> LegendEntry:
        """The entry of a legend."""
        return LegendEntry(self.label, self.colour, " ".join(f"{2 * part:g}" for part in self.dash))


@dataclass(frozen=True)
class Material:
    """What sections are drawn from.

    Attributes:
        rows: Lines of the verdict.
        styles: One per row.
        arrays: Of the records.
        tasks: Of each record, by its id, as it was evaluated: a control changes the labels. None
            where a task's data are not at hand.
    """

    rows: Sequence[Row]
    styles: Sequence[Style]
    arrays: Arrays
    tasks: Mapping[str, Task | None]

    def by_task(self) -> list[tuple[str, list[tuple[Row, Style]]]]:
        """Returns the tasks in order, each with its rows and their styles."""
        pairs = list(zip(self.rows, self.styles, strict=True))
        names = dict.fromkeys(row.task for row in self.rows)
        return [(name, [pair for pair in pairs if pair[0].task == name]) for name in names]

    def task(self, row: Row) -> Task | None:
        """Returns the task of a row's first record."""
        return self.tasks[row.records[0]["id"]]

    def array(self, section: Section, row: Row, record: Record, name: str) -> np.ndarray | None:
        """Returns an array, or None after telling the section why there is none."""
        described = record["arrays"].get(name)
        if described is None:
            section.miss(f"No array {name} was recorded", label(row))
            return None
        array = self.arrays(record, name)
        if array is None:
            section.miss(
                f"The array {name} is not beside the record, which has its hash", label(row)
            )
            return None
        if list(array.shape) != described["shape"]:
            section.miss(f"The array {name} has another shape than the record says", label(row))
            return None
        return array


def label(row: Row) -> str:
    """Returns the full name of a row, for sentences."""
    return f"{row.architecture} {row.regime} on {row.task}"


def legend(pairs: Sequence[tuple[Row, Style]]) -> list[LegendEntry]:
    """Returns the legend of some rows."""
    return [style.legend for _, style in pairs]
