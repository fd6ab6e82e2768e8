"""What every HTML page of tfbs shares: its look, its tables, and the rule that nothing else runs.

A page holds its style and scripts itself and asks for no other file, so that it works from a disk.
Its content security policy names each of them by its hash: what a stranger's text might smuggle in
is neither run nor drawn.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE = "page.css"
TABLES = "tables.js"


@dataclass(frozen=True)
class Inline:
    """A style or a script of ours, as it stands in a page.

    Attributes:
        text: Written as it is.
        hash: What a content security policy calls it by.
    """

    text: Markup
    hash: str


def inline(*parts: str) -> Inline:
    """Returns sources of ours as one piece of a page.

    Args:
        parts: Joined in this order.
    """
    text = "".join(parts)
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return Inline(Markup(text), f"sha256-{digest}")  # noqa: S704  (it is ours)


def breakable(name: str) -> Markup:
    """Returns a name that may break after the marks in it."""
    return Markup(re.sub(r"(\[|_|/|=|, |\+)", r"\1<wbr>", str(escape(name))))  # noqa: S704  (escaped)


def source(name: str, package: str = "tfbs.pages", folder: str = "") -> str:
    """Returns a file that lies in a package.

    Args:
        name: Of the file.
        package: That is imported to find it.
        folder: Below the package.
    """
    found = importlib.resources.files(package).joinpath(folder, name)
    return found.read_text(encoding="utf-8")


def environment(package: str, folder: str = "") -> Environment:
    """Returns what renders the templates of a package: all text is escaped, no name is optional."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(lambda name: source(name, package, folder)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
