"""The templates of the site with what every page holds: style, scripts, and a few words."""

from __future__ import annotations

from typing import Any

import tfbs
from tfbs.leaderboards.site.addresses import entry_page
from tfbs.leaderboards.site.lines import share, trust_level
from tfbs.pages import STYLE, TABLES, breakable, environment, inline, source

_PACKAGE = "tfbs.leaderboards.site"
_FOLDER = "templates"
_SCRIPTS = {"scatter.html": "scatter.js", "compare.html": "compare.js"}


class Pages:
    """Renders pages; every one holds its style and scripts itself."""

    def __init__(self) -> None:
        self._environment = environment(_PACKAGE, _FOLDER)
        self._environment.globals.update(
            version=tfbs.__version__,
            style=inline(source(STYLE), source("site.css", _PACKAGE, _FOLDER)),
            breakable=breakable,
            entry_page=entry_page,
            trust_level=trust_level,
            share=share,
        )
        self._tables = source(TABLES)

    def render(self, template: str, *, root: str, **values: Any) -> str:
        """Returns a page.

        Args:
            template: Name of the file.
            root: From the page to the first page of the site: `"../"` for one folder up.
            **values: What the template shows.
        """
        more = _SCRIPTS.get(template)
        script = inline(self._tables, *([source(more, _PACKAGE, _FOLDER)] if more else []))
        return self._environment.get_template(template).render(root=root, script=script, **values)
