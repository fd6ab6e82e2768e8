"""Published results beside ours, from `published.tsv`."""

from __future__ import annotations

import csv
import io
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

from tfbs.benchmark.line import Line, numbers
from tfbs.benchmark.record import Record
from tfbs.parameters import parse_assignments

TABLE = "published.tsv"


@dataclass(frozen=True)
class Published:
    """A number that somebody else printed.

    Attributes:
        suite: Which of our suites has the same runs.
        line: What of ours is the same.
        mean: Over the trials that were kept; the median where `note` says so.
        sd: Over them; None where it is not published.
        kept: How many were kept.
        trials: How many were run.
        kept_by: The metric by which the best were kept; empty where all were.
        source: Paper and place.
        note: How theirs was measured differently; empty where it was not.
    """

    suite: str
    line: Line
    mean: float
    sd: float | None
    kept: int
    trials: int
    kept_by: str
    source: str
    note: str

    @property
    def rule(self) -> str:
        """Which trials the number is of."""
        if not self.kept_by:
            return f"{self.trials} trials"
        return f"best {self.kept} of {self.trials} by {self.kept_by}"

    def keep(self, runs: Sequence[Record]) -> list[Record]:
        """Returns the same share of our runs, chosen the same way."""
        if not self.kept_by:
            return list(runs)
        order = numbers(runs, self.kept_by)
        ranked = sorted((run for run in runs if run["id"] in order), key=lambda r: -order[r["id"]])
        return ranked[: max(1, round(len(ranked) * self.kept / self.trials))]


def published_results(suite: str) -> list[Published]:
    """Returns what is published of the runs of a suite, in the order of the file."""
    text = resources.files(__package__).joinpath(TABLE).read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text), delimiter="\t")
    return [_read(row) for row in rows if row["suite"] == suite]


def _read(row: dict[str, str]) -> Published:
    settings = parse_assignments(row["settings"].split())
    return Published(
        row["suite"],
        Line(row["task"], row["architecture"], settings, row["metric"]),
        float(row["mean"]),
        float(row["sd"]) if row["sd"] else None,
        int(row["kept"]),
        int(row["trials"]),
        row["kept_by"],
        row["source"],
        row["note"],
    )


HEADER = ("task", "architecture", "metric", "published", "ours", "ours, kept as theirs")


def beside_ours(
    results: Iterable[Published], records: Sequence[Record]
) -> tuple[list[str], list[list[str]]]:
    """Returns header and lines of the table of published numbers and ours.

    The last column is there only where a paper kept the best of its trials.

    Args:
        results: What is published.
        records: Our runs.
    """
    known = list(results)
    selected = any(result.kept_by for result in known)
    lines = []
    for result in known:
        line = result.line
        runs = line.runs(records)
        deviation = "" if result.sd is None else f" ± {result.sd:.3f}"
        theirs = f"{result.mean:.3f}{deviation} ({result.rule})"
        cells = [line.task, str(line), line.metric, theirs, spread(runs, line.metric)]
        lines.append(cells + [spread(result.keep(runs), line.metric)] * selected)
    return list(HEADER[: len(HEADER) - (not selected)]), lines


def spread(runs: Sequence[Record], metric: str) -> str:
    """Returns mean ± standard deviation (n - 1) of a metric over runs, and how many there are."""
    values = list(numbers(runs, metric).values())
    if not values:
        return "not run" if not runs else "not measured"
    if len(values) == 1:
        return f"{values[0]:.3f} (1 seed)"
    mean, sd = statistics.fmean(values), statistics.stdev(values)
    return f"{mean:.3f} ± {sd:.3f} ({len(values)} seeds)"
