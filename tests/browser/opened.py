"""A page in a browser that has no network."""

from __future__ import annotations

from pathlib import Path

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Opened:
    """A page with what it said and asked for."""

    def __init__(self, browser, path: Path, viewport: dict[str, int], **more) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page = browser.new_context(viewport=viewport, offline=True, **more).new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def names(self, table: str = "verdict-table") -> list[str]:
        """Returns the first word of every line that is shown."""
        script = """id => [...document.getElementById(id).querySelectorAll('tbody tr:not(.task)')]
            .filter(row => row.offsetParent !== null)
            .map(row => row.cells[0].innerText.split('[')[0].trim())"""
        return list(self.page.evaluate(script, table))
