"""From files to standings: what is ranked, what is not and why, and what never moves."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.leaderboards.fake_board import (
    HEADLINES,
    FakeEntry,
    FakeTask,
    fake_board,
    write_fake_entry,
    write_fake_task,
)

from tfbs import leaderboards
from tfbs.__main__ import main
from tfbs.benchmark.suite import read_suite
from tfbs.leaderboards.board import suite_board
from tfbs.leaderboards.rank_text import board_text
from tfbs.leaderboards.verdict import read_verdict, write_verdict

TASKS = [FakeTask("a/x", 400, seed=1), FakeTask("b", 300, seed=2)]
ENTRIES = [
    FakeEntry("strong", 2.5, noise=1),
    FakeEntry("copy-one", 1.5, seeds=(0, 1, 2), noise=2),
    FakeEntry("copy-two", 1.5, seeds=(3, 4, 5), noise=2),
    FakeEntry("weak", 0.4, noise=4),
    FakeEntry(
        "k-mer-logistic", 1.0, seeds=(0,), noise=5, architecture="kmer_logistic", fitted=True
    ),
]

VERSIONS = dict.fromkeys(HEADLINES.values(), 1)


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    suite = fake_board(folder, TASKS, ENTRIES)
    return suite_board(folder, suite)


def place_of(board, slug, key="prediction"):
    ladder = board.ladder(key)
    return next(p for p in (*ladder.places, *ladder.floors) if p.slug == slug)


def test_two_copies_with_other_seeds_fall_in_one_tie_group(honest):
    for key in ("overall", "prediction", "prediction/a/x", "robustness"):
        one, two = place_of(honest, "copy-one", key), place_of(honest, "copy-two", key)
        assert one.tie_group == two.tie_group
        assert one.score.value != two.score.value
    assert place_of(honest, "copy-one").tie_group == 2
    assert (place_of(honest, "copy-one").rank_low, place_of(honest, "copy-one").rank_high) == (2, 3)


def test_what_is_far_apart_is_told_apart(honest):
    ladder = honest.ladder("prediction")
    assert [(p.slug, p.rank_low, p.rank_high) for p in ladder.places][::3] == [
        ("strong", 1, 1),
        ("weak", 4, 4),
    ]
    assert set(place_of(honest, "strong").beats) == {"copy-one", "copy-two", "weak"}
    assert ladder.separable == (2, 3)
    assert 0 < ladder.resolvable < 0.1
    assert ladder.warning == ""


def test_floors_stand_below_the_line(honest):
    ladder = honest.ladder("prediction")
    assert "k-mer-logistic" not in [place.slug for place in ladder.places]
    assert [place.slug for place in ladder.floors] == ["k-mer-logistic", "(constant)"]
    assert honest.card("k-mer-logistic").is_floor
    missing = ("GC logistic", "PWM scan", "label-permuted network")
    assert honest.tasks[0].missing_floors == missing


def test_floors_that_beat_or_tie_the_best_are_said(tmp_path):
    floor = FakeEntry("k-mer-logistic", 1.0, seeds=(0,), noise=5, fitted=True, name="Words of 6")
    better = FakeEntry("scan", 2.5, seeds=(0,), noise=8, fitted=True, name="A scan")
    suite = fake_board(tmp_path, TASKS, [FakeEntry("net", 1.0, noise=6), floor, better])
    board = suite_board(tmp_path, suite)
    said = "A scan beats the best entry; Words of 6 ties the best entry"
    assert board.ladder("prediction").warning == said
    assert f"prediction: {said}" in board.tasks[0].floor_ties


def test_the_overall_score_is_the_mean_of_the_axes(honest):
    axes = [
        place_of(honest, "strong", a).score.value
        for a in ("prediction", "interpretability", "robustness")
    ]
    assert place_of(honest, "strong", "overall").score.value == pytest.approx(
        np.mean(axes), abs=2e-6
    )
    tasks = [place_of(honest, "strong", f"prediction/{t.name}").score.value for t in TASKS]
    assert axes[0] == pytest.approx(np.mean(tasks), abs=2e-6)


def test_an_entry_more_changes_no_other_score(honest, tmp_path):
    suite = fake_board(tmp_path, TASKS, [*ENTRIES, FakeEntry("new", 3.0, noise=9)])
    after = suite_board(tmp_path, suite)
    for card in honest.cards:
        assert after.card(card.slug).scores == card.scores
    assert after.ladder("overall").places[0].slug == "new"


def test_the_order_of_files_changes_nothing(honest, tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[::-1])
    assert suite_board(tmp_path, suite) == honest


def test_families_are_averaged_before_tasks(tmp_path):
    tasks = [
        FakeTask("a", 200, ("GATA",), 1),
        FakeTask("b", 200, ("GATA",), 2),
        FakeTask("c", 200, ("CTCF",), 3),
        FakeTask("d", 200, ("GATA", "CTCF"), 4),
    ]
    signal = {"a": 0.2, "b": 0.4, "c": 2.0, "d": 1.0}
    board = suite_board(tmp_path, fake_board(tmp_path, tasks, [FakeEntry("one", signal)]))

    def score(key):
        return place_of(board, "one", key).score.value

    by_task = [score(f"prediction/{name}") for name in "abcd"]
    gata = np.mean(by_task[:2])
    assert score("prediction") == pytest.approx(np.mean([gata, *by_task[2:]]), abs=2e-6)


def test_a_family_is_ranked_on_its_targets_of_tasks_of_several(tmp_path):
    tasks = [FakeTask("a", 200, ("GATA",), 1), FakeTask("d", 200, ("GATA", "CTCF", "", "CTCF"), 4)]
    entry = FakeEntry("one", 0.5)
    board = suite_board(tmp_path, fake_board(tmp_path, tasks, [entry]))

    def areas(task, columns):
        outputs = [entry.outputs(task, seed)["auroc"] for seed in entry.seeds]
        return np.mean(
            [roc_auc_score(task.label[:, c], each[:, c]) for each in outputs for c in columns]
        )

    def place(key):
        return place_of(board, "one", key)

    headings = {ladder.key: ladder.heading for ladder in board.ladders if "/family/" in ladder.key}
    assert headings["prediction/family/GATA"] == "Prediction on the family GATA: T0"
    assert headings["prediction/family/CTCF"] == "Prediction on the family CTCF: T1, T3"
    families = set(headings)
    assert families == {
        # maps and attacks are of all targets: of these there is the task of one family alone
        *(f"{axis}/family/GATA" for axis in HEADLINES),
        "prediction/family/CTCF",
    }
    gata, ctcf = place("prediction/family/GATA"), place("prediction/family/CTCF")
    assert gata.score.value == pytest.approx(
        np.mean([areas(tasks[0], [0]), areas(tasks[1], [0])]), abs=2e-6
    )
    assert ctcf.score.value == pytest.approx(areas(tasks[1], [1, 3]), abs=2e-6)
    assert gata.paired and ctcf.paired
    for axis in ("interpretability", "robustness"):
        assert place(f"{axis}/family/GATA").score == place(f"{axis}/a").score


def test_targets_that_cannot_be_paired_err_together(tmp_path):
    task = FakeTask("d", 200, ("GATA", "CTCF", "CTCF"), 4)
    entry = FakeEntry("one", 0.5, keep=False, wobble=0.0)
    board = suite_board(tmp_path, fake_board(tmp_path, [task], [entry]))
    place = place_of(board, "one", "prediction/family/CTCF")
    assert not place.paired
    # of each target the interval is 0.03 on either side; seeds add to it
    assert 0.03 < (place.score.high - place.score.low) / 2 < 0.05
    assert place.score.reason == "examples are not paired with those of other entries"


def test_a_family_of_a_task_that_an_entry_lacks_does_not_rank_it(tmp_path):
    tasks = [FakeTask("a", 100, ("CTCF",), 1), FakeTask("d", 100, ("GATA", "CTCF"), 4)]
    suite = fake_board(tmp_path, tasks, ENTRIES[:1])
    write_fake_entry(tmp_path, suite, tasks[:1], FakeEntry("odd", noise=3))
    board = suite_board(tmp_path, suite)
    assert board.ladder("prediction/family/CTCF").not_ranked["odd"] == "task d: is missing"


def test_a_target_that_was_not_computed_is_said_and_not_averaged_away(tmp_path):
    task = FakeTask("d", 200, ("GATA", "CTCF", "CTCF"), 4)
    suite = fake_board(tmp_path, [task], ENTRIES[:1])
    file = tmp_path / "verdicts" / "fake-1" / "strong.json"
    verdict = read_verdict(file)
    first = next(iter(verdict.scores))
    verdict.scores[first] = [m for m in verdict.scores[first] if m["target"] != "T2"]
    write_verdict(file, verdict)
    board = suite_board(tmp_path, suite)
    assert board.ladder("prediction/family/CTCF").not_ranked["strong"].endswith("not computed")
    assert board.ladder("prediction/family/GATA").places[0].slug == "strong"


def test_best_possible_scores_stand_below_the_line_where_all_are_known(tmp_path):
    task = FakeTask("d", 200, ("GATA", "CTCF", "CTCF"), 4)
    suite = fake_board(tmp_path, [task], ENTRIES[:1])
    best = {"T0": 0.99, "T1": 0.97, "T2": 0.95}
    write_fake_task(
        tmp_path, suite, task, target_ceilings=best, ceilings={"auroc": np.mean([*best.values()])}
    )
    board = suite_board(tmp_path, suite)

    def ceiling(key):
        return place_of(board, "(Bayes ceiling)", key).score.value

    assert ceiling("prediction") == ceiling("prediction/d") == pytest.approx(0.97)
    assert ceiling("prediction/family/GATA") == pytest.approx(0.99)
    assert ceiling("prediction/family/CTCF") == pytest.approx(0.96)
    write_fake_task(tmp_path, suite, task, target_ceilings={"T1": 0.97})
    board = suite_board(tmp_path, suite)
    for key in ("prediction", "prediction/family/GATA", "prediction/family/CTCF"):
        assert [floor.slug for floor in board.ladder(key).floors] == ["(constant)"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (FakeEntry("odd", trust=None), "not verified yet"),
        (FakeEntry("odd", trust="claimed"), "claimed, prediction ranks from re-scored on"),
        (
            FakeEntry("odd", trust="re-scored"),
            "re-scored, interpretability ranks from re-evaluated",
        ),
        (FakeEntry("odd", fingerprint="0" * 64), "stale: data 000000000000 of task "),
        (
            FakeEntry("odd", changes={"metrics": {**VERSIONS, "auroc": 0}}),
            "stale: version 0 of auroc, now 1",
        ),
        (
            FakeEntry("odd", changes={"metrics": {}}),
            "stale: an unknown version of attribution_auroc_saliency, now 1",
        ),
    ],
    ids=["unverified", "claimed", "re-scored", "other data", "old metric", "unknown metric"],
)
def test_why_an_entry_is_not_ranked_is_said(tmp_path, entry, said):
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, [*ENTRIES[:2], entry]))
    assert said in board.ladder("overall").not_ranked["odd"]
    assert "odd" not in [place.slug for place in board.ladder("overall").places]
    assert board.card("odd").scores["overall"].value is None
    assert bool(board.card("odd").stale) == said.startswith("stale")


def test_a_rescored_entry_ranks_on_prediction(tmp_path):
    entries = [ENTRIES[0], FakeEntry("odd", trust="re-scored", noise=3)]
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, entries))
    assert [place.slug for place in board.ladder("prediction").places] == ["strong", "odd"]


def test_an_entry_without_a_task_is_not_ranked_where_it_counts(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:2])
    write_fake_entry(tmp_path, suite, TASKS[:1], FakeEntry("odd", noise=3))
    board = suite_board(tmp_path, suite)
    assert board.ladder("prediction").not_ranked["odd"] == "task b: is missing"
    assert "odd" in [place.slug for place in board.ladder("prediction/a/x").places]


def test_an_undefined_metric_is_not_ranked(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:2])
    file = tmp_path / "verdicts" / "fake-1" / "strong.json"
    verdict = read_verdict(file)
    first = next(iter(verdict.scores))
    for score in verdict.scores[first]:
        if score["name"] == "auroc":
            score.update(value=None, interval=None, undefined_reason="one class")
    write_verdict(file, verdict)
    board = suite_board(tmp_path, suite)
    assert "is undefined: one class" in board.ladder("prediction").not_ranked["strong"]


@pytest.mark.parametrize("harm", ["flip", "gone", "other"])
def test_numbers_per_example_that_are_not_those_of_the_verdict_do_not_pair(tmp_path, harm):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:3])
    file = tmp_path / "verdicts" / "fake-1" / "strong.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "gone":
        file.unlink()
    else:
        other = file.with_name("copy-one.npz").read_bytes()
        file.write_bytes(bytes(content) if harm == "flip" else other)
    board = suite_board(tmp_path, suite)
    place = place_of(board, "strong")
    assert not place.paired
    assert place.score.reason == "examples are not paired with those of other entries"
    assert place_of(board, "copy-one").paired
    assert any("fake-1/strong" in problem for problem in board.problems)


def test_two_seeds_tell_nothing(tmp_path):
    entries = [*ENTRIES[:2], FakeEntry("two", 0.1, seeds=(0, 1), noise=8)]
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, entries))
    place = place_of(board, "two")
    assert (place.rank_low, place.rank_high, place.tie_group) == (1, 3, None)
    assert place.score.reason == "2 seeds tell too little"
    assert (place_of(board, "strong").rank_low, place_of(board, "strong").rank_high) == (1, 2)


def test_a_task_that_cannot_be_read_ranks_nobody_where_it_counts(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:2])
    (tmp_path / "tasks" / "fake-1" / "b.json").write_text("{}")
    board = suite_board(tmp_path, suite)
    assert any(problem.startswith("task b: ") for problem in board.problems)
    assert [task.version for task in board.tasks] == ["1.0.0", ""]
    for key in ("overall", "prediction", "interpretability", "robustness"):
        assert board.ladder(key).places == ()
        assert board.ladder(key).not_ranked["strong"] == "the board cannot read task b"
    assert board.ladder("prediction/a/x").places[0].slug == "strong"


def test_what_cannot_be_read_is_said_without_the_path_of_the_board(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:2])
    (tmp_path / "tasks" / "fake-1" / "b.json").write_text("{}")
    (tmp_path / "verdicts" / "fake-1" / "strong.json").write_text("{}")
    board = suite_board(tmp_path, suite)
    assert board.problems[0].startswith("task b: tasks/fake-1/b.json: not a task of a board")
    assert board.card("strong").note.startswith("verdicts/fake-1/strong.json: not a verdict")


def test_what_a_killed_submit_leaves_is_no_entry_and_no_problem(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:1])
    (tmp_path / "entries" / "fake-1" / ".partial-x1y2" / "submission").mkdir(parents=True)
    board = suite_board(tmp_path, suite)
    assert board.problems == ()
    assert [card.slug for card in board.cards] == ["strong"]


def test_entries_of_another_version_are_said_and_not_ranked(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES[:1])
    for other in ("fake-2", "fake-news-1"):
        shutil.copytree(tmp_path / "entries" / "fake-1", tmp_path / "entries" / other)
    board = suite_board(tmp_path, suite)
    assert board.problems == ("fake-2: entries of another version, ranked by none of today's",)
    assert [card.slug for card in board.cards] == ["strong"]


def test_a_board_of_floors_alone_says_so(tmp_path):
    floor = FakeEntry("k-mer-logistic", 1.0, seeds=(0,), noise=5, fitted=True)
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, [floor]))
    text = board_text(board, [board.ladder("overall")])
    assert "\nNo entry is ranked here yet" in text


def test_a_board_without_tasks_ranks_nobody(tmp_path):
    suite = fake_board(tmp_path, TASKS, ENTRIES)
    shutil.rmtree(tmp_path / "tasks")
    (overall,) = suite_board(tmp_path, suite).ladders
    assert overall.places == ()
    assert set(overall.not_ranked) == {entry.slug for entry in ENTRIES}


def test_a_constant_that_beats_the_best_entry_does_not_tie_with_it(tmp_path):
    suite = fake_board(tmp_path, TASKS, [FakeEntry("upside-down", -2.0, noise=6)])
    board = suite_board(tmp_path, suite)
    assert board.ladder("prediction").warning == "(constant) beats the best entry"


def test_a_floor_of_too_few_seeds_is_not_told_from_the_best(tmp_path):
    floor = FakeEntry("noise", 0.1, seeds=(0, 1), noise=5, regime="permuted_labels")
    suite = fake_board(tmp_path, TASKS, [FakeEntry("net", 2.5, noise=6), floor])
    board = suite_board(tmp_path, suite)
    assert board.ladder("prediction").warning == "noise ties the best entry"


def test_a_floor_that_was_not_accepted_is_missing(tmp_path):
    differs = {"status": "differs", "differences": ["auroc: recorded 0.9, got 0.5"]}
    floor = FakeEntry("gc-logistic", 0.5, seeds=(0,), architecture="gc_logistic", fitted=True,
                      trust="claimed", changes=differs)  # fmt: skip
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, [ENTRIES[0], floor]))
    assert "GC logistic" in board.tasks[0].missing_floors


def test_what_a_verification_refuted_is_not_ranked(tmp_path):
    """Also where it stood until the weights, or the training, gave something else."""
    said = ["task b, seed 0: auroc of bound: trained again 0.8000, submitted 0.9900"]
    refuted = FakeEntry("refuted", 2.5, noise=6, changes={"status": "differs", "differences": said})
    suite = fake_board(tmp_path, TASKS, [FakeEntry("net", 0.5, noise=7), refuted])
    board = suite_board(tmp_path, suite)
    assert board.card("refuted").trust == "claimed"
    for key in ("overall", "prediction"):
        assert [place.slug for place in board.ladder(key).places] == ["net"]
        assert "trained again 0.8000" in board.ladder(key).not_ranked["refuted"]


def test_the_luckiest_of_many_that_learned_nothing_ties_the_floors(tmp_path):
    entries = [FakeEntry(f"net-{i}", 0.0, noise=10 + i) for i in range(12)]
    floor = FakeEntry("gc-logistic", 0.0, seeds=(0,), noise=5, architecture="gc_logistic",
                      fitted=True)  # fmt: skip
    warnings = []
    for seed in range(8):
        folder = tmp_path / str(seed)
        suite = fake_board(folder, [FakeTask("a", 400, seed=20 + seed)], [*entries, floor])
        warnings.append(suite_board(folder, suite).ladder("prediction").warning)
    tied = [("gc-logistic ties" in said, "(constant) ties" in said) for said in warnings]
    assert np.mean(tied, axis=0).min() >= 7 / 8


def test_the_front_is_of_all_axes_and_cost(honest):
    assert honest.card("strong").on_front
    assert not honest.card("weak").on_front


def test_floors_are_not_on_the_front_and_push_no_entry_off_it(tmp_path):
    floor = FakeEntry("scan", 2.5, seeds=(0,), noise=8, fitted=True, name="A scan")
    behind = FakeEntry("other", 0.1, seeds=(0,), noise=9, fitted=True)
    entries = [FakeEntry("net", 0.5, noise=6), floor, behind]
    board = suite_board(tmp_path, fake_board(tmp_path, TASKS, entries))
    assert [card.slug for card in board.cards if card.on_front] == ["net"]
    assert board.card("net").floors_ahead == ("A scan",)
    assert board.card("scan").floors_ahead == ()


@pytest.mark.slow
def test_five_hundred_entries_are_ranked_in_seconds(tmp_path):
    tasks = [FakeTask("a", 200, seed=1)]
    entries = [FakeEntry(f"e{i}", 0.5 + i / 300, noise=i) for i in range(500)]
    suite = fake_board(tmp_path, tasks, entries)
    started = time.process_time()
    board = suite_board(tmp_path, suite)
    assert time.process_time() - started < 30
    assert len(board.ladder("overall").places) == 500


def test_the_command_prints_the_ladder(tmp_path, capsys):
    fake_board(tmp_path, TASKS, [*ENTRIES, FakeEntry("x", name="<b>\\x1b", noise=8)])
    suite = tmp_path / "fake.yaml"
    suite.write_text(
        "name: fake\nversion: 1\ndescription: d\nprotocol: quick-1\n"
        "matrix:\n  - tasks: [a/x, b]\n    architectures: [gc_logistic]\n"
    )
    rank = ["leaderboard", "rank", str(suite), "--board", str(tmp_path)]
    assert main([*rank, "--axis", "prediction"]) == 0
    lines = capsys.readouterr().out.splitlines()
    strong = next(line for line in lines if line.startswith("strong"))
    assert strong.split()[2:4] == ["1", "1"]
    assert any("neighbours are told apart" in line for line in lines)
    assert main([*rank, "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert said["schema"] == 1
    assert {ladder["key"] for ladder in said["ladders"]} >= {"overall", "prediction/a/x"}
    assert main([*rank, "--task", "c"]) == 2
    assert "has no ranking 'prediction/c'; known: a/x, b" in capsys.readouterr().err
    assert main([*rank, "--family", "Myb"]) == 2
    assert "has no ranking 'prediction/family/Myb'; known: none" in capsys.readouterr().err


BOARD = Path(leaderboards.__file__).parent
SHIPPED = sorted(folder.name.rpartition("-")[0] for folder in (BOARD / "entries").iterdir())

WHOLE_GENOMES = ("yeast",)
"""Boards whose test splits are too large to pair entries example by example."""


@pytest.mark.parametrize("suite", SHIPPED)
def test_the_shipped_boards_can_be_ranked(suite):
    board = suite_board(BOARD, read_suite(suite))
    assert board.problems == ()
    assert {card.trust for card in board.cards} == {"re-evaluated"}
    assert not any(card.stale for card in board.cards)
    assert {task.missing_floors for task in board.tasks} == {()}
    assert not board.ladder("overall").not_ranked
    places = board.ladder("prediction").places
    assert places
    assert all(place.paired == (suite not in WHOLE_GENOMES) for place in places)


@pytest.mark.parametrize("suite", SHIPPED)
def test_synthetic_tasks_have_ceilings_that_no_entry_exceeds(suite):
    """But for the luck of the labels that were drawn, which the interval tells of."""
    board = suite_board(BOARD, read_suite(suite))
    for task in board.tasks:
        drawn = task.name.startswith("synthetic_")
        expected = {"attribution_auroc_saliency", "auroc"} if drawn else set()
        assert set(task.ceilings) == expected
        assert all(0.9 < value <= 1 for value in task.ceilings.values())
    for ladder in board.ladders:
        ceilings = [floor for floor in ladder.floors if floor.slug == "(Bayes ceiling)"]
        known = all(task.ceilings for task in board.tasks) or "/synthetic_" in ladder.key
        assert len(ceilings) == (ladder.key.startswith("prediction") and known)
        for place in (*ladder.places, *ladder.floors) if ceilings else ():
            assert (place.score.low or place.score.value) <= ceilings[0].score.value


@pytest.mark.parametrize(
    ("suite", "families", "some"),
    [("yeast", 5, "Myb/SANT domain factors"), ("filters", 12, "Maf-related")],
)
def test_factors_of_one_task_are_ranked_by_family(suite, families, some):
    board = suite_board(BOARD, read_suite(suite))
    own = [ladder for ladder in board.ladders if "/family/" in ladder.key]
    assert len(own) == families
    assert {ladder.key.partition("/")[0] for ladder in own} == {"prediction"}
    whole = {place.slug for place in board.ladder("prediction").places}
    assert all({place.slug for place in ladder.places} == whole for ladder in own)
    assert f"the family {some}: " in board.ladder(f"prediction/family/{some}").heading
