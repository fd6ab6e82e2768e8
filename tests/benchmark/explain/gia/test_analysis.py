"""Several experiments together, and what they leave on disk."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from tfbs.benchmark.explain.gia import EXPERIMENTS
from tfbs.benchmark.explain.gia.analysis import Setting, analyse, rank_agreement
from tfbs.benchmark.explain.gia.nulls import Source
from tfbs.benchmark.explain.gia.patterns import read_pattern
from tfbs.benchmark.explain.gia.sites import Sites
from tfbs.benchmark.explain.gia.spec import make_experiment
from tfbs.benchmark.explain.gia.tables import clear, verdict, write_tables
from tfbs.benchmark.explain.gia.task_motifs import TaskMotifs
from tfbs.benchmark.report.gia import draw_analysis
from tfbs.datasets.alphabet import one_hot
from tfbs.errors import UserError

LENGTH = 60
WEIGHTS = np.random.default_rng(3).normal(size=(LENGTH, 4))
SETTINGS = {"kmers": {"width": 3}, "position": {"step": 10}, "gc": {"reach": 9}}


def score(codes):
    return (one_hot(codes) * WEIGHTS).sum(axis=(1, 2))


@pytest.fixture(scope="module")
def setting():
    codes = np.random.default_rng(0).integers(0, 4, (40, LENGTH)).astype("uint8")
    motifs = TaskMotifs(
        (read_pattern("MA0079.3"), read_pattern("TGASTCA")), (read_pattern("ACGT"),)
    )
    return Setting(Source(codes, score), motifs, Sites(codes), lambda c: -score(c), samples=20)


@pytest.fixture(scope="module")
def analyses(setting):
    return analyse([make_experiment(n, **SETTINGS.get(n, {})) for n in EXPERIMENTS], setting)


def test_each_experiment_has_its_own_null_model_and_samples(setting):
    found = analyse(
        [
            make_experiment("motif"),
            make_experiment("motif", name="few", null_model="uniform", samples=7),
        ],
        setting,
    )
    assert [(one.name, one.null, one.samples) for one in found] == [
        ("motif", "dinucleotide_shuffle", 20),
        ("few", "uniform", 7),
    ]
    assert found[1].findings[0].effect.samples == 7


def test_what_is_usual_holds_where_nothing_is_said(setting):
    found = analyse([make_experiment("motif")], replace(setting, samples=None))
    assert found[0].samples == found[0].findings[0].effect.samples == 300


def test_two_of_one_name_are_refused(setting):
    with pytest.raises(UserError, match="two experiments are called 'motif': give one another"):
        analyse([make_experiment("motif"), make_experiment("motif", samples=3)], setting)


def test_an_unknown_null_model_is_refused(setting):
    with pytest.raises(UserError, match="no null model is called 'unifrom'; nearest: uniform"):
        analyse([make_experiment("motif", null_model="unifrom")], setting)


def test_progress_is_told(setting):
    told = []
    analyse([make_experiment("motif")], setting, told.append)
    assert told == [f"motif, condition {i} of 3" for i in (1, 2, 3)]


def test_a_rule_that_is_the_opposite_has_correlation_minus_one(analyses):
    assert {one.kind for one in analyses if rank_agreement(one) == pytest.approx(-1)} >= {
        "motif", "kmers", "position", "variants",
    }  # fmt: skip


def test_without_a_rule_there_is_no_correlation(setting):
    (one,) = analyse([make_experiment("motif")], replace(setting, rule=None))
    assert rank_agreement(one) is None and one.findings[0].true is None
    assert "rule" not in verdict([one])


def test_tables_hold_every_effect(analyses, tmp_path):
    written = write_tables(tmp_path, analyses, {"run": "a"})
    assert {path.name for path in written} == {f"{n}.csv" for n in EXPERIMENTS} | {"gia.json"}
    content = json.loads((tmp_path / "gia.json").read_text())
    assert content["run"] == "a"
    for one, described in zip(analyses, content["analyses"], strict=True):
        rows = list(csv.DictReader((tmp_path / f"{one.name}.csv").read_text().splitlines()))
        assert len(rows) == len(one.findings) == len(described["findings"])
        last = one.findings[-1]
        assert float(rows[-1]["effect"]) == last.effect.mean == described["findings"][-1]["effect"]
        assert float(rows[-1]["true_effect"]) == last.true
        assert {key: str(own) for key, own in last.labels.items()}.items() <= rows[-1].items()
    assert not list(tmp_path.glob(".*"))


def test_what_an_earlier_call_left_goes_and_nothing_else(analyses, tmp_path):
    for one in write_tables(tmp_path, analyses[:2], {"run": "a"}):
        one.with_suffix(".png").touch()
    own = tmp_path / "mine.csv"
    own.touch()
    clear(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.csv", "gia.png"}
    clear(tmp_path / "nowhere")


def test_the_verdict_names_every_experiment_and_the_rule(analyses):
    text = verdict(analyses)
    assert all(one.name in text for one in analyses) and "the rule" in text
    assert "position: Spearman with the rule -1.000 over" in text


@pytest.mark.parametrize("name", list(EXPERIMENTS))
def test_every_experiment_is_drawn(analyses, name, tmp_path):
    one = next(own for own in analyses if own.kind == name)
    path = draw_analysis(tmp_path / "a.png", one)
    assert path.read_bytes()[:4] == b"\x89PNG"
