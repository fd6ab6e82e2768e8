"""The figures and tables of a page as files in a folder beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tfbs.benchmark.report.section import Figure, Section
from tfbs.benchmark.table import Table, csv_text
from tfbs.files import replaced_folder

Links = list[tuple[str, str]]
"""What a file is, and where it is beside the page."""


@dataclass(frozen=True)
class Files:
    """Where the files of a page are.

    Attributes:
        folder: Beside the page.
        figures: Links by `id` of a figure.
        tables: Links by name of a table.
    """

    folder: str
    figures: dict[int, Links]
    tables: dict[str, Links]


def write_files(page: Path, sections: Iterable[Section], tables: Sequence[Table]) -> Files:
    """Writes every figure as SVG, PNG and CSV, every table as JSON, CSV, Markdown and LaTeX.

    The folder of an earlier page of that name is replaced as a whole.

    Args:
        page: The page's file; the folder is called after it.
        sections: Of the page.
        tables: Further ones than those of the sections.
    """
    folder = page.with_name(f"{page.stem}_files")
    figures: dict[int, Links] = {}
    known = list(tables)
    with replaced_folder(folder) as fresh:
        for section in sections:
            known += section.tables
            drawn = [figure for group in section.groups for figure in group.figures]
            for number, figure in enumerate(drawn, 1):
                stem = f"{section.anchor}_{number:02d}_{_slug(figure)}"
                figures[id(figure)] = _figure(fresh, stem, figure, folder.name)
        of_tables = {table.name: _table(fresh, table, folder.name) for table in known}
    return Files(folder.name, figures, of_tables)


def _figure(folder: Path, stem: str, figure: Figure, name: str) -> Links:
    picture = figure.source
    (folder / f"{stem}.svg").write_bytes(picture.svg())
    (folder / f"{stem}.png").write_bytes(picture.png())
    (folder / f"{stem}.csv").write_text(csv_text(picture.data), encoding="utf-8")
    return [(kind.upper(), f"{name}/{stem}.{kind}") for kind in ("svg", "png", "csv")]


def _table(folder: Path, table: Table, name: str) -> Links:
    forms = {
        "json": table.json(),
        "csv": table.csv(),
        "md": table.markdown() + "\n",
        "tex": table.latex(),
    }
    stem = _safe(table.name)
    for kind, text in forms.items():
        (folder / f"{stem}.{kind}").write_text(text, encoding="utf-8")
    words = {"json": "JSON", "csv": "CSV", "md": "Markdown", "tex": "LaTeX"}
    return [(words[kind], f"{name}/{stem}.{kind}") for kind in forms]


def _slug(figure: Figure) -> str:
    return _safe((figure.caption or figure.alt).lower())[:48].strip("_")


def _safe(words: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "_", words).strip("_")
