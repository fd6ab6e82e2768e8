"""A suite's verdict as Markdown: what the numbers say, and the tables, computed from records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tfbs.benchmark.axes import fronts, headlines
from tfbs.benchmark.breakdown import breakdowns
from tfbs.benchmark.columns import COLUMNS
from tfbs.benchmark.factors import effects_of
from tfbs.benchmark.over_tasks import over_tasks
from tfbs.benchmark.record import Record
from tfbs.benchmark.report.claims import HEADER as COMPARED
from tfbs.benchmark.report.claims import compare, counted
from tfbs.benchmark.report.disagreement import judge, name
from tfbs.benchmark.report.published import Published, beside_ours, published_results
from tfbs.benchmark.report.verdict_table import PARETO, breakdown_table, verdict_tables
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.suite import Suite
from tfbs.benchmark.table import Table, markdown_table
from tfbs.benchmark.verdict import Row, verdict


def protocols_in_words(suite: Suite) -> str:
    """Returns by which protocols the runs of a suite are measured."""
    names = [f"`{protocol}`" for protocol in suite.protocols]
    return f"protocol{'s' if len(names) > 1 else ''} {' and '.join(names)}"


def suite_markdown(suite: Suite, records: Iterable[Record], total: int) -> str:
    """Returns a page of Markdown; where no run is finished, it says that all are pending.

    Args:
        suite: The suite.
        records: Of its finished runs.
        total: Runs that it has in all.
    """
    known = in_order(records)
    rows = verdict(known, shared_settings(known))
    seeds = sorted({record["spec"]["seed"] for record in known})
    whose = f", seeds {', '.join(map(str, seeds))}" if known else ": all are pending"
    parts = [
        f"# Suite {suite.name}, version {suite.version}",
        f"{suite.description} {len(known)} of {total} runs are finished{whose}. Written by "
        f"`tfbs report {suite.name} --markdown` from the records; {protocols_in_words(suite)}.",
    ]
    if not known:
        return "\n\n".join(parts) + "\n"
    found = fronts(rows)
    for judgement in judge(rows, COLUMNS):
        on_front = [front.sentence for front in found if front.task == judgement.task]
        said = [judgement.most_accurate, *on_front, *judgement.disagreements]
        parts.append("\n".join([f"**{judgement.task}**", "", *(f"* {text}" for text in said)]))
    published = published_results(suite.name)
    parts += [*_published(published, known), *_claims(suite, published, known)]
    parts += _over_all(rows)
    parts.append(
        "In the tables, in bold the best of a task; in brackets the 95 % interval of one run, in "
        "parentheses the range over seeds, whose median stands before it."
        + (f" {PARETO}: on the Pareto front of its task." if found else "")
    )
    parts += _footnotes(rows)
    for table in verdict_tables(rows, found, bold=True):
        parts.append(_whole(table, table.title.removeprefix("Verdict, ").capitalize()))
    for table in (breakdown_table(breakdown, bold=True) for breakdown in breakdowns(rows)):
        parts.append(_whole(table, table.title))
    return "\n\n".join(parts) + "\n"


def in_order(records: Iterable[Record]) -> list[Record]:
    """Returns records in the same order wherever they come from."""

    def key(record: Record) -> tuple[str, ...]:
        spec = record["spec"]
        names = spec["task"]["name"], spec["architecture"]["name"], spec["regime"]["name"]
        return (*names, f"{spec['seed']:06d}", record["id"])

    return sorted(records, key=key)


def _published(results: Sequence[Published], records: Sequence[Record]) -> list[str]:
    """Returns published numbers beside ours, and what to mind in comparing them."""
    if not results:
        return []
    sources = dict.fromkeys(result.source for result in results)
    notes = dict.fromkeys(f"{r.line.metric}: {r.note}" for r in results if r.note)
    said = "Mean ± standard deviation, ours with n - 1. Published: " + "; ".join(sources) + "."
    minded = "\n".join(f"* {note}." for note in notes)
    table = markdown_table(*beside_ours(results, records))
    return [part for part in ("## Published and ours", said, table, minded) if part]


def _claims(suite: Suite, published: Sequence[Published], records: Sequence[Record]) -> list[str]:
    """Returns what the claims of the suite come to."""
    if not suite.claims:
        return []
    parts = [
        "## Claims",
        "A difference holds that Student's t over seeds tells from 0: of pairs where both numbers "
        "are of the same runs, else by Welch, with Holm's correction for all comparisons of its "
        "claim. It is of these test sets; the interval is that of one comparison.",
    ]
    for claim in suite.claims:
        found = compare(claim, records, published)
        parts.append(f"**{claim.says}** {counted(found)}.")
        parts.append(markdown_table(COMPARED, [comparison.cells() for comparison in found]))
    return parts


def _footnotes(rows: Sequence[Row]) -> list[str]:
    """Returns what the daggers mean, nothing where there is none."""
    said = [f"{row.task} {name(row)}: {row.caveat}" for row in rows if row.caveat]
    return [f"† Not converged, of the trainings of a line: {'; '.join(said)}."] if said else []


def _whole(table: Table, title: str) -> str:
    parts = [f"## {title}", table.markdown(), table.note]
    return "\n\n".join(part for part in parts if part)


def _over_all(rows: Sequence[Row]) -> list[str]:
    """Returns which choice matters and who ranks first over tasks, where either can be told."""
    if len(rows) < 2:
        return []
    effects = effects_of(rows)
    told = [found for found in effects if found.analysis]
    said = [found.sentence for found in effects if found.column.axis != "cost"]
    parts = []
    if said:
        parts.append("## Which choice matters\n\n" + "\n".join(f"* {text}" for text in said))
    if told:
        parts.append(_HOW_FACTORS)
    for found in told:
        table = found.table()
        parts += [f"{table.title}.", table.markdown(), table.note]
    for column in headlines(rows):
        if column.axis != "cost" and (overall := over_tasks(rows, column)) is not None:
            parts.append(_whole(overall.table(), overall.table().title))
    return parts


_HOW_FACTORS = (
    "Main effects and interactions by a mixed model, seeds and tasks drawn from many. The spread "
    "is the standard deviation of an effect over its levels."
)
