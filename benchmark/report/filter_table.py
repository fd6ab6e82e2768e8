"""The table of filters: as a file, and shortened in a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tfbs.benchmark.evaluation.filter_match import count_matches
from tfbs.benchmark.explain.filter_protocols import FilterProtocol
from tfbs.benchmark.explain.filter_study import Filter, FilterStudy
from tfbs.benchmark.formatting import format_table
from tfbs.benchmark.report.logos import consensus, letter_heights
from tfbs.files import write_whole
from tfbs.jaspar import Motif

COLUMNS = (
    "filter", "consensus", "columns", "windows", "motif", "name", "strand", "offset", "p", "E", "q",
    "match", "target", "fires_bound", "fires_unbound", "fisher_p", "auroc", "mann_whitney_p",
    "central_width", "central_share", "central_expected", "central_p",
)  # fmt: skip
PRINTED = 12


def ranked(study: FilterStudy) -> list[Filter]:
    """Returns the filters that say something, the best matches first."""
    telling = [one for one in study.filters if one.match is not None]
    return sorted(telling, key=lambda one: one.match.p_value if one.match else 1.0)


def write_table(path: Path, study: FilterStudy, targets: Sequence[str], limit: float) -> Path:
    """Writes one line per filter under `COLUMNS`, atomically, and returns the path.

    Args:
        path: A CSV file.
        study: What is written.
        targets: Names of the label columns.
        limit: A match has a smaller E- or q-value.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_row(one, targets, limit) for one in study.filters)
    return write_whole(path, text.getvalue())


def short_table(study: FilterStudy, targets: Sequence[str], how: FilterProtocol) -> str:
    """Returns the best matches as text; a star marks what counts as a match.

    Args:
        study: What is shown.
        targets: Names of the label columns.
        how: What a match is.
    """
    several = len(targets) > 1
    header = ["filter", "windows", "motif", how.score, "strand"]
    header += ["target"] * several + ["bound", "unbound", "fisher p", "central", "central p"]
    lines = []
    for one in ranked(study)[:PRINTED]:
        row = {name: str(value) for name, value in _row(one, targets, how.limit).items()}
        star = "*" if row["match"] == "yes" else " "
        cells = [row["filter"], row["windows"], row["name"][:20], row[how.score] + star]
        cells += [row["strand"], *([row.get("target", "-")] * several)]
        cells += [_share(row.get("fires_bound")), _share(row.get("fires_unbound"))]
        central = "-"
        if len(one.sites):
            central = f"{_share(row['central_share'])} in {row['central_width']}"
        lines.append([*cells, row.get("fisher_p", "-"), central, row.get("central_p", "-")])
    if not lines:
        return "no filter says anything: none has a column with more than 0.5 bits"
    more = len(ranked(study)) - len(lines)
    return format_table(header, lines) + (f"\nand {more} more in filters.csv" if more else "")


def summary(
    study: FilterStudy,
    how: FilterProtocol,
    database: Sequence[Motif],
    own: Mapping[str, Sequence[str]],
) -> str:
    """Returns how many filters match what, as text.

    Args:
        study: All filters of a layer.
        how: What a match is.
        database: What they were compared with.
        own: For each motif of the task the ids, or base ids, that count as it.
    """
    values = np.stack([one.values for one in study.filters])
    ids = [motif.matrix_id for motif in database]
    counts = count_matches(values, ids, own, how.limit)
    telling = sum(one.match is not None for one in study.filters)
    lines = [
        f"layer {study.layer}: {len(study.filters)} filters that see {study.view.width} nt, "
        f"windows of {study.window}; {telling} have a column above 0.5 bits",
        f"a match has {how.score} < {how.limit:g} ({how.distance} distance)",
        f"any motif (match-any)     {counts.matched:>4} of {counts.filters}"
        f"  {counts.matched / counts.filters:.3f}",
    ]
    chance = count_matches(study.shuffled, ids, {}, how.limit).matched
    lines.append(
        f"  columns shuffled        {chance:>4} of {counts.filters}  {chance / counts.filters:.3f}"
    )
    if chance * 2 >= counts.matched > 0:
        lines.append(
            "names are not to be believed: with their columns shuffled filters match half as often "
            "or more; look at another --protocol"
        )
    if counts.true is not None:
        lines += [
            f"the task's motifs (TPR)   {counts.true:>4} of {counts.filters}"
            f"  {counts.true / counts.filters:.3f}",
            f"others only (FPR)         {counts.false:>4} of {counts.filters}"
            f"  {counts.false / counts.filters:.3f}",
            f"coverage                  {len(counts.credited):>4} of {counts.motifs}"
            f"  {' '.join(sorted(counts.credited))}",
        ]
    return "\n".join(lines)


def _row(one: Filter, targets: Sequence[str], limit: float) -> dict[str, object]:
    """Returns a line of the table of filters."""
    line: dict[str, object] = {
        "filter": one.number,
        "consensus": consensus(letter_heights(one.motif.astype(float))),
        "columns": len(one.motif),
        "windows": one.windows,
        "match": "yes" if one.values.min() < limit else "no",
    }
    if len(one.sites):
        line |= {
            "central_width": one.by_place.width,
            "central_share": f"{one.by_place.share:.4f}",
            "central_expected": f"{one.by_place.expected:.4f}",
            "central_p": f"{one.by_place.p:.3g}",
        }
    if one.match is not None:
        line |= one.match.cells
    if one.by_class is not None:
        line |= {
            "target": targets[one.by_class.target],
            "fires_bound": f"{one.by_class.bound:.4f}",
            "fires_unbound": f"{one.by_class.unbound:.4f}",
            "fisher_p": f"{one.by_class.fisher_p:.3g}",
            "auroc": f"{one.by_class.auroc:.4f}",
            "mann_whitney_p": f"{one.by_class.mann_whitney_p:.3g}",
        }
    return line


def _share(text: str | None) -> str:
    return "-" if text is None else f"{100 * float(text):.0f} %"
