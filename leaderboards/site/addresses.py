"""Where every page of the site lies, and which of a stranger's links may be followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from tfbs.leaderboards.names import SLUG
from tfbs.leaderboards.standings import SuiteBoard

_DOI = re.compile(r"(?<![\w.])10\.\d{4,9}/[^\s\"<>,;]+")


def suite_folder(board: SuiteBoard) -> str:
    """Returns the folder of a suite's pages.

    Raises:
        ValueError: If the suite's name is not that of a folder.
    """
    name = f"{board.suite}-{board.version}"
    if not SLUG.fullmatch(name):
        raise ValueError(f"suite {name!r}: not the name of a folder")
    return name


def entry_page(slug: str) -> str:
    """Returns the page of an entry, below its suite's folder.

    Raises:
        ValueError: If the slug is not that of an entry: it would be a path.
    """
    if not SLUG.fullmatch(slug):
        raise ValueError(f"entry {slug!r}: not the name of a folder")
    return f"entries/{slug}.html"


def ladder_stems(keys: Iterable[str]) -> Mapping[str, str]:
    """Returns the name of each ladder's files, without an ending: letters, digits and hyphens.

    Args:
        keys: Of ladders. Two that differ in other signs alone get numbers.
    """
    stems: dict[str, str] = {}
    for key in keys:
        stem = re.sub(r"[^a-z0-9_]+", "-", key.lower()).strip("-") or "ladder"
        number = sum(re.fullmatch(rf"{stem}(-\d+)?", other) is not None for other in stems.values())
        name = stem
        while name in stems.values():
            number += 1
            name = f"{stem}-{number}"
        stems[key] = name
    return stems


def outside_link(text: str) -> str | None:
    """Returns the address that a text is or holds as a DOI, or None where there is none to follow.

    Only `https:` and `http:` addresses of a host are followed: never one that runs or reads
    something, as `javascript:`, `data:` and `file:` do.

    >>> outside_link("Koo 2021, doi:10.1038/s42256-020-00291-x")
    'https://doi.org/10.1038/s42256-020-00291-x'
    >>> outside_link("javascript:alert(1)") is None
    True
    """
    if text.isprintable() and " " not in text:
        try:
            parts = urlsplit(text)
        except ValueError:
            return None
        if parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc:
            return text
    doi = _DOI.search(text)
    return "https://doi.org/" + quote(doi[0].rstrip("."), safe="/.:()-_") if doi else None
