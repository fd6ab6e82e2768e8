"""A table with its numbers, in every form that somebody may want to take it away in."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tfbs.benchmark.formatting import format_table

_NUMBER = re.compile(r"<?(-?[0-9,]*\.?[0-9]+(?:e[-+]?[0-9]+)?)(?: ([kMGT])\b)?")
_SIZES = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
_SPECIAL = {
    "\\": r"\textbackslash{}",
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "†": r"$\dagger$",
    "ε": r"$\varepsilon$",
    "×": r"$\times$",
    "χ": r"$\chi$",
    "²": r"$^2$",
    "◆": r"$\blacklozenge$",
}


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: Of its files, in lower case without blanks.
        title: For people.
        header: Of the lines.
        lines: As people read them; the first word of each names it.
        data: The same in full precision, one mapping per line or finer.
        note: What to know before reading it; may be empty.
    """

    name: str
    title: str
    header: Sequence[str]
    lines: Sequence[Sequence[str]]
    data: Sequence[Mapping[str, object]]
    note: str = ""

    def text(self) -> str:
        """Returns it for a terminal."""
        return format_table(self.header, self.lines)

    def markdown(self) -> str:
        """Returns it as Markdown."""
        return markdown_table(self.header, self.lines)

    def latex(self) -> str:
        """Returns it as a LaTeX `tabular` for the package booktabs."""
        columns = "l" + "r" * (len(self.header) - 1)
        rows = [" & ".join(map(_latex_word, row)) + r" \\" for row in (self.header, *self.lines)]
        return "\n".join(
            [
                f"% {self.title}",
                rf"\begin{{tabular}}{{{columns}}}",
                r"\toprule",
                rows[0],
                r"\midrule",
                *rows[1:],
                r"\bottomrule",
                r"\end{tabular}",
                "",
            ]
        )

    def csv(self) -> str:
        """Returns its data as CSV, every key a column; what is unknown is empty."""
        return csv_text(self.data)

    def json(self) -> str:
        """Returns its data as a JSON array of objects."""
        return json.dumps(list(self.data), indent=1, allow_nan=False) + "\n"


def leading_number(word: str) -> float | None:
    """Returns the number that a word of a table begins with, by which its column is sorted.

    Knows what `formatting` writes: thousands, `k M G T`, and `<.0001`.
    """
    found = _NUMBER.match(word)
    if found is None:
        return None
    return float(found[1].replace(",", "")) * _SIZES.get(found[2], 1.0)


def csv_text(data: Sequence[Mapping[str, object]]) -> str:
    """Returns mappings as CSV with a header of all their keys."""
    names = list(dict.fromkeys(name for line in data for name in line))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(data)
    return buffer.getvalue()


def markdown_table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Returns a table of Markdown; a bar in a word is escaped."""
    rows = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(_escaped(word) for word in row) + " |" for row in rows)


def _escaped(word: str) -> str:
    return word.replace("|", "\\|")


def _latex_word(word: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in word)
