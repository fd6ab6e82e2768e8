"""The page of all published numbers that have runs of ours, the difference between the two."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tfbs.benchmark.line import numbers
from tfbs.benchmark.record import Record
from tfbs.benchmark.report.published import (
    Published,
    beside_ours,
    published_results,
)
from tfbs.benchmark.suite import Suite, shipped_suites
from tfbs.benchmark.table import markdown_table

NAME = "published"
"""What `tfbs report` calls the page."""

_HEAD = """\
# Reproduced results

Written by `tfbs report published` from the records. What papers printed of the runs of a suite, and
what came out here, in the suites that have such numbers. Mean ± standard deviation over trials or
seeds, ours with n - 1; the difference is ours minus theirs, of as large a share of the best runs
where a paper kept its best. One seed says little: its difference is of one training.
"""


@dataclass(frozen=True)
class Repeated:
    """A suite that repeats published runs, and what of it is finished.

    Attributes:
        suite: The suite.
        records: Of its finished runs.
        total: Runs that it has in all.
    """

    suite: Suite
    records: Sequence[Record]
    total: int


def repeating_suites() -> list[str]:
    """Returns the names of the shipped suites of whose runs something is published."""
    return [name for name in shipped_suites() if published_results(name)]


def reproduced_page(repeated: Iterable[Repeated]) -> str:
    """Returns the page of Markdown, a section for each suite; lines without runs are counted."""
    return "\n".join([_HEAD, *(_section(own) for own in repeated)])


def _section(own: Repeated) -> str:
    results = published_results(own.suite.name)
    found = [
        (result, value)
        for result in results
        if (value := difference(result, own.records)) is not None
    ]
    parts = [f"## {own.suite.name}", _said(own, results, found)]
    if found:
        known = [result for result, _ in found]
        header, lines = beside_ours(known, own.records)
        signed = [f"{value:+.3f}" for _, value in found]
        rows = [[*line, sign] for line, sign in zip(lines, signed, strict=True)]
        parts.append(markdown_table([*header, "difference"], rows))
        notes = dict.fromkeys(f"* {r.line.metric}: {r.note}." for r in known if r.note)
        parts += ["\n".join(notes)] if notes else []
    return "\n\n".join(parts) + "\n"


def _said(
    own: Repeated, results: Sequence[Published], found: Sequence[tuple[Published, float]]
) -> str:
    sources = "; ".join(dict.fromkeys(result.source for result in results))
    said = (
        f"{own.suite.description} Published: {sources}. {len(own.records)} of {own.total} runs of "
        f"the suite are finished; {len(found)} of {len(results)} published numbers have a run."
    )
    if not found:
        return said
    sizes = [abs(value) for _, value in found]
    spread = [(abs(value), result.sd) for result, value in found if result.sd is not None]
    within = sum(size <= 2 * sd for size, sd in spread)
    said += f" The median size of a difference is {statistics.median(sizes):.3f}"
    if spread:
        said += f"; {within} of {len(spread)} are within two published standard deviations"
    return f"{said}. Claims, tables and intervals: [{own.suite.name}]({own.suite.name}.md)."


def difference(result: Published, records: Sequence[Record]) -> float | None:
    """Returns our mean minus the published one; None where no run of ours has the metric."""
    values = numbers(result.keep(result.line.runs(records)), result.line.metric)
    return statistics.fmean(values.values()) - result.mean if values else None
