"""The page with all axes side by side: numbers of the records, and what is pending."""

from __future__ import annotations

import re

import pytest
from tests.benchmark.test_report import make_metric, make_record

from tfbs.benchmark.report.side_by_side import side_by_side
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.suite import Suite

SUITE = Suite.model_validate(
    {
        "name": "mine",
        "version": 1,
        "description": "Three networks.",
        "matrix": [{"tasks": ["planted"], "architectures": ["deep"]}],
    }
)


def finished(architecture, seed, auroc, saliency, seconds):
    metrics = {"auroc": auroc, "attribution_auroc_saliency": saliency, "auroc_pgd_0.02": None}
    cost = {"parameters": 100, "training_seconds": seconds, "training_examples_per_second": 1234.5}
    return make_record(architecture, seed=seed, metrics=metrics, cost=cost)


@pytest.fixture(scope="module")
def page():
    records = [
        finished("cnn_2", 0, 0.90, 0.60, 20.0),
        finished("cnn_2", 1, 0.92, 0.62, 40.0),
        finished("danq", 0, 0.95, 0.55, 90.0),
        finished("basenji", 0, 0.80, 0.70, 50.0),
    ]
    pending = [finished("danq", 1, 0, 0, 0), finished("satori", 0, 0, 0, 0)]
    specs = [RunSpec.from_json(record["spec"]) for record in [*records, *pending]]
    strange = finished("cnn_2", 7, 0.99, 0.99, 1.0)  # of no run of the suite
    return side_by_side(SUITE, specs, [*records, strange])


def test_a_line_is_an_architecture_with_the_median_over_its_seeds_the_most_accurate_first(page):
    header, _, *lines = re.findall(r"^\|.*\|$", page, re.MULTILINE)
    assert header == (
        "| architecture | family | regime | seeds | converged | parameters | AUROC | "
        "attribution AUROC | AUROC, PGD ε 0.02 | training time | sequences/s in training |"
    )
    assert lines[0] == (
        "| danq ◆ | CNN-RNN | standard | 1 |  | **100** | **0.950** | 0.550 | undefined | 90 s | "
        "**1,234** |"
    )
    names = [line.split(" | ")[0] for line in lines]
    assert names == ["| danq ◆", "| cnn_2 ◆", "| basenji ◆"]  # better explained, the less accurate
    assert (
        "| cnn_2 ◆ | CNN | standard | 2 |  | **100** | 0.910 | 0.610 | undefined | **30 s**" in page
    )


def test_the_best_of_each_axis_and_the_rank_correlation_are_said(page):
    assert (
        "* Best of 3, by the medians, told apart or not: in AUROC danq (0.950), in attribution "
        "AUROC basenji (0.700), in training time cnn_2 (30 s)." in page
    )
    assert "* AUROC and attribution AUROC: Spearman correlation -1.00 over 3 lines" in page
    assert "AUROC and AUROC, PGD" not in page  # undefined everywhere


def test_what_is_not_finished_is_named_with_its_seeds(page):
    assert "4 of 6 runs are finished." in page
    assert "Pending, with their seeds: danq (1), satori (0)." in page
    nothing = side_by_side(SUITE, [RunSpec.from_json(make_record("cnn_2")["spec"])], [])
    assert "0 of 1 runs are finished." in nothing and "## planted\n\nPending" in nothing


def test_networks_that_differ_in_a_setting_are_pending_by_that_setting():
    networks = [
        make_record("cnn_2", settings={"activation": activation, "width": 8}, seed=seed)
        for activation in ("relu", "exponential")
        for seed in (0, 1)
    ]
    specs = [RunSpec.from_json(record["spec"]) for record in networks]
    page = side_by_side(SUITE, specs, networks[:1])
    assert "| cnn_2[activation=relu] |" in page
    assert "cnn_2[activation=relu] (1), cnn_2[activation=exponential] (0, 1)." in page


def test_a_value_that_is_in_no_record_has_no_column(page):
    assert "average precision" not in page and "DeepSHAP" not in page
    record = make_record("cnn_2", metrics={"auroc": 0.9})
    record["metrics"].append(make_metric("attribution_auroc_deepshap", 0.6))
    page = side_by_side(SUITE, [RunSpec.from_json(record["spec"])], [record])
    assert "attribution AUROC, DeepSHAP |" in page
