"""The report: self-contained, complete, honest about what is missing, right in its sentences."""

from __future__ import annotations

import base64
import hashlib
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from tfbs.__main__ import main
from tfbs.benchmark.breakdown import breakdowns
from tfbs.benchmark.columns import COLUMNS
from tfbs.benchmark.record import validate_record, write_arrays, write_record
from tfbs.benchmark.report import Places, ranking, write_report
from tfbs.benchmark.report.attributions import explained_sequences
from tfbs.benchmark.report.describe import run_command
from tfbs.benchmark.report.disagreement import judge
from tfbs.benchmark.report.drawing import styles
from tfbs.benchmark.report.filters import informative
from tfbs.benchmark.report.logos import consensus, letter_heights
from tfbs.benchmark.report.section import Material
from tfbs.benchmark.report.training import count_epochs
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.spec import RunSpec, resolve_spec
from tfbs.benchmark.terminal import suite_table
from tfbs.benchmark.training.permuted_labels import PermutedLabels
from tfbs.benchmark.verdict import verdict
from tfbs.datasets.probe import bound_rows, probe_set
from tfbs.parameters import parse_assignments

Value = float | tuple[float, float, float] | None


def make_record(
    architecture: str = "cnn",
    *,
    settings: Mapping[str, object] | None = None,
    regime: str = "standard",
    seed: int = 0,
    metrics: Mapping[str, Value] | None = None,
    cost: Mapping[str, float] | None = None,
    curves: Mapping[str, list] | None = None,
    probe_curves: Mapping[str, list] | None = None,
    arrays: Mapping[str, dict] | None = None,
) -> dict:
    """A valid record by hand; a metric is a value, or value, low and high, or undefined."""
    spec = RunSpec(
        task={"name": "planted", "config": "", "version": "1.0.0", "fingerprint": "0" * 64},
        architecture={"name": architecture, "hyperparameters": dict(settings or {"width": 8})},
        regime={"name": regime, "parameters": {"epochs": 2}},
        seed=seed,
        protocol="full-1",
    )
    curves = dict(curves or {})
    record = {
        "schema": 1,
        "id": spec.id,
        "spec": spec.to_json(),
        "dataset": {
            "fingerprint": "0" * 64,
            "length": 60,
            "targets": ["bound"],
            "splits": {"test": {"n": 200, "positives": [100]}},
        },
        "training": {
            "curves": curves,
            "probe_curves": dict(probe_curves or {}),
            "epochs": len(curves.get("loss", [])),
            "best_epoch": len(curves.get("loss", [])),
            "steps": 6,
            "chosen": {},
        },
        "metrics": [
            make_metric(name, value) for name, value in (metrics or {"auroc": 0.9}).items()
        ],
        "cost": dict(cost or {"parameters": 100}),
        "arrays": dict(arrays or {}),
        "environment": {"python": "3.11", "packages": {"keras": "3.15"}},
        "code": {"version": "0.1.0", "commit": None, "dirty": None},
    }
    validate_record(record, "by hand")
    return record


def make_metric(name: str, value: Value) -> dict:
    interval = None
    if isinstance(value, tuple):
        value, *interval = value
    return {
        "name": name,
        "target": "bound",
        "split": "test",
        "design": "all",
        "value": value,
        "interval": interval,
        "n": 200,
        "positives": 100,
        "undefined_reason": None if value is not None else "no positives among 200 known labels",
    }


def make_arrays(task, quality: float = 2.0) -> dict[str, np.ndarray]:
    """Outputs and maps of a network that is right, for the right reasons."""
    rng = np.random.default_rng(0)
    test = task.splits["test"]
    probe = probe_set(test.ids, 50, where=test.label[:, 0] == 1)
    maps = rng.normal(0, 0.05, (50, task.length, 4))
    maps += quality / 2 * (test.information[probe] > 0)[..., None]
    motifs = np.full((3, 20, 4), 0.25, "float32")
    motifs[0, :] = np.nan
    motifs[2, 5:9] = np.eye(4)
    return {
        "test_logits": (quality * test.label + rng.normal(size=test.label.shape)).astype("float32"),
        "attribution_saliency_corrected": maps.astype("float16"),
        "filter_motifs": motifs,
    }


FULL = {
    "auroc": (0.9123, 0.8911, 0.9314),
    "average_precision": (0.8765, 0.85, 0.9),
    "attribution_auroc_saliency": (0.71, 0.7, 0.72),
    "attribution_aupr_saliency": (0.612, 0.6, 0.62),
    "attribution_aupr_chance": (0.207, 0.2, 0.21),
    "auroc_pgd_0": (0.91, 0.89, 0.93),
    "auroc_pgd_0.02": (0.7, 0.68, 0.72),
    "auroc_pgd_0.1": (0.4321, 0.4, 0.46),
    "auroc_substitution_0.05": (0.83, 0.8, 0.86),
    "reverse_complement_correlation": None,
}
CURVES = {
    "loss": [0.7, 0.5],
    "val_loss": [0.7, None],
    "val_auroc": [0.6, 0.9],
    "val_average_precision": [0.6, 0.9],
}
JOINT = {"epoch": [1, 2], "auroc": [0.6, 0.9], "attribution_stability_pgd_0.02": [0.2, None]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, planted_task):
    """A run's folder with record and arrays."""
    folder = tmp_path_factory.mktemp("run")
    described = write_arrays(folder, make_arrays(planted_task))
    record = make_record(
        metrics=FULL,
        cost={"parameters": 15_265, "macs": 2_410_000, "training_seconds": 180.5},
        curves=CURVES,
        probe_curves=JOINT,
        arrays=described,
    )
    write_record(folder, record)
    return folder, record


def page_of(records, path, arrays=lambda record, name: None, task=None, **more) -> str:
    words = {"title": "A title", "description": "d", "command": "tfbs suite x"} | more
    return write_report(records, arrays, lambda record: task, path, **words).read_text()


@pytest.fixture(scope="module")
def page(folder, planted_task, tmp_path_factory):
    """The page of a run that has everything."""
    path, record = folder
    places = Places(folder=path)
    out = tmp_path_factory.mktemp("out") / "deep" / "run.html"
    glossary = {"auroc": "Area under the ROC curve."}
    return page_of([record], out, places.array, planted_task, glossary=glossary)


def section(page: str, anchor: str) -> str:
    """The HTML of one section, or nothing."""
    found = re.search(rf'<section id="{anchor}">.*?</section>', page, re.DOTALL)
    return unescape(found.group()) if found else ""


def test_the_page_needs_nothing_else(page):
    # what it links to is beside it, and it does without
    assert not re.findall(r"""(?:src|href|action|data)\s*=\s*["'](?!data:|#|run_files/)""", page)
    for word in ("url(", "<script ", "<link", "@import", "srcset", "<iframe", "<object", "fetch("):
        assert word not in page
    (script,) = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in unescape(page)
    assert page.count("<img") >= 12
    assert page.count("<img") == page.count('src="data:image/svg+xml;base64,')
    assert len(re.findall(r'<img [^>]*alt="[^"]+"', page)) == page.count("<img")


def test_the_page_shows_the_numbers_of_the_record(page):
    verdict_html = section(page, "verdict")
    for text in (
        "0.912",
        "0.891\N{EN DASH}0.931",
        "0.612",
        "chance 0.207",
        "15,265",
        "2.41 M",
    ):
        assert text in verdict_html
    assert "undefined" in verdict_html and "no positives among 200 known labels" in verdict_html
    assert "Area under the ROC curve." in verdict_html
    numbers = section(page, "runs")
    for metric in FULL.values():
        assert (f"{metric[0]:.4f}" if metric else "undefined") in numbers
    assert "keras" in numbers and "architecture.width" in numbers
    assert "0" * 64 in section(page, "data")


def test_every_section_is_drawn_where_its_arrays_are_there(page):
    expected = {"training": 3, "joint": 2, "ranking": 2, "robustness": 2, "attributions": 6}
    for anchor, figures in expected.items():
        assert section(page, anchor).count("<img") == figures, anchor
    filters = section(page, "filters")
    assert filters.count("<img") == 1 and "1 of 3 filters, 1 of which fire" in filters
    assert "Filter 2, 8.0 bits, ACGT" in filters


def test_missing_arrays_are_said_and_not_drawn(folder, tmp_path, planted_task):
    page = page_of([folder[1]], tmp_path / "x.html", task=planted_task)
    for anchor, name in (
        ("ranking", "test_logits"),
        ("attributions", "attribution_saliency_corrected"),
        ("filters", "filter_motifs"),
    ):
        assert f"The array {name} is not beside the record" in section(page, anchor)
        assert "<img" not in section(page, anchor)


def test_a_bare_record_gives_a_page(tmp_path):
    page = page_of([make_record()], tmp_path / "x.html")
    assert "labels are unknown" in section(page, "ranking")
    assert "No curves of a probe set were recorded" in section(page, "joint")
    assert "No metric auroc_pgd_… was recorded" in section(page, "robustness")
    assert "No array filter_motifs was recorded" in section(page, "filters")
    assert "comparison needs two runs" in section(page, "verdict")
    assert "<img" not in page


def test_robustness_beyond_the_ladder_is_drawn_where_it_was_measured(tmp_path):
    metrics = {
        "auroc_pgd_0": 0.9,
        "auroc_pgd_0.02": 0.7,
        "auroc_pgd_linf_free_0": (0.9, 0.85, 0.95),
        "auroc_pgd_linf_free_0.02": (0.5, 0.4, 0.6),
        "auroc_fgsm_linf_free_0.02": 0.6,
        "auroc_worst_beam_0": 0.9,
        "auroc_worst_beam_3": 0.2,
        "ece_pgd_0": 0.05,
        "ece_pgd_0.02": 0.3,
        "gradient_masking_unbounded": 1.0,
        "gradient_masking_loss": 0.0,
    }
    curve = np.array([[0.1, 0.2, 30], [np.nan, np.nan, 0], [0.9, 0.7, 20]], "float32")
    described = write_arrays(tmp_path, {"reliability_pgd_0": curve})
    record = make_record(metrics=metrics, arrays=described)
    drawn = section(
        page_of([record], tmp_path / "x.html", lambda record, name: curve), "robustness"
    )
    for words in (
        "attacked off the simplex, L∞: AUROC",
        "worst substitutions (beam search): AUROC",
        "calibration under attack: expected calibration error",
        "predicted probability, clean",
    ):
        assert words in drawn, words
    assert drawn.count("<img") == 5  # with the basic ladder
    assert "on the simplex" not in drawn and "auroc_shift" not in drawn
    assert "fail a gate" in drawn and "(unbounded)" in drawn


def test_data_of_another_fingerprint_are_not_used(folder, tmp_path, planted_task):
    from dataclasses import replace

    other = replace(planted_task, fingerprint="1" * 64)
    page = page_of([folder[1]], tmp_path / "x.html", Places(folder=folder[0]).array, other)
    assert "<img" not in section(page, "ranking") + section(page, "attributions")


def test_outputs_that_do_not_fit_the_labels_are_not_drawn(folder, tmp_path, planted_task):
    record = make_record(arrays={"test_logits": dict(folder[1]["arrays"]["test_logits"])})
    for shape, words in (((7, 1), "another shape"), ((200, 2), "do not fit the labels")):
        record["arrays"]["test_logits"]["shape"] = [200, 1] if shape == (7, 1) else [200, 2]
        page = page_of(
            [record], tmp_path / "x.html", lambda r, name, s=shape: np.zeros(s), planted_task
        )
        assert words in section(page, "ranking")


def test_text_is_escaped(tmp_path):
    nasty = "<script>alert('x')</script>"
    records = [make_record(nasty, curves=CURVES), make_record("b", settings={nasty: nasty})]
    page = page_of(records, tmp_path / "x.html", title=nasty, command=nasty, description=nasty)
    assert nasty not in page and page.count("<script") == 1
    assert page.count("&lt;script&gt;") > 5


def test_arrays_count_only_with_their_hash(folder, tmp_path):
    path, record = folder
    places = Places(folder=tmp_path)
    assert places.array(record, "test_logits") is None
    (tmp_path / "arrays").mkdir()
    target = tmp_path / record["arrays"]["test_logits"]["path"]
    target.write_bytes((path / record["arrays"]["test_logits"]["path"]).read_bytes())
    assert places.array(record, "test_logits").shape == (200, 1)
    np.save(target, np.zeros((200, 1), "float32"))
    assert places.array(record, "test_logits") is None


def test_several_seeds_give_median_and_range(tmp_path):
    values = {3: 0.7, 0: 0.9, 1: 0.6}
    records = [make_record(seed=s, metrics={"auroc": (v, 0, 1)}) for s, v in values.items()]
    (row,) = verdict(records, shared_settings(records))
    cell = row.cells["auroc"]
    assert (cell.value, cell.interval, cell.over_seeds) == (0.7, (0.6, 0.9), True)
    assert [record["spec"]["seed"] for record in row.records] == [0, 1, 3]
    assert row.cells["parameters"].interval is None  # the same for every seed
    page = page_of(records, tmp_path / "x.html")
    assert "0.700" in page and "0.600\N{EN DASH}0.900" in page and "of 3 seeds" in page


def test_one_seed_keeps_its_interval_and_an_undefined_value_its_reason():
    (row,) = verdict([make_record(metrics=FULL)], lambda record: ({"width": 8}, {"epochs": 2}))
    assert row.architecture == "cnn" and row.regime == "standard"
    assert row.cells["auroc"].interval == (0.8911, 0.9314)
    assert row.cells["attribution_aupr_saliency"].chance == 0.207
    assert "no positives" in row.cells["reverse_complement_correlation"].reason
    assert "macs" not in row.cells


def test_only_settings_that_differ_are_in_a_name():
    records = [
        make_record(settings={"width": 8, "activation": "relu"}),
        make_record(settings={"width": 8, "activation": "exponential"}),
        make_record("other", settings={"depth": 3}),
    ]
    rows = verdict(records, shared_settings(records))
    names = [row.architecture for row in rows]
    assert names == ["cnn[activation=relu]", "cnn[activation=exponential]", "other"]


def test_the_best_is_marked_and_what_overlaps_it():
    aurocs = {"a": (0.9, 0.88, 0.92), "b": (0.89, 0.87, 0.91), "c": (0.5, 0.4, 0.6)}
    records = [
        make_record(name, metrics={"auroc": value}, cost={"parameters": size})
        for (name, value), size in zip(aurocs.items(), (10, 5, 7), strict=True)
    ]
    rows = verdict(records, shared_settings(records))
    assert [row.cells["auroc"].mark for row in rows] == ["best", "near", ""]
    assert [row.cells["parameters"].mark for row in rows] == ["", "best", ""]


def test_the_terminal_has_the_columns_of_the_page():
    table = suite_table([make_record(metrics=FULL)])
    for column in COLUMNS:
        assert (f" {column.name} " in table.replace("\n", " ")) == (
            column.name in {**FULL, "parameters": 100}
        )
    assert "0.612  [0.600, 0.620] chance 0.207" in table


def test_settings_that_differ_are_listed_once_below_the_table(planted_task):
    specs = [
        resolve_spec(planted_task, "cnn_local", None, seed, {"num_filters": 2}, "quick-1")
        for seed in (0, 1)
    ]
    records = [make_record(metrics={"auroc": 0.9}) | {"spec": spec.to_json()} for spec in specs]
    below = suite_table(records).partition("Settings that differ from the defaults:\n")[2]
    assert below == "cnn_local[num_filters=2] standard"


def make_genome_record(seed: int, lift: float) -> dict:
    """Two targets, a chromosome of its own, and a design."""
    record = make_record(metrics={"auroc": 0.9})
    record["spec"]["seed"] = seed
    record["dataset"] |= {
        "targets": ["Abf1", "Reb1"],
        "splits": {"test": {"n": 9000, "positives": [30, 1234]}},
    }
    base = {**make_metric("auroc", 0.5), "target": "mean"}
    record["metrics"] = [
        {**base, "target": "Abf1", "value": 0.8},
        {**base, "target": "Reb1", "value": 0.9},
        {**base, "value": 0.85, "split": "test_cell"},
        {**base, "value": 0.85},
        {**base, "value": 0.95, "split": "test:chrIV"},
        {**base, "value": 0.6, "design": "gc_matched"},
        {**base, "name": "lift", "value": lift},
    ]
    record["id"] = RunSpec.from_json(record["spec"]).id
    validate_record(record, "by hand")
    return record


def test_the_headline_is_the_mean_on_the_test_split_against_all_negatives():
    (row,) = verdict([make_genome_record(0, 9.0)])
    assert row.cells["auroc"].value == 0.85


def test_numbers_are_broken_down_by_target_and_by_negatives():
    rows = verdict([make_genome_record(seed, lift) for seed, lift in enumerate((7.0, 12.0, 9.0))])
    found = {(b.by, b.column.name): b for b in breakdowns(rows)}
    assert set(found) == {("target", "auroc"), ("target", "lift"), ("negatives", "auroc")} | {
        ("negatives", "lift")
    }
    targets = found["target", "auroc"].lines
    assert [(line.name, line.note) for line in targets] == [
        ("Abf1", "30"),
        ("Reb1", "1,234"),
        ("mean", ""),
    ]
    assert [line.cells[0].value for line in targets] == [0.8, 0.9, 0.85]
    designs = found["negatives", "auroc"].lines
    assert {line.name: line.cells[0].value for line in designs} == {"all": 0.85, "gc_matched": 0.6}
    (mean,) = found["target", "lift"].lines
    assert (mean.cells[0].value, mean.cells[0].interval) == (9.0, (7.0, 12.0))


def test_numbers_are_broken_down_by_test_split():
    record = make_record(metrics={"auroc": 0.9, "auroc_drop": 0.0})
    record["metrics"].pop()
    shifted = make_metric("auroc", 0.7), make_metric("auroc_drop", 0.2)
    record["metrics"] += [{**metric, "split": "test_spacing"} for metric in shifted]
    record["dataset"]["splits"]["test_spacing"] = {"n": 200, "positives": [90]}
    found = {(b.by, b.column.name): b.lines for b in breakdowns(verdict([record]))}
    areas = found["test split", "auroc"]
    assert [(line.name, line.cells[0].value) for line in areas] == [
        ("test", 0.9),
        ("test_spacing", 0.7),
    ]
    (drop,) = found["test split", "auroc_drop"]
    assert (drop.name, drop.cells[0].value) == ("test_spacing", 0.2)
    assert "auroc_drop by test split, planted" in suite_table([record])


def test_the_terminal_breaks_numbers_down_and_numbers_the_lines():
    table = suite_table([make_genome_record(0, 9.0)])
    assert re.search(r"auroc by target, \S+ +bound +\(1\)\n-+\nAbf1 +30 +0.800\n", table)
    assert re.search(r"auroc by negatives, \S+ +\(1\)\n-+\nall +0.850\ngc_matched +0.600", table)
    assert "(1) " in table.split("In the tables below:")[1]


def judged(**rows: Mapping[str, Value]):
    """The judgement of one task, from metrics by architecture; `parameters` goes to the cost."""
    records = [
        make_record(
            name,
            metrics={k: v for k, v in metrics.items() if k != "parameters"},
            cost={"parameters": metrics.get("parameters", 100)},
        )
        for name, metrics in rows.items()
    ]
    (judgement,) = judge(verdict(records, shared_settings(records)), COLUMNS)
    return judgement


AUPR = "attribution_aupr_saliency"


def test_the_most_accurate_is_called_third_when_two_are_better():
    judgement = judged(
        a={"auroc": (0.95, 0.94, 0.96), AUPR: (0.5, 0.48, 0.52)},
        b={"auroc": (0.90, 0.89, 0.91), AUPR: (0.6, 0.58, 0.62)},
        c={"auroc": (0.85, 0.84, 0.86), AUPR: (0.7, 0.68, 0.72)},
    )
    assert judgement.most_accurate.startswith("a (standard) has the highest AUROC: 0.950")
    assert judgement.disagreements == (
        "The highest in AUROC, a (standard), is only third of 3 in attribution AUPR: "
        "0.500 [0.480, 0.520], against 0.700 [0.680, 0.720] of c (standard).",
    )


@pytest.mark.parametrize("seeds", [2, 3])
def test_under_three_seeds_what_is_said_is_of_the_trained_models(seeds):
    records = [
        make_record(name, seed=seed, metrics={"auroc": (value, value - 0.01, value + 0.01)})
        for name, value in (("a", 0.95), ("b", 0.9))
        for seed in range(seeds)
    ]
    (judgement,) = judge(verdict(records, shared_settings(records)), COLUMNS)
    few = "its recipe is called neither better nor worse." in judgement.most_accurate
    assert few == (seeds < 3)


def test_overlapping_intervals_are_no_difference():
    judgement = judged(
        a={"auroc": (0.95, 0.94, 0.96), AUPR: (0.5, 0.40, 0.60)},
        b={"auroc": (0.90, 0.89, 0.91), AUPR: (0.6, 0.55, 0.65)},
    )
    assert judgement.disagreements == ()


def test_metrics_without_intervals_are_no_difference():
    judgement = judged(a={"auroc": 0.95, AUPR: 0.5}, b={"auroc": 0.90, AUPR: 0.6})
    assert judgement.disagreements == ()
    assert "0.950, not to be told from b (standard)." in judgement.most_accurate


def test_ranges_over_seeds_stand_in_parentheses():
    records = [
        make_record(name, seed=seed, metrics={"auroc": (value + seed / 100, value, value + 0.05)})
        for name, value in (("a", 0.9), ("b", 0.8))
        for seed in range(3)
    ]
    (judgement,) = judge(verdict(records, shared_settings(records)), COLUMNS)
    assert "AUROC: 0.910 (0.900, 0.920)" in judgement.most_accurate


def test_an_inversion_below_the_most_accurate_is_found():
    judgement = judged(
        a={"auroc": (0.95, 0.94, 0.96), AUPR: (0.8, 0.78, 0.82)},
        b={"auroc": (0.90, 0.89, 0.91), AUPR: (0.5, 0.48, 0.52)},
        c={"auroc": (0.85, 0.84, 0.86), AUPR: (0.7, 0.68, 0.72)},
    )
    (sentence,) = judgement.disagreements
    assert sentence.startswith("b (standard) has a higher AUROC than c (standard)")
    assert sentence.endswith(
        "is worse in attribution AUPR: 0.500 [0.480, 0.520] against 0.700 [0.680, 0.720]."
    )


def test_a_tie_in_accuracy_that_another_axis_decides_is_found():
    judgement = judged(
        a={"auroc": (0.95, 0.93, 0.97), AUPR: (0.8, 0.78, 0.82), "parameters": 1000},
        b={"auroc": (0.94, 0.92, 0.96), AUPR: (0.5, 0.48, 0.52), "parameters": 10},
    )
    assert "not to be told from b (standard)" in judgement.most_accurate
    assert judgement.disagreements == (
        "AUROC does not tell a (standard) (0.950 [0.930, 0.970]) from b (standard) "
        "(0.940 [0.920, 0.960]), attribution AUPR does: 0.800 [0.780, 0.820] against "
        "0.500 [0.480, 0.520].",
        "AUROC does not tell b (standard) from a (standard), which has 1,000 parameters instead of "
        "10.",
    )


def test_the_sentences_reach_the_page(tmp_path):
    records = [
        make_record("a", metrics={"auroc": (0.95, 0.94, 0.96), AUPR: (0.5, 0.48, 0.52)}),
        make_record("b", metrics={"auroc": (0.90, 0.89, 0.91), AUPR: (0.6, 0.58, 0.62)}),
    ]
    page = page_of(records, tmp_path / "x.html")
    assert "is only second of 2 in attribution AUPR" in section(page, "verdict")
    assert section(page, "overview").count("<img") == 2


def test_colours_are_of_architectures_and_dashes_of_regimes():
    records = [
        make_record(name, regime=regime, curves=CURVES)
        for name in ("a", "b")
        for regime in ("standard", "pgd")
    ]
    a, a_pgd, b, b_pgd = styles(verdict(records, shared_settings(records)))
    assert a.colour == a_pgd.colour != b.colour == b_pgd.colour
    assert a.dash == b.dash != a_pgd.dash == b_pgd.dash
    assert a_pgd.label == "a, pgd"


def test_the_command_repeats_the_settings():
    settings = {"width": 8, "activation": "relu", "word": "3", "epochs": 5, "rates": [0.1, 2]}
    record = make_record(settings=settings, seed=4)
    words = shlex.split(run_command(record))
    assignments = parse_assignments(words[i + 1] for i, word in enumerate(words) if word == "--set")
    prefixed = {k if k != "epochs" else "architecture.epochs": v for k, v in settings.items()}
    assert assignments == prefixed | {"regime.epochs": 2}
    assert words[words.index("--seed") + 1] == "4"
    usual = run_command(record, lambda record: ({**settings, "width": 9}, {"epochs": 2}))
    assert usual == (
        "tfbs run --task planted --architecture cnn --regime standard --seed 4 "
        "--protocol full-1 --set width=8"
    )


def test_explained_sequences_are_the_first_of_the_probe_set(planted_task):
    test = planted_task.splits["test"]
    hashes = {
        str(name): hashlib.sha256(str(name).encode()).hexdigest()
        for name in test.ids[test.label[:, 0] == 1]
    }
    found = explained_sequences(planted_task, bound_rows(test, 50), 3)
    assert [each.name for each in found] == sorted(hashes, key=hashes.__getitem__)[:3]
    for each in found:
        window = each.window
        assert each.information[window].sum() == each.information.sum()
        assert window.stop - window.start == 50 and 0 <= window.start <= window.stop <= 60


def described(arrays) -> dict[str, dict]:
    """The entries of arrays that are only in memory."""
    return {
        name: {
            "path": f"arrays/{name}.npy",
            "sha256": "0" * 64,
            "shape": list(array.shape),
            "dtype": str(array.dtype),
        }
        for name, array in arrays.items()
    }


@pytest.mark.parametrize("rows_recorded", [True, False])
@pytest.mark.parametrize("control_first", [True, False])
def test_a_control_with_other_labels_is_drawn_on_its_own_rows(
    planted_task, tmp_path, rows_recorded, control_first
):
    """Both find every motif of the sequences that they explain; the control explains others."""
    control = PermutedLabels().prepare_task(planted_task, 0)
    records, arrays, tasks = [], {}, {}
    for name, task in (("a_net", planted_task), ("z_control", control)):
        test = task.splits["test"]
        rows = bound_rows(test, 60)
        truth = np.asarray(test.information[rows]) > 0
        own = {
            "test_logits": (3.0 * test.label).astype("float32"),
            "attribution_saliency_corrected": np.repeat(truth[..., None], 4, 2).astype("float16"),
        } | ({"explained_rows": rows} if rows_recorded else {})
        regime = "standard" if name == "a_net" else "permuted_labels"
        records.append(make_record(name, regime=regime, arrays=described(own)))
        arrays[records[-1]["id"]], tasks[records[-1]["id"]] = own, task
    if control_first:
        records.reverse()
    path = write_report(
        records,
        lambda record, name: arrays[record["id"]].get(name),
        lambda record: tasks[record["id"]],
        tmp_path / "x.html",
        title="t",
        description="d",
        command="c",
    )
    shown = re.findall(r"AUROC (\d\.\d\d)", section(path.read_text(), "attributions"))
    assert len(shown) >= 4 and set(shown) == {"1.00"}


@pytest.mark.parametrize(("epochs", "whole"), [([1], [1]), ([1, 2], [1, 2])])
def test_epochs_are_counted_in_whole_numbers(epochs, whole):
    axes = Figure().subplots()
    axes.plot(epochs, epochs, "o")
    count_epochs(axes)
    low, high = axes.get_xlim()
    assert [tick for tick in axes.get_xticks() if low <= tick <= high] == whole


def test_curves_are_drawn_with_the_labels_of_each_run(planted_task, monkeypatch):
    control = PermutedLabels().prepare_task(planted_task, 0)
    records = [make_record(), make_record(regime="permuted_labels")]
    tasks = dict(zip([r["id"] for r in records], (planted_task, control), strict=True))
    found = []
    monkeypatch.setattr(ranking, "_curves", lambda curves, *words: found.extend(curves) or [])
    rows = verdict(records, shared_settings(records))
    own = {key: task.splits["test"].label.astype("float32") for key, task in tasks.items()}
    for record in records:
        record["arrays"] = described({"test_logits": own[record["id"]]})
    material = Material(rows, styles(rows), lambda record, name: own[record["id"]], tasks)
    ranking.ranking_section(material)
    assert len(found) == 2
    for _, label, score in found:
        np.testing.assert_array_equal(label, score)


def test_information_is_two_bits_of_a_certain_letter_and_none_of_a_uniform_one():
    heights = letter_heights(np.array([[0, 0, 1, 0], [0.25] * 4, [0.5, 0.5, 0, 0]]))
    assert heights.sum(axis=1) == pytest.approx([2, 0, 1])
    assert consensus(heights) == "G.A"


def test_filters_that_never_fire_are_left_out():
    motifs = np.full((4, 6, 4), 0.25)
    motifs[0] = np.nan
    motifs[1, :2] = [0, 1, 0, 0]
    motifs[3, :4] = [0, 0, 0, 1]
    assert [number for number, _ in informative(motifs)] == [3, 1]


def test_the_page_is_the_same_bytes_twice(folder, planted_task, tmp_path, page):
    places = Places(folder=folder[0])
    glossary = {"auroc": "Area under the ROC curve."}
    again = tmp_path / "run.html"
    same = page_of([folder[1]], again, places.array, planted_task, glossary=glossary)
    assert same == page


def test_writing_a_report_does_not_import_tensorflow(folder, tmp_path):
    code = (
        "import sys; from pathlib import Path; from tfbs.benchmark.record import read_record; "
        "from tfbs.benchmark.report import Places, write_report; f = Path(sys.argv[1]); "
        "write_report([read_record(f)], Places(folder=f).array, lambda record: None, "
        "Path(sys.argv[2]), title='t', description='d', command='c'); "
        "print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(folder[0]), str(tmp_path / "x.html")],
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["False", "False"], done.stderr


def test_what_other_verbs_wrote_of_a_run_is_linked_from_its_page(folder, tmp_path, capsys):
    path, record = folder
    start = record["id"][:12]
    for name in (f"modisco/{start}-deepshap/report/motifs.html", "filters/none/filters.png"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("")
    assert main(["report", str(path), "--output", str(tmp_path)]) == 0
    written = Path(capsys.readouterr().out.strip())
    links = re.findall("Beside this page: .*", written.read_text())
    target = f"../modisco/{start}-deepshap/report/motifs.html"
    assert len(links) == 1 and re.findall('href="(.*?)"', links[0]) == [target]
    assert (written.parent / target).resolve().is_file()


def test_the_command_line_reports_a_record(folder, tmp_path, capsys):
    target = tmp_path / "page.html"
    assert main(["report", str(folder[0] / "record.json"), "--to", str(target)]) == 0
    assert capsys.readouterr().out.strip() == str(target)
    page = unescape(target.read_text())
    assert "Area under the ROC curve, exact" in page  # the glossary
    assert "tfbs run --task planted --architecture cnn" in page


def test_the_command_line_refuses_what_is_no_run(output, capsys):
    assert main(["report", "quickstar", "--output", str(output)]) == 2
    assert not output.exists()
    error = capsys.readouterr().err
    assert "neither the beginning of a run's id, nor a record, nor a suite" in error
    assert "quickstart" in error
