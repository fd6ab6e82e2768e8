"""The site as files: whole or not at all, the same every time, and a stranger's words as words."""

from __future__ import annotations

import csv
import dataclasses
import html.parser
import io
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.leaderboards.site.factory import HOSTILE, make_board

from tfbs.errors import UserError
from tfbs.leaderboards.site import render_site
from tfbs.leaderboards.site.addresses import entry_page, ladder_stems, outside_link
from tfbs.leaderboards.site.charts import panels, ticks
from tfbs.leaderboards.site.downloads import cell_text
from tfbs.leaderboards.site.letters import HEIGHT, drawn_logo
from tfbs.leaderboards.site.lines import rank_text, tie_letter
from tfbs.leaderboards.site.payload import ranges
from tfbs.leaderboards.site.sentences import ceilings, leaders, separation
from tfbs.leaderboards.site.settings import settings
from tfbs.leaderboards.standings import Curve, Logo, Place, Score


@pytest.fixture(scope="module")
def board():
    return make_board()


@pytest.fixture(scope="module")
def site(board, tmp_path_factory) -> Path:
    return render_site([board], tmp_path_factory.mktemp("site") / "out").parent


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_renderings_in_two_folders_are_the_same_bytes(site, board, tmp_path):
    again = render_site([board], tmp_path / "elsewhere" / "deeper").parent
    assert contents(again) == contents(site)


@pytest.mark.parametrize(("entries", "missing", "said"), [
    (3, (), "All there, none ties the best."),
    (0, (), "All there, with no entry to beat them yet."),
    (0, ("PWM scan",), "Not accepted yet: PWM scan."),
])  # fmt: skip
def test_a_board_says_how_its_floors_stand(entries, missing, said, tmp_path):
    board = make_board(entries, 1)
    (task,) = board.tasks
    tasks = (dataclasses.replace(task, missing_floors=missing),)
    page = render_site([dataclasses.replace(board, tasks=tasks)], tmp_path / "out").parent
    assert said in (page / "made_up-1" / "index.html").read_text()


def test_the_order_in_which_boards_are_given_does_not_count(tmp_path):
    one, two = make_board(3, 1), make_board(3, 1, seed=1, suite="another")
    first = render_site([one, two], tmp_path / "a").parent
    second = render_site([two, one], tmp_path / "b").parent
    assert contents(first) == contents(second)


def test_no_page_holds_a_path_of_this_machine(site):
    here = [str(folder).encode() for folder in (site, Path(__file__).parents[3])]
    for name, content in contents(site).items():
        assert not any(folder in content for folder in here), name


class Page(html.parser.HTMLParser):
    """What a browser would follow and run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.tags.append((tag, known))
        if "id" in known:
            self.ids.add(known["id"])
        if "href" in known:
            self.links.append(known["href"])


def pages(site: Path):
    return [(path, Page(path.read_text())) for path in sorted(site.rglob("*.html"))]


def test_every_link_leads_to_a_file_of_the_site(site):
    seen = 0
    for path, page in pages(site):
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("https", "data") or (not parts.path and parts.fragment in page.ids):
                continue
            assert not parts.scheme and not parts.path.startswith("/"), (path, link)
            assert (path.parent / unquote(parts.path)).is_file(), (path, link)
            seen += 1
    assert seen > 500


def test_every_page_refuses_scripts_and_styles_that_are_not_ours(site):
    for path, page in pages(site):
        policy = next(
            known["content"]
            for tag, known in page.tags
            if tag == "meta" and known.get("http-equiv") == "Content-Security-Policy"
        )
        assert "default-src 'none'" in policy and "unsafe" not in policy, path
        assert not [tag for tag, known in page.tags if "style" in known], path
        assert not [k for _, known in page.tags for k in known if k.startswith("on")], path


def test_what_a_stranger_wrote_is_text_everywhere(site):
    for path, page in pages(site):
        scripts = [known for tag, known in page.tags if tag == "script"]
        assert all(set(known) <= {"type", "id"} for known in scripts), path
        assert len(scripts) == 1 + (path.name in ("scatter.html", "compare.html")), path
        assert "img" not in [tag for tag, _ in page.tags], path
        assert not [link for link in page.links if link.lower().startswith("javascript")], path
        assert HOSTILE not in path.read_text(), path
    data = json.loads((site / "made_up-1" / "board.json").read_text())
    assert HOSTILE in [card["name"] for card in data["cards"]]


def test_the_json_holds_the_board_and_says_who_is_told_apart(site, board):
    data = json.loads((site / "made_up-1" / "board.json").read_text())
    assert [card["slug"] for card in data["cards"]] == [card.slug for card in board.cards]
    said, ladder = data["ladders"][0], board.ladders[0]
    slugs = [place["slug"] for place in said["places"]]
    for place, known in zip(said["places"], ladder.places, strict=True):
        beaten = [slug for low, high in place["beats"] for slug in slugs[low : high + 1]]
        assert sorted(beaten) == sorted(known.beats)
        assert place["score"]["value"] == known.score.value


def test_the_csv_of_a_ladder_is_its_order_and_no_formula(site, board):
    lines = list(csv.DictReader(io.StringIO((site / "made_up-1" / "overall.csv").read_text())))
    ladder = board.ladders[0]
    expected = [place.slug for place in (*ladder.places, *ladder.floors)] + ["unranked"]
    assert [line["entry"] for line in lines] == expected
    assert float(lines[0]["value"]) == ladder.places[0].score.value
    assert lines[-1]["not_ranked"] == "no run of task dataset_1/small"
    assert not [word for line in lines for word in line.values() if word.startswith(("=", "@"))]


def test_an_earlier_site_is_replaced_and_leaves_nothing_behind(tmp_path):
    target = tmp_path / "site"
    render_site([make_board(4, 1)], target)
    render_site([make_board(2, 1)], target)
    assert not (target / "made_up-1" / "entries" / "entry-003.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_of_somebody_else_is_refused_and_kept(tmp_path):
    (tmp_path / "thesis.tex").write_text("years")
    with pytest.raises(UserError, match="holds other files"):
        render_site([make_board(2, 1)], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_rendering_that_fails_leaves_the_earlier_site(tmp_path):
    target = tmp_path / "site"
    render_site([make_board(2, 1)], target)
    before = contents(target)
    broken = make_board(2, 1)
    outside = dataclasses.replace(broken.cards[0], slug="../../outside")
    broken = dataclasses.replace(broken, cards=(*broken.cards, outside))
    with pytest.raises(ValueError, match="not the name of a folder"):
        render_site([broken], target)
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_cannot_be_replaced_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="name a folder within"):
        render_site([], Path())
    with pytest.raises(NotADirectoryError, match="file"):
        render_site([], Path("file/site"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_site_that_cannot_take_its_place_leaves_the_earlier_one(tmp_path, monkeypatch):
    target = tmp_path / "site"
    render_site([make_board(2, 1)], target)
    before, rename = contents(target), Path.rename

    def refused(self, other):
        if self.name == "new":
            raise PermissionError("not here")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError):
        render_site([make_board(4, 1)], target)
    assert contents(target) == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_no_board_is_a_page_that_says_so(tmp_path):
    assert "No board has an entry yet" in render_site([], tmp_path / "site").read_text()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://doi.org/10.1/x", "https://doi.org/10.1/x"),
        ("Alipanahi 2015, 10.1038/nbt.3300.", "https://doi.org/10.1038/nbt.3300"),
        ('doi:10.1038/"><script>', None),
        ("javascript:alert(1)//10.1038/x", "https://doi.org/10.1038/x"),
        ("JAVASCRIPT:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://user:password@host/", None),
        ("https://[", None),
        ("//host/path", None),
        ("", None),
    ],
)
def test_only_addresses_of_hosts_are_followed(text, address):
    assert outside_link(text) == address


@given(st.text())
def test_no_text_becomes_an_address_that_runs(text):
    found = outside_link(text)
    assert found is None or urlsplit(found).scheme in ("http", "https")


@given(st.lists(st.text(min_size=1), unique=True))
def test_ladders_have_files_of_their_own(keys):
    stems = ladder_stems(keys)
    assert len(set(stems.values())) == len(keys)
    assert all(re.fullmatch("[a-z0-9_-]+", stem) for stem in stems.values())


@pytest.mark.parametrize("slug", ["../x", "a/b", "", "A", ".x", "x" * 65])
def test_a_slug_that_is_a_path_has_no_page(slug):
    with pytest.raises(ValueError, match="not the name"):
        entry_page(slug)


def test_tie_groups_are_lettered():
    assert [tie_letter(n) for n in (None, 1, 26, 27, 52, 53)] == ["", "A", "Z", "AA", "AZ", "BA"]


def test_ranks_are_intervals():
    score = Score("auroc", 0.9)
    assert rank_text(Place("a", score, 2, 5, 1, ())) == "2\N{EN DASH}5"
    assert rank_text(Place("a", score, 2, 2, 1, ())) == "2"
    assert rank_text(Place("a", score, 0, 0, None, ())) == ""


@given(st.sets(st.integers(0, 60)))
def test_stretches_hold_the_numbers_and_no_other(numbers):
    found = ranges(numbers)
    assert {n for low, high in found for n in range(low, high + 1)} == numbers
    assert all(found[i][1] + 1 < found[i + 1][0] for i in range(len(found) - 1))


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_lie_within_and_are_few(low, width):
    found = ticks(low, low + width)
    assert 1 <= len(found) <= 7
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in found)


def test_a_curve_has_gaps_where_nothing_is_defined():
    curve = Curve("loss", "seed 0", "epoch", "loss", (1, 2, 3, 4, 5), (0.5, 0.4, None, 0.3, None))
    (panel,) = panels([curve])
    assert [len(piece.split()) for piece in panel.lines[0].pieces] == [2, 1]
    assert len(panel.lines[0].dots) == 1
    assert panels([Curve("loss", "seed 0", "epoch", "loss", (1,), (None,))]) == []


def test_a_motif_is_as_high_as_its_information():
    logo = drawn_logo(Logo("m", "motif", ((1, 0, 0, 0), (0.5, 0.5, 0, 0), (0.25,) * 4)))
    heights = {(letter, x): float(high) for letter, x, _, _, high in logo.letters}
    assert heights == {("A", "0"): HEIGHT, ("A", "10"): HEIGHT / 4, ("C", "10"): HEIGHT / 4}
    assert logo.alt == "AAN"


def test_a_map_points_down_where_it_speaks_against():
    logo = drawn_logo(Logo("m", "map", ((0.3, 0, 0, 0), (0, 0, -0.1, 0))))
    (_, _, top, _, up), (_, _, start, _, down) = logo.letters
    assert (float(top), float(up)) == (0, 60)
    assert (float(start), float(down)) == (80, -20)  # drawn upwards from its lower end, flipped
    assert np.isclose(float(logo.zero), 60)


def test_a_tie_at_the_top_names_everybody_in_it(board):
    ladder = board.ladders[0]
    score = Score("overall", 0.9, 0.8, 1.0, 3)
    tied = tuple(Place(place.slug, score, 1, 2, 1, ()) for place in ladder.places[:2])
    names = [board.card(place.slug).name for place in tied]
    said = leaders(board, dataclasses.replace(ladder, places=tied))
    assert said == f"{names[0]} has the best score; nothing separates it from {names[1]}."
    few = tuple(dataclasses.replace(place, tie_group=None) for place in tied)
    assert "too few seeds" in leaders(board, dataclasses.replace(ladder, places=few))
    assert leaders(board, dataclasses.replace(ladder, places=())).startswith("No entry")


def test_who_cannot_be_compared_is_not_said_to_be_told_apart(board):
    ladder = board.ladders[0]
    first, second, third = (place.slug for place in ladder.places[:3])
    score = Score("overall", 0.9, 0.8, 1.0, 3)
    places = (
        Place(first, score, 1, 2, 1, (), beats=(third,)),
        Place(second, score, 1, 3, None, ()),
        Place(third, score, 2, 3, 2, ()),
    )
    said = leaders(board, dataclasses.replace(ladder, places=places))
    assert said == (
        f"{board.card(first).name} has the best score, told apart from 1 of 2 other entries; "
        "too little is known of the rest."
    )


def test_ranks_of_the_challenge_are_not_told_by_seeds(board):
    slugs = [place.slug for place in board.ladders[0].places[:2]]
    names = [board.card(slug).name for slug in slugs]
    equal = tuple(Place(slug, Score("dream_rank", 1.5), 1, 2, None, ()) for slug in slugs)
    ladder = dataclasses.replace(board.ladders[0], higher_is_better=False, places=equal)
    assert leaders(board, ladder) == f"{names[0]} and {names[1]} share the best rank."
    alone = dataclasses.replace(ladder, places=equal[:1])
    assert leaders(board, alone) == f"{names[0]} has the best rank."


def test_ranks_of_the_challenge_are_no_intervals_of_a_test(board, tmp_path):
    slug = board.ladders[0].places[0].slug
    place = Place(slug, Score("dream_rank", 1.5), 1, 2, None, ())
    dream = dataclasses.replace(
        board.ladders[0], key="dream", higher_is_better=False, places=(place,)
    )
    board = dataclasses.replace(board, ladders=(*board.ladders, dream))
    folder = render_site([board], tmp_path / "site").parent / "made_up-1"
    page = (folder / "ladders" / "dream.html").read_text()
    assert "no test stands behind it" in page and "Rank interval: the best" not in page
    own = (folder / "entries" / f"{slug}.html").read_text()
    assert "above 0, below 0" not in own.partition("ladders/dream.html")[2].partition("</tr>")[0]


def test_separation_counts_pairs_and_says_the_gap(board):
    ladder = dataclasses.replace(board.ladders[0], separable=(1, 4), resolvable=0.0123)
    assert separation(ladder) == (
        "1 of 4 adjacent pairs are told apart; a gap of 0.012 would have told apart the pair that "
        "is measured best."
    )


def test_ceilings_are_said_by_what_they_are_of(board):
    name = board.tasks[0].name
    (said,) = ceilings(board, board.ladder(f"prediction/{name}"))
    assert said == f"Ceiling: on {name} no outputs can be expected to exceed 0.991."
    known = {"attribution_auroc_saliency": 0.966}
    told = dataclasses.replace(
        board, tasks=tuple(dataclasses.replace(task, ceilings=known) for task in board.tasks)
    )
    ladder = dataclasses.replace(
        board.ladder("interpretability"), metric="attribution_auroc_saliency"
    )
    maps = ceilings(told, ladder)
    assert len(maps) == len(board.tasks)
    assert maps[0] == f"Ceiling: on {name} the truth itself scores 0.966."
    assert ceilings(told, board.ladder(f"prediction/{name}")) == []
    assert ceilings(board, board.ladder("prediction/family/bZIP")) == []  # of some targets


def test_settings_that_differ_by_task_are_one_line_each(board):
    card = board.card("entry-000")
    specs = {run: json.loads(json.dumps(spec)) for run, spec in card.specs.items()}
    for spec in specs.values():
        if spec["task"]["name"] == "dataset_2":
            spec["architecture"]["hyperparameters"]["num_filters"] = 99
    found = settings(dataclasses.replace(card, specs=specs))
    assert found["architecture.num_filters on dataset_0/small"] == "20"
    assert found["architecture.num_filters on dataset_2/small"] == "99"
    assert found["regime.patience"] == "none" and "seed" not in found


def test_a_spreadsheet_computes_nothing():
    assert [cell_text(t) for t in ("=1", "+1", "-1", "@x", "a=1", "")] == [
        "'=1", "'+1", "'-1", "'@x", "a=1", "",
    ]  # fmt: skip
