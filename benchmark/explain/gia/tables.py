"""What an analysis leaves: tables of effects, and a verdict of a few lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from tfbs.benchmark.explain.gia.analysis import Analysis, rank_agreement
from tfbs.benchmark.explain.gia.experiment import Finding
from tfbs.benchmark.formatting import format_table
from tfbs.files import write_whole
from tfbs.parameters import Json

CARD = "gia.json"
_MOST_ROWS = 20
_NUMBERS = ("effect", "low", "high", "deviation", "samples", "true_effect")


def write_tables(folder: Path, analyses: Sequence[Analysis], card: dict[str, Json]) -> list[Path]:
    """Writes a CSV file for each experiment, and all of them with the card as JSON.

    Args:
        folder: Where to.
        analyses: Each becomes `NAME.csv`.
        card: What was analysed.

    Returns:
        The files, each of which was written at once or not at all.
    """
    written = []
    for analysis in analyses:
        rows = [_row(one) for one in analysis.findings]
        text = io.StringIO()
        table = csv.DictWriter(text, [*analysis.findings[0].labels, *_NUMBERS], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        written.append(write_whole(folder / f"{analysis.name}.csv", text.getvalue()))
    described: list[Json] = [
        {
            "name": one.name,
            "experiment": one.kind,
            "null": one.null,
            "spearman_with_rule": rank_agreement(one),
            "findings": [_row(finding) for finding in one.findings],
        }
        for one in analyses
    ]
    content = {**card, "analyses": described}
    text_of_all = json.dumps(content, indent=1, allow_nan=False) + "\n"
    return [*written, write_whole(folder / CARD, text_of_all)]


def clear(folder: Path) -> None:
    """Removes the tables and figures that an earlier call wrote, as its card names them."""
    card = folder / CARD
    if not card.is_file():
        return
    for one in json.loads(card.read_text(encoding="utf-8"))["analyses"]:
        for ending in ("csv", "png"):
            (folder / f"{one['name']}.{ending}").unlink(missing_ok=True)
    card.unlink()


def verdict(analyses: Iterable[Analysis]) -> str:
    """Returns the strongest effect of each motif, pair or panel in each experiment, as a table."""
    analyses = list(analyses)
    known = any(one.true is not None for own in analyses for one in own.findings)
    header = ["experiment", "strongest of each", "effect", "95 % interval"]
    rows = []
    for analysis in analyses:
        for finding in _strongest(analysis):
            effect = finding.effect
            row = [
                analysis.name,
                ", ".join(_said(key, own) for key, own in finding.labels.items()),
                f"{effect.mean:+.3f}",
                f"[{effect.low:+.3f}, {effect.high:+.3f}]",
            ]
            rule = [] if not known else ["" if finding.true is None else f"{finding.true:+.3f}"]
            rows.append([*row, *rule])
    lines = [format_table([*header, *(["the rule"] if known else [])], rows)]
    for analysis in analyses:
        if (rank := rank_agreement(analysis)) is not None:
            size = len(analysis.findings)
            lines.append(f"{analysis.name}: Spearman with the rule {rank:.3f} over {size} effects")
    return "\n".join(lines)


def _strongest(analysis: Analysis) -> list[Finding]:
    """Returns the finding with the largest effect of each group, largest first."""
    axes = analysis.axes
    key = axes.panel or (axes.x if axes.kind == "bars" else axes.colour)
    best: dict[object, Finding] = {}
    for one in analysis.findings:
        group = (one.labels[key], one.labels.get("quantity"))
        if group not in best or abs(one.effect.mean) > abs(best[group].effect.mean):
            best[group] = one
    return sorted(best.values(), key=lambda one: -abs(one.effect.mean))[:_MOST_ROWS]


def _said(key: str, value: object) -> str:
    return f"{key} {value}" if isinstance(value, int | float) else str(value)


def _row(finding: Finding) -> dict[str, Json]:
    """Returns labels and numbers of a finding; the true effect is empty where it is not known."""
    numbers = asdict(finding.effect)
    numbers["effect"] = numbers.pop("mean")
    return {**finding.labels, **numbers, "true_effect": finding.true}
