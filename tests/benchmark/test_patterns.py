"""TF-MoDISco's patterns: read from its file, matched, and held against what was planted."""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from tfbs import extras
from tfbs.benchmark.evaluation.patterns import annotate, planted_motifs, score_all
from tfbs.benchmark.evaluation.seqlets import score_seqlets
from tfbs.benchmark.explain.modisco import (
    Pattern,
    read_patterns,
    run_modisco,
    write_modisco,
)
from tfbs.benchmark.explain.subjects import probe_subjects
from tfbs.benchmark.report.pattern_sheet import draw_patterns
from tfbs.benchmark.report.pattern_table import (
    planted_summary,
    short_table,
    write_hits,
    write_patterns,
)
from tfbs.datasets.planting import Placement
from tfbs.errors import UserError
from tfbs.jaspar import read_jaspar, read_vertebrates

(YY1,) = read_jaspar(["MA0095.2"]).values()  # 12 wide
INSTALLED = importlib.util.find_spec("modiscolite") is not None
needs_extra = pytest.mark.skipif(not INSTALLED, reason="the extra modisco is not installed")


def make_pattern(name="pos_0", starts=(10, 30), reverse=(False, True)):
    """YY1 between four columns on the left and two on the right that contribute nothing."""
    frequencies = np.full((18, 4), 0.25)
    frequencies[4:16] = YY1.probabilities
    contributions = np.full((18, 4), 1e-3)
    contributions[4:16] = YY1.probabilities
    flags = np.array(reverse)
    return Pattern(
        name, frequencies, contributions, np.arange(len(starts)), np.array(starts), flags
    )


def test_the_core_of_a_seqlet_lies_where_the_pattern_says():
    pattern = make_pattern()
    assert pattern.core == slice(4, 16)
    # of a reversed seqlet the last columns come first: 2 instead of 4 on the left
    assert pattern.cores.tolist() == [[0, 14, 26], [1, 32, 44]]


def test_seqlets_and_planted_motifs_meet_by_half_of_the_shorter():
    planted = [
        (Placement(20, 30, 1, "MA0001.1"), Placement(60, 66, -1, "MA0002.1")),
        (),
        (Placement(40, 50, 1, "MA0001.1"),),
    ]
    seqlets = np.array([[0, 15, 25], [0, 14, 24], [0, 50, 80], [1, 0, 10]])
    found = score_seqlets(seqlets, planted, 100)
    assert found.seqlets == 4 and found.precision == 2 / 4
    assert found.planted == {"MA0001.1": 2, "MA0002.1": 1}
    assert found.recalled == {"MA0001.1": 1, "MA0002.1": 1}
    assert found.recall == pytest.approx(2 / 3)
    # windows of 10: starts 15 to 25 meet the first motif, 53 to 63 the second (half of its 6);
    # windows of 30: half of 10 from -5 to 25, which 0 to 25 are of; half of 6 from 33 to 63
    chances = [22 / 91, 22 / 91, (26 + 31) / 71, 0]
    assert found.chance == pytest.approx(np.mean(chances))
    nothing = score_seqlets(np.zeros((0, 3), int), [()], 100)
    assert np.isnan([nothing.precision, nothing.chance, nothing.recall]).all()


def write_result(path, groups):
    """A file as modisco-lite writes it."""
    with h5py.File(path, "w") as file:
        for sign, patterns in groups.items():
            for number, pattern in enumerate(patterns):
                group = file.create_group(f"{sign}_patterns/pattern_{number}")
                group["sequence"] = pattern.frequencies
                group["contrib_scores"] = pattern.contributions
                seqlets = group.create_group("seqlets")
                seqlets["example_idx"] = pattern.example
                seqlets["start"] = pattern.start
                seqlets["is_revcomp"] = pattern.reverse


def test_patterns_are_read_in_their_order(tmp_path):
    path = tmp_path / "modisco.h5"
    many = [make_pattern(starts=(number,), reverse=(False,)) for number in range(11)]
    write_result(path, {"pos": many, "neg": [make_pattern()]})
    found = read_patterns(path)
    assert [p.name for p in found] == [*(f"pos_{n}" for n in range(11)), "neg_0"]
    assert [p.start[0] for p in found[:11]] == list(range(11))
    np.testing.assert_array_equal(found[-1].reverse, [False, True])
    write_result(path, {})
    assert read_patterns(path) == []


def test_patterns_are_matched_and_written(tmp_path):
    planted = [(Placement(14, 26, 1, "MA0095.2"),), (Placement(5, 17, 1, "MA0095.2"),)]
    noise = make_pattern("neg_0")
    noise.frequencies[:] = 0.25
    patterns = [make_pattern(), noise]
    known, unknown = annotate(patterns, read_vertebrates(), planted, 60)
    assert known.match.motif.matrix_id == "MA0095.2" and known.matched and known.label == "YY1"
    assert known.scores.precision == 0.5 and not unknown.matched and unknown.label == "neg_0"
    write_patterns(tmp_path / "p.csv", [known, unknown])
    with (tmp_path / "p.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert [row["pattern"] for row in rows] == ["pos_0", "neg_0"]
    assert (rows[0]["name"], rows[0]["match"], rows[1]["match"]) == ("YY1", "yes", "no")
    hits = write_hits(tmp_path / "h.bed", [known], ["a", "b"], 60, None).read_text()
    assert hits == "a\t14\t26\tYY1\t0\t+\nb\t32\t44\tYY1\t0\t-\n"
    on_genome = [("chr1", 1000, False), ("chr1", 2000, True)]
    hits = write_hits(tmp_path / "h.bed", [known], ["a", "b"], 60, on_genome).read_text()
    assert hits == "chr1\t1014\t1026\tYY1\t0\t+\nchr1\t2016\t2028\tYY1\t0\t+\n"
    turned = replace(known.match, strand="-")
    for q_value, line in ((0.01, "YY1\t0\t-"), (0.5, "pos_0\t0\t+")):  # of whatever is named
        other = replace(known, match=replace(turned, q_value=q_value))
        hits = write_hits(tmp_path / "h.bed", [other], ["a", "b"], 60, None).read_text()
        assert hits.splitlines()[0] == f"a\t14\t26\t{line}"
    draw_patterns(tmp_path / "p.png", [known, unknown], "two")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    text = short_table([known, unknown])
    assert "YY1" in text and "0.5000" in text and "*" in text.splitlines()[2]
    summary = planted_summary(score_all([patterns[0]], planted, 60))
    assert "of 2 seqlets, 0.500 meet a planted motif" in summary
    assert "of 2 planted motifs, 0.500 are met: MA0095.2 0.50" in summary


def test_only_motifs_of_the_explained_target_count(planted_task):
    class Planted:
        def of(self, rows):
            return [(Placement(0, 8, 1, "MA0001.1"), Placement(9, 17, 1, "MA0002.1"))] * len(rows)

    subjects = probe_subjects(planted_task, 5, None)
    assert planted_motifs(planted_task, subjects) is None
    test = replace(planted_task.splits["test"], placements=Planted())
    task = replace(planted_task, splits={**planted_task.splits, "test": test})
    assert [len(row) for row in planted_motifs(task, subjects)] == [2] * 5
    named = replace(task, motifs={"bound": ("MA0002",)})
    assert all([one.start for one in row] == [9] for row in planted_motifs(named, subjects))


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"extra modisco: .*-e '\.\[modisco\]'"):
        run_modisco(Path(), 200, 100, 1)


@needs_extra
def test_a_planted_motif_is_found_at_its_places(tmp_path):
    rng = np.random.default_rng(0)
    codes, maps = rng.integers(0, 4, (600, 100)), rng.laplace(0, 0.05, (600, 100, 4))
    logs = np.log(YY1.probabilities + 0.05)
    effects = logs - logs.mean(axis=1, keepdims=True)
    planted = []
    for row in range(len(codes)):
        start = int(rng.integers(5, 83))
        codes[row, start : start + 12] = [rng.choice(4, p=p) for p in YY1.probabilities]
        maps[row, start : start + 12] += rng.uniform(0.5, 1.5) * effects
        planted.append((Placement(start, start + 12, 1, "MA0095.2"),))
    sequence = np.eye(4)[codes]
    write_modisco(tmp_path, sequence, maps)
    result = run_modisco(tmp_path, 100, 1000, threads=2)
    patterns = read_patterns(result)
    best = annotate(patterns, read_vertebrates(), planted, 100)[0]
    assert best.match.motif.matrix_id == "MA0095.2" and best.matched
    scores = score_all(patterns, planted, 100)
    assert scores.precision > 0.9 > 0.5 > scores.chance and scores.recall > 0.15
    assert "pos_patterns.pattern_0" in (tmp_path / "report" / "motifs.html").read_text()


@needs_extra
def test_a_failure_is_reported_with_its_last_line(tmp_path):
    with pytest.raises(RuntimeError, match=r"TF-MoDISco ended with status \d+: .*ohe.npz"):
        run_modisco(tmp_path, 80, 100, threads=1)
    assert not list(tmp_path.iterdir())
