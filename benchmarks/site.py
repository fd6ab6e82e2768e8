"""How long the leaderboard's site takes to render, and a table of it to be sorted.

    PYTHONPATH=. python benchmarks/site.py [ENTRIES] [TASKS]

A made-up board: by default 500 entries and 3 tasks with 4 metrics each. The browser's times are of
its main thread, so that other work of the machine does not count: script, style and layout until
the sorted table is laid out.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.leaderboards.site.factory import make_board

from tfbs.leaderboards.site import render_site

PARTS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
SORT = """name => {
    const button = [...document.querySelectorAll('#ladder th button')]
        .find((node) => node.innerText === name);
    const started = performance.now();
    button.click();
    document.body.offsetHeight;
    return performance.now() - started;
}"""


def main(entries: int = 500, tasks: int = 3) -> None:
    """Prints both times."""
    board = make_board(entries, tasks)
    with tempfile.TemporaryDirectory() as folder:
        started, own = time.perf_counter(), time.process_time()
        index = render_site([board], Path(folder) / "site")
        wall, own = time.perf_counter() - started, time.process_time() - own
        files = [path for path in index.parent.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"render: {wall:.1f} s ({own:.1f} s of CPU), {len(files)} files, {size:.0f} MB")
        page = index.parent / "made_up-1" / "index.html"
        for heading, wall, own in sorts(page, ("score", "entry", "score", "parameters", "trust")):
            print(f"sort by {heading}: {wall:.0f} ms ({own:.0f} ms of the main thread)")


def sorts(page: Path, headings: tuple[str, ...]) -> list[tuple[str, float, float]]:
    """Returns for every heading the milliseconds of a sort: by the clock, and of the thread."""
    found = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(page.as_uri())
        tools = opened.context.new_cdp_session(opened)
        tools.send("Performance.enable", {"timeDomain": "threadTicks"})

        def spent() -> float:
            metrics = tools.send("Performance.getMetrics")["metrics"]
            return 1000 * sum(each["value"] for each in metrics if each["name"] in PARTS)

        for heading in headings:
            before = spent()
            wall = opened.evaluate(SORT, heading)
            found.append((heading, wall, spent() - before))
        browser.close()
    return found


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
