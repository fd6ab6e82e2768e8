"""The leaderboard as people meet it: sorted, filtered, followed, compared, by mouse or by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser.opened import Opened
from tests.leaderboards.site.factory import HOSTILE, make_board

from tfbs.leaderboards.site import render_site

pytestmark = pytest.mark.browser
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}
PAGES = (
    "index.html",
    "submit.html",
    "made_up-1/index.html",
    "made_up-1/ladders/prediction.html",
    "made_up-1/ladders/prediction-dataset_1-small.html",
    "made_up-1/ladders/robustness-family-bzip.html",
    "made_up-1/entries/entry-000.html",
    "made_up-1/entries/entry-001.html",
    "made_up-1/entries/unranked.html",
    "made_up-1/scatter.html",
    "made_up-1/compare.html",
)


@pytest.fixture(scope="module")
def board():
    return make_board()


@pytest.fixture(scope="module")
def site(board, tmp_path_factory) -> Path:
    return render_site([board], tmp_path_factory.mktemp("site") / "out").parent


@pytest.fixture
def open_page(browser, site):
    """Returns what opens a page of the site; all are closed at the end."""
    opened = []

    def open_(name: str, viewport=DESKTOP, **more) -> Opened:
        opened.append(Opened(browser, site / name, viewport, **more))
        return opened[-1]

    yield open_
    for one in opened:
        one.page.context.close()


@pytest.fixture
def ladder(open_page):
    return open_page("made_up-1/index.html")


def names(board, places) -> list[str]:
    return [board.card(place.slug).name for place in places]


def shown(opened: Opened, table: str = "ladder") -> list[str]:
    """Returns the names of the lines that are seen."""
    script = """id => [...document.querySelectorAll(`#${id} tbody tr:not(.task)`)]
        .filter(row => row.offsetParent !== null)
        .map(row => row.cells[0].innerText.split('\\n')[0].replace('◆', '').trim())"""
    return list(opened.page.evaluate(script, table))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_complains_of_nothing_and_fits(open_page, site, name):
    for viewport in (DESKTOP, PHONE):
        opened = open_page(name, viewport)
        opened.page.wait_for_load_state("networkidle")
        assert [url for url in opened.asked if url != "data:,"] == [(site / name).as_uri()]
        assert opened.said == []
        width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert opened.page.evaluate(width) == 0, viewport


def test_a_ladder_is_sorted_by_score_and_by_any_other_column(ladder, board):
    first = board.ladders[0]
    assert shown(ladder)[:12] == names(board, first.places)
    ladder.page.get_by_role("button", name="Robustness", exact=True).click()
    by_robustness = sorted(
        first.places, key=lambda place: -board.card(place.slug).scores["robustness"].value
    )
    assert shown(ladder)[:12] == names(board, by_robustness)
    header = ladder.page.locator("#ladder th[aria-sort]")
    assert header.get_attribute("aria-sort") == "descending"
    ladder.page.get_by_role("button", name="rank interval").click()
    assert header.get_attribute("aria-sort") == "ascending"
    lows = [place.rank_low for place in first.places]
    assert shown(ladder)[0] == names(board, first.places)[lows.index(1)]


def test_floors_stay_below_whatever_is_sorted(ladder, board):
    floors = set(names(board, [p for p in board.ladders[0].floors if "(" not in p.slug]))
    for heading in ("parameters", "entry", "score"):
        button = ladder.page.locator("#ladder").get_by_role("button", name=heading, exact=True)
        button.click()
        assert set(shown(ladder)[12:]) == floors | {"Bayes ceiling"}


def test_lines_are_filtered_by_words_trust_family_regime_and_floors(ladder, board):
    ranked = [board.card(place.slug) for place in board.ladders[0].places]
    page = ladder.page
    page.locator(".filter input[type=search]").fill("HYPERLINK cnn_local")
    assert shown(ladder) == [HOSTILE]
    assert page.locator(".filter output").inner_text() == "1 of 16 lines"
    page.locator(".filter input[type=search]").fill("")
    page.get_by_label("hide floors").check()
    assert shown(ladder) == [card.name for card in ranked]
    for key in ("trust", "family", "regime"):
        value = getattr(ranked[3], key)
        page.locator(f".filter select[data-of={key}]").select_option(value)
        assert set(shown(ladder)) == {c.name for c in ranked if getattr(c, key) == value}
        page.locator(f".filter select[data-of={key}]").select_option("")
    page.get_by_label("only the Pareto front").check()
    assert shown(ladder) == [card.name for card in ranked if card.on_front]


def test_links_lead_from_the_boards_to_an_entry_and_back(open_page, board):
    opened = open_page("index.html")
    page = opened.page
    page.get_by_role("link", name="made_up version 1").click()
    page.get_by_role("link", name="Prediction", exact=True).click()
    page.get_by_text("Per task (3)").click()
    page.locator("details.chooser a").first.click()
    page.get_by_role("link", name="Entry network 3", exact=True).click()
    assert page.locator("h1").inner_text().startswith("Entry network 3")
    page.get_by_role("link", name="made_up version 1").click()
    assert page.locator("h1").inner_text().startswith("Overall")
    assert opened.said == []


def test_keys_alone_reach_the_content_sort_filter_and_follow(ladder, board):
    page = ladder.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("=hyperlink")
    assert shown(ladder) == [HOSTILE]
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    while page.evaluate("document.activeElement.innerText") != "score":
        page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert shown(ladder)[0] == names(board, board.ladders[0].places)[-1]
    while page.evaluate("document.activeElement.closest('tbody') === null"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/*.html")
    assert page.locator("h1").inner_text() == names(board, board.ladders[0].places)[-1]


def test_a_hostile_name_is_text_on_every_page(open_page):
    for name in ("made_up-1/index.html", "made_up-1/scatter.html"):
        opened = open_page(name)
        alerts = []
        opened.page.on("dialog", lambda dialog, alerts=alerts: alerts.append(dialog.message))
        opened.page.get_by_role("link", name=HOSTILE, exact=True).last.click()
        opened.page.wait_for_url("**/entry-001.html")
        assert opened.page.locator("h1").inner_text() == HOSTILE
        assert opened.page.locator("header img").count() == 0
        assert alerts == [] and opened.said == []
    opened = open_page("made_up-1/compare.html")
    opened.page.get_by_label("second").select_option(label=f"{HOSTILE} (=HYPERLINK(0))")
    assert opened.page.locator("#second-heading").inner_text() == HOSTILE
    assert opened.said == []


def test_two_entries_are_compared(open_page, board):
    first, second = (board.card(place.slug) for place in board.ladders[0].places[:2])
    opened = open_page("made_up-1/compare.html")
    page = opened.page
    assert page.locator("#first-heading").inner_text() == first.name
    assert page.locator("#second-heading").inner_text() == second.name
    apart = sum(
        {first.slug, second.slug} in ({place.slug, slug} for slug in place.beats)
        for ladder in board.ladders
        for place in ladder.places
    )
    said = f"{first.name} and {second.name} are told apart in {apart} of the 19 ladders"
    assert said in page.locator("#said").inner_text()
    cells = page.locator("#scores tbody tr", has_text="Overall").locator("td").all_inner_texts()
    gap = first.scores["overall"].value - second.scores["overall"].value
    assert cells[2] == f"{gap:.3f}"
    assert cells[3] == f"yes: {first.name} is better"
    settings = page.locator("#settings tbody tr").all_inner_texts()
    assert any(line.split("\t") == ["regime", first.regime, second.regime] for line in settings)
    page.get_by_role("button", name="swap").click()
    assert page.locator("#first-heading").inner_text() == second.name
    assert page.url.endswith(f"#a={second.slug}&b={first.slug}")
    cells = page.locator("#scores tbody tr", has_text="Overall").locator("td").all_inner_texts()
    assert cells[2] == f"{-gap:.3f}".replace("-", "\N{MINUS SIGN}")


def test_an_entry_leads_to_its_comparison(open_page):
    opened = open_page("made_up-1/entries/entry-005.html")
    opened.page.get_by_role("link", name="with another entry").click()
    opened.page.wait_for_url("**/compare.html#a=entry-005*")
    assert opened.page.locator("#first-heading").inner_text() == "Entry network 5"


def test_any_number_is_drawn_against_any_other(open_page, board):
    opened = open_page("made_up-1/scatter.html")
    page = opened.page
    assert page.locator("#plot svg a").count() == 15
    page.get_by_label("across").select_option(label="parameters")
    page.get_by_label("up").select_option(label="auroc on dataset_2/small")
    page.get_by_label("floors").uncheck()
    assert page.locator("#plot svg a").count() == 13 - 1
    best = max(
        (card for card in board.cards if not card.is_floor and card.scores),
        key=lambda card: card.scores["dataset_2/small/auroc"].value,
    )
    assert shown(opened, "points")[0] == best.name
    points = page.locator("#plot svg a")
    assert points.first.get_attribute("aria-label").startswith(f"{best.name}: ")
    tops = [mark.bounding_box()["y"] for mark in page.locator("#plot circle.mark").all()]
    assert sorted(tops) == tops and len(tops) == 11  # from the top down; the twelfth is a diamond
    points.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{best.slug}.html")
    assert opened.said == []


def test_without_scripts_the_ladder_is_there_and_nothing_pretends_to_work(open_page):
    opened = open_page("made_up-1/index.html", java_script_enabled=False)
    assert opened.page.locator("#ladder tbody tr").count() == 12 + 1 + 4
    assert opened.page.locator("th button").count() == 0
    assert not opened.page.locator(".filter").first.is_visible()
    opened = open_page("made_up-1/scatter.html", java_script_enabled=False)
    assert opened.page.locator("noscript").is_visible()
    assert not opened.page.locator("#scatter").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground_by_4_5_to_1(open_page, scheme):
    opened = open_page("made_up-1/index.html", color_scheme=scheme)
    script = """() => {
        const of = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (node) => {
            for (; node; node = node.parentElement) {
                const colour = of(getComputedStyle(node).backgroundColor);
                if (colour.length < 4 || colour[3] > 0) return colour;
            }
            return [255, 255, 255];
        };
        const nodes = [...document.querySelectorAll('p, a, td, th, small, button, label, output')]
            .filter((node) => node.offsetParent && node.innerText.trim());
        return nodes.map((node) => {
            const [a, b] = [light(of(getComputedStyle(node).color)), light(ground(node))];
            return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.outerHTML.slice(0, 80)];
        }).sort((a, b) => a[0] - b[0])[0];
    }"""
    contrast, where = opened.page.evaluate(script)
    assert contrast >= 4.5, where


def test_every_control_has_a_name_and_every_table_a_heading(open_page):
    for name in PAGES:
        opened = open_page(name)
        script = """() => [...document.querySelectorAll('input, select, button, svg[role=img]')]
            .filter((node) => !(node.getAttribute('aria-label') || node.innerText?.trim()
                || node.labels?.length)).map((node) => node.outerHTML.slice(0, 80))"""
        assert opened.page.evaluate(script) == [], name
        bare = "[...document.querySelectorAll('table')].filter((t) => !t.tHead).length"
        assert opened.page.evaluate(bare) == 0, name
        assert opened.page.locator("h1").count() == 1, name


def test_print_leaves_out_what_is_clicked(ladder):
    ladder.page.emulate_media(media="print")
    assert not ladder.page.locator("nav").first.is_visible()
    assert not ladder.page.locator(".filter").first.is_visible()


def test_of_500_entries_the_first_are_in_the_page_and_a_sort_is_of_all(browser, tmp_path):
    board = make_board(500, 1)
    site = render_site([board], tmp_path / "site").parent
    opened = Opened(browser, site / "made_up-1" / "index.html", DESKTOP)
    assert len(shown(opened)) == 100 + 4
    script = """() => {
        const button = [...document.querySelectorAll('#ladder th button')]
            .find((node) => node.innerText === 'score');
        const started = performance.now();
        button.click();
        button.click();
        document.body.offsetHeight;
        return (performance.now() - started) / 2;
    }"""
    assert opened.page.evaluate(script) < 1000  # a machine of its own takes a twentieth
    worst = names(board, board.ladders[0].places[::-1])
    assert shown(opened)[:100] == worst[:100]
    opened.page.locator(".filter input[type=search]").fill(f"{worst[450].lower()} cnn_local")
    assert worst[450] in shown(opened)
    opened.page.locator(".filter input[type=search]").fill("")
    opened.page.get_by_role("button", name="Show 400 more lines").click()
    assert shown(opened)[:500] == worst
    assert not opened.page.locator("button.more").first.is_visible()
    opened.page.context.close()
