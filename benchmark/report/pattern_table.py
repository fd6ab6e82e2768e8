"""The patterns of TF-MoDISco as tables: what they match and where they lie."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from tfbs.benchmark.evaluation.patterns import Annotated
from tfbs.benchmark.evaluation.seqlets import SeqletScores
from tfbs.benchmark.explain.big_wig import Place
from tfbs.benchmark.formatting import format_table
from tfbs.benchmark.report.logos import consensus, letter_heights
from tfbs.files import write_whole

COLUMNS = (
    "pattern", "seqlets", "consensus", "contribution", "motif", "name", "strand", "offset", "p",
    "E", "q", "match", "precision", "chance",
)  # fmt: skip
PRINTED = 12


def write_patterns(path: Path, patterns: Sequence[Annotated]) -> Path:
    """Writes one line per pattern under `COLUMNS` and returns the path."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(_row(one) for one in patterns)
    return write_whole(path, text.getvalue())


def write_hits(
    path: Path,
    patterns: Sequence[Annotated],
    names: Sequence[str],
    length: int,
    places: Sequence[Place] | None,
) -> Path:
    """Writes the core of every seqlet as BED and returns the path.

    The fourth column is the motif that the pattern matches, or the pattern; the strand is that of
    the one that is named.

    Args:
        path: A BED file.
        patterns: With their seqlets.
        names: Of the sequences; the first column where they have no places.
        length: Of the sequences.
        places: Where they lie on a genome.
    """
    lines = []
    for one in patterns:
        turned = one.match is not None and one.matched and one.match.strand == "-"
        pairs = zip(one.pattern.cores.tolist(), one.pattern.reverse.tolist(), strict=True)
        for (example, start, end), reverse in pairs:
            chrom, shift, other = (names[example], 0, False) if places is None else places[example]
            if other:
                start, end = length - end, length - start
            strand = "-" if (reverse != turned) != other else "+"
            name = one.label.replace(" ", "_")
            lines.append((chrom, start + shift, end + shift, name, 0, strand))
    return write_whole(path, "".join("\t".join(map(str, line)) + "\n" for line in sorted(lines)))


def short_table(patterns: Sequence[Annotated]) -> str:
    """Returns the patterns as text; a star marks what counts as a match."""
    scored = any(one.scores is not None for one in patterns)
    header = ["pattern", "seqlets", "motif", "q", "consensus"]
    header += ["precision", "chance"] * scored
    lines = []
    for one in patterns[:PRINTED]:
        row = {name: str(value) for name, value in _row(one).items()}
        cells = [row["pattern"], row["seqlets"], row.get("name", "-")[:20]]
        cells += [row.get("q", "-") + ("*" if one.matched else " "), row["consensus"]]
        lines.append(cells + [row.get("precision", "-"), row.get("chance", "-")] * scored)
    more = len(patterns) - len(lines)
    return format_table(header, lines) + (f"\nand {more} more in patterns.csv" if more else "")


def planted_summary(scores: SeqletScores) -> str:
    """Returns precision and recall of all seqlets as text."""
    by_matrix = "  ".join(
        f"{matrix_id} {scores.recalled[matrix_id] / count:.2f}"
        for matrix_id, count in sorted(scores.planted.items())
    )
    return (
        f"of {scores.seqlets} seqlets, {scores.precision:.3f} meet a planted motif (chance "
        f"{scores.chance:.3f})\nof {sum(scores.planted.values())} planted motifs, "
        f"{scores.recall:.3f} are met: {by_matrix}"
    )


def _row(one: Annotated) -> dict[str, object]:
    """Returns a line of the table of patterns."""
    pattern = one.pattern
    line: dict[str, object] = {
        "pattern": pattern.name,
        "seqlets": len(pattern.example),
        "consensus": consensus(letter_heights(pattern.frequencies[pattern.core])),
        "contribution": f"{pattern.contributions[pattern.core].sum():.4g}",
        "match": "yes" if one.matched else "no",
    }
    if one.match is not None:
        line |= one.match.cells
    if one.scores is not None:
        line["precision"] = f"{one.scores.precision:.4f}"
        line["chance"] = f"{one.scores.chance:.4f}"
    return line
