"""`tfbs report`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from tfbs.benchmark.cli.options import OUTPUT, RECORDS, TRACKING
from tfbs.benchmark.finished import find_record, finished_of_suite
from tfbs.benchmark.record import RECORD_FILE, Record, RecordFolder, read_record
from tfbs.benchmark.report import Places, report_file, report_records, report_suite
from tfbs.benchmark.report.describe import run_command
from tfbs.benchmark.report.markdown import suite_markdown
from tfbs.benchmark.report.reproduced import (
    NAME,
    Repeated,
    repeating_suites,
    reproduced_page,
)
from tfbs.benchmark.report.side_by_side import side_by_side
from tfbs.benchmark.settings import registered_settings
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.tracking import Store
from tfbs.datasets.options import DATA_DIR
from tfbs.errors import UserError, nearest
from tfbs.files import write_whole

_ID_PREFIX = re.compile("[0-9a-f]{4,64}")


@click.command()
@click.argument("subject", metavar="RUN|SUITE|published")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="An .html or .md file to write, or a folder for reports/NAME.html.  [default: --output]",
)
@click.option(
    "--markdown", "layout", flag_value="tables", help="Of a suite: verdict and tables as Markdown."
)
@click.option(
    "--side-by-side",
    "layout",
    flag_value="side_by_side",
    help="Of a suite: all axes of a task in one table of Markdown, and what is pending.",
)
@RECORDS
@TRACKING
@OUTPUT
@DATA_DIR
def report(
    subject: str,
    to: Path | None,
    layout: str | None,
    data_dir: Path | None,
    output: Path,
    tracking_uri: str | None,
    records: Path | None,
) -> None:
    """Write one self-contained HTML page about a run or a suite.

    RUN is the beginning of a run's id, or the path of a record; SUITE a shipped suite or a
    YAML file, of which all finished runs are shown. `published` writes a page of Markdown with the
    numbers that papers printed of the runs of shipped suites, and ours beside them.
    """
    from tfbs.benchmark.suite import shipped_suites

    folder = RecordFolder(records) if records else None
    path = Path(subject)
    if subject == NAME:
        written = _report_published(Store(output, tracking_uri), folder, data_dir, to or output)
    elif path.suffix in (".yaml", ".yml") or subject in shipped_suites():
        store = Store(output, tracking_uri)
        written = _report_suite(subject, store, folder, data_dir, to or output, layout)
    elif layout:
        raise UserError(f"--{'markdown' if layout == 'tables' else 'side-by-side'} is of a suite")
    elif path.is_file() or (path / RECORD_FILE).is_file():
        places = Places(folder=path if path.is_dir() else path.parent, data_dir=data_dir)
        written = _report_run(read_record(path), places, to or output, output)
    elif _ID_PREFIX.fullmatch(subject):
        store = Store(output, tracking_uri)
        places = Places(store, folder, data_dir=data_dir)
        written = _report_run(find_record(subject, store, folder), places, to or output, output)
    else:
        raise UserError(
            f"{subject!r} is neither the beginning of a run's id, nor a record, nor a suite"
            f"{nearest(subject, shipped_suites())}"
        )
    click.echo(written)


def _report_suite(
    name: str,
    store: Store,
    folder: RecordFolder | None,
    data_dir: Path | None,
    to: Path,
    layout: str | None,
) -> Path:
    suite, specs, records, tasks = finished_of_suite(name, store, folder, data_dir)
    if not records and layout is None:
        raise UserError(f"no run of suite {suite.name} is finished; start it: tfbs suite {name}")
    if layout == "tables":
        return _write_markdown(suite_markdown(suite, records, len(specs)), to, suite.name)
    if layout == "side_by_side":
        return _write_markdown(side_by_side(suite, specs, records), to, suite.name)
    places = Places(store, folder, data_dir=data_dir, tasks=tasks)
    return report_suite(suite, name, records, len(specs), to, places)


def _report_published(
    store: Store, folder: RecordFolder | None, data_dir: Path | None, to: Path
) -> Path:
    repeated = []
    for name in repeating_suites():
        suite, specs, records, _ = finished_of_suite(name, store, folder, data_dir)
        repeated.append(Repeated(suite, records, len(specs)))
    return _write_markdown(reproduced_page(repeated), to, NAME)


def _write_markdown(page: str, to: Path, name: str) -> Path:
    path = to if to.suffix == ".md" else report_file(to, name).with_suffix(".md")
    return write_whole(path, page)


def _report_run(record: Record, places: Places, to: Path, output: Path) -> Path:
    return report_records(
        [record],
        report_file(to, record["id"][:12]),
        places,
        title=str(RunSpec.from_json(record["spec"])),
        description=f"Run {record['id'][:12]}",
        command=run_command(record, registered_settings),
        beside=_beside(record, output),
    )


def _beside(record: Record, output: Path) -> list[Path]:
    """Returns what other verbs wrote about a run: the pages of its patterns, its filters."""
    start = record["id"][:12]
    found = ("modisco/*/report/motifs.html", "filters/*/filters.png")
    return [
        path
        for pattern in found
        for path in sorted(output.glob(pattern))
        if start in path.relative_to(output).parts[1]
    ]
