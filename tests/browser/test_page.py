"""The report as people meet it: in a browser, on a desktop and on a phone, without a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.benchmark.test_report import make_record
from tests.browser.opened import DESKTOP, PHONE, Opened

from tfbs.benchmark.record import write_arrays
from tfbs.benchmark.report import Places, write_report

pytestmark = pytest.mark.browser
VALUES = {  # accuracy, explanation, robustness, cost
    "danq": (0.95, 0.55, 0.50, 900),
    "basset": (0.90, 0.70, 0.60, 500),
    "cnn_dist": (0.85, 0.90, 0.40, 90),
    "kmer": (0.80, 0.50, 0.30, 901),
}
SEEDS = 3


def records() -> list[dict]:
    """Networks on two tasks, three seeds each, all axes; kmer is beaten on all of them."""
    rng, found = np.random.default_rng(0), []
    for name, (auroc, explained, robust, macs) in VALUES.items():
        for settings in ({"activation": "relu"}, {"activation": "exponential"}):
            gain = 0.02 if settings["activation"] == "exponential" else 0.0
            for seed in range(SEEDS):
                numbers = np.array([auroc, explained + gain, robust]) + rng.normal(0, 0.002, 3)
                names = ("auroc", "attribution_auroc_saliency", "auroc_pgd_0.02")
                metrics = {m: (v, v - 0.01, v + 0.01) for m, v in zip(names, numbers, strict=True)}
                curves = {"loss": [0.7, 0.5], "val_loss": [0.7, 0.6], "val_auroc": [0.6, auroc]}
                cost = {"macs": macs, "parameters": 10 * macs, "training_seconds": 10.0 + macs}
                found.append(
                    make_record(
                        name, settings=settings, seed=seed, metrics=metrics, cost=cost,
                        curves=curves,
                    )
                )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def page_path(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write_arrays(folder, {})
    places = Places(folder=folder)
    return write_report(
        records(), places.array, lambda record: None, folder / "suite.html",
        title="Suite <of> networks", description="Two activations.", command="tfbs suite mine",
    )  # fmt: skip


@pytest.fixture
def desktop(browser, page_path):
    opened = Opened(browser, page_path, DESKTOP)
    yield opened
    opened.page.context.close()


def test_nothing_is_asked_of_the_network_and_nothing_is_complained_of(desktop, page_path):
    desktop.page.wait_for_load_state("networkidle")
    assert [url for url in desktop.asked if not url.startswith("data:")] == [page_path.as_uri()]
    assert desktop.said == []


def test_a_click_sorts_by_a_column_and_a_second_one_turns_it_round(desktop):
    button = desktop.page.locator("#verdict-table thead button", has_text="attribution AUROC")
    button.click()
    expected = sorted(VALUES, key=lambda name: -VALUES[name][1])
    assert desktop.names()[::2] == expected
    header = desktop.page.locator("#verdict-table th[aria-sort]")
    assert header.get_attribute("aria-sort") == "descending"
    button.click()
    assert desktop.names()[::2] == expected[::-1]
    assert header.get_attribute("aria-sort") == "ascending"


def test_the_keyboard_sorts_too(desktop):
    desktop.page.locator("#verdict-table thead button", has_text="architecture").focus()
    desktop.page.keyboard.press("Enter")
    assert desktop.names()[::2] == sorted(VALUES)


def test_a_word_leaves_the_lines_that_hold_it(desktop):
    desktop.page.locator(".filter[data-table=verdict-table] input[type=search]").fill("danq relu")
    assert desktop.names() == ["danq"]
    assert desktop.page.locator(".filter output").first.inner_text() == "1 of 8 lines"


def test_the_front_can_be_shown_alone(desktop):
    assert "kmer" in desktop.names()
    desktop.page.locator(".filter[data-table=verdict-table] input[type=checkbox]").check()
    shown = desktop.names()
    assert "kmer" not in shown and {"danq", "basset", "cnn_dist"} <= set(shown)


def test_every_link_leads_to_a_place_on_the_page_or_to_a_file_beside_it(desktop, page_path):
    links = desktop.page.evaluate("[...document.links].map(link => link.getAttribute('href'))")
    assert len(links) > 20
    for link in links:
        if link.startswith("#"):
            assert desktop.page.locator(link).count() == 1, link
        else:
            assert (page_path.parent / link).exists(), link


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_only_tables_scroll_sideways(browser, page_path, viewport, tmp_path_factory):
    opened = Opened(browser, page_path, viewport)
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert opened.page.evaluate(width) == 0
    opened.page.screenshot(path=tmp_path_factory.mktemp("shots") / "page.png", full_page=True)
    opened.page.context.close()


def test_without_scripts_everything_is_there_and_nothing_pretends_to_work(browser, page_path):
    opened = Opened(browser, page_path, DESKTOP, java_script_enabled=False)
    assert opened.page.locator("#verdict-table tbody tr").count() == 8
    assert opened.page.locator("th button").count() == 0
    assert not opened.page.locator(".filter").first.is_visible()
    opened.page.context.close()


def test_print_opens_what_is_folded_and_hides_what_is_clicked(desktop):
    desktop.page.emulate_media(media="print")
    assert not desktop.page.locator("nav").is_visible()
    assert not desktop.page.locator(".filter").first.is_visible()
    desktop.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert desktop.page.locator("details:not([open])").count() == 0
