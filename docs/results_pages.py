"""Writes the pages of results and the counts on the page of limits, from the committed records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from tfbs.benchmark.record import Record, RecordFolder
from tfbs.benchmark.report.markdown import suite_markdown
from tfbs.benchmark.report.reproduced import Repeated, repeating_suites, reproduced_page
from tfbs.benchmark.report.side_by_side import side_by_side
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.suite import Suite, read_suite, shipped_suites
from tfbs.datasets.task import Task
from tfbs.files import write_whole

FOLDER = Path(__file__).parent
BOARD = FOLDER.parent / "leaderboards"
TABLES = {
    "attribution": "attribution",
    "convatt": "convatt",
    "convatt_filters": "convatt_filters",
    "filters": "filters",
    "gia": "gia",
    "grammar": "grammar",
    "priors": "priors",
    "rc": "rc",
    "robustness": "robustness_results",
    "robustness_vivo": "robustness_vivo",
}
"""Of every suite with tables of its own: the name of its page."""

SIDE_BY_SIDE = {"architectures": "architectures_results"}
"""Of every suite with all axes in one table: the name of its page."""

NAMES = (*TABLES.values(), *SIDE_BY_SIDE.values(), "reproduced")
"""Of all pages of results."""

HEADER = "| suite | finished | lines | with three seeds |\n| --- | --- | --- | --- |\n"
"""Of the table on the page of limits."""


def committed() -> list[Record]:
    """Returns the records of this repository."""
    return list(RecordFolder(BOARD / "records"))


def specs_of(suite: Suite, records: Sequence[Record]) -> list[RunSpec]:
    """Returns the runs of a suite, on the data that the records are of: no task is built."""
    known = {spec.task_name: spec.task for spec in (RunSpec.from_json(r["spec"]) for r in records)}

    def described(name: str) -> Task:
        dataset, _, config = name.partition("/")
        unknown = {"name": dataset, "config": config, "version": "", "fingerprint": ""}
        task = known.get(name, unknown)
        return cast(Task, SimpleNamespace(dataset=task["name"], **task))

    return suite.specs(described)


def pages(records: Sequence[Record]) -> dict[str, str]:
    """Returns the text of every page of results, by name."""
    texts = {}
    for name, page in TABLES.items():
        suite, own, planned = _finished(name, records)
        texts[page] = suite_markdown(suite, own, len(planned))
    for name, page in SIDE_BY_SIDE.items():
        suite, own, planned = _finished(name, records)
        texts[page] = side_by_side(suite, planned, own)
    repeated = []
    for name in repeating_suites():
        suite, own, planned = _finished(name, records)
        repeated.append(Repeated(suite, own, len(planned)))
    texts["reproduced"] = reproduced_page(repeated)
    return texts


def _finished(name: str, records: Sequence[Record]) -> tuple[Suite, list[Record], list[RunSpec]]:
    suite = read_suite(name)
    planned = specs_of(suite, records)
    ids = {spec.id for spec in planned}
    return suite, [record for record in records if record["id"] in ids], planned


def counts(records: Sequence[Record]) -> str:
    """Returns the lines of the page of limits: what is finished, on boards too, of every suite."""
    entered = BOARD.glob("entries/*/*/runs/*/record.json")
    known = [
        *records,
        *(json.loads(path.read_text(encoding="utf-8")) for path in sorted(entered)),
    ]
    kept = {record["id"] for record in known}
    rows = ""
    for name, suite in shipped_suites().items():
        planned = specs_of(suite, known)
        lines = Counter(
            str({**spec.to_json(), "seed": None}) for spec in planned if spec.id in kept
        )
        whole = sum(seeds >= MINIMUM_SEEDS for seeds in lines.values())
        rows += f"| {name} | {sum(lines.values())} of {len(planned)} | {len(lines)} | {whole} |\n"
    return rows


def main() -> None:
    """Writes them all."""
    records = committed()
    for name, text in pages(records).items():
        write_whole(FOLDER / f"{name}.md", text)
    limits = FOLDER / "limits.md"
    before, header, after = limits.read_text(encoding="utf-8").partition(HEADER)
    rest = re.sub(r"\A(\|.*\n)*", "", after)
    write_whole(limits, before + header + counts(records) + rest)


if __name__ == "__main__":
    main()
