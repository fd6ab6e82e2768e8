"""The page of a suite in Markdown, computed from records."""

from __future__ import annotations

import re

import pytest
from tests.benchmark.test_report import make_record

from tfbs.benchmark.report.markdown import suite_markdown
from tfbs.benchmark.suite import Suite, read_suite


@pytest.fixture(scope="module")
def page():
    suite = Suite.model_validate(
        {
            "name": "mine",
            "version": 1,
            "description": "Two networks.",
            "matrix": [{"tasks": ["planted"], "architectures": ["wide", "deep"]}],
        }
    )
    records = [
        make_record("wide", metrics={"auroc": (0.9, 0.88, 0.92), "auroc_pgd_0.02": 0.5}),
        make_record("deep", metrics={"auroc": (0.8, 0.78, 0.82)}),
        make_record("deep", seed=1, metrics={"auroc": (0.84, 0.82, 0.86)}),
    ]
    return suite_markdown(suite, records, 4)


def test_the_page_says_what_is_finished_and_who_is_best(page):
    assert page.startswith("# Suite mine, version 1\n\nTwo networks. 3 of 4 runs are finished")
    assert "seeds 0, 1." in page
    assert "* wide (standard) has the highest AUROC: 0.900 [0.880, 0.920]. Where a" in page


def test_every_axis_has_a_table_with_values_intervals_and_ranges(page):
    (prediction,) = re.findall(r"## Prediction\n\n((?:\|.*\n)+)", page)
    header, rule, *lines = prediction.splitlines()
    assert header == "| task | architecture | regime | seeds | AUROC |"
    assert rule == "| --- | --- | --- | --- | --- |"
    assert lines == [
        "| planted | deep | standard | 2 | 0.820 (0.800, 0.840) |",
        "| planted | wide | standard | 1 | **0.900** [0.880, 0.920] |",
    ]
    robustness = re.findall(r"## Robustness\n\n((?:\|.*\n)+)", page)[0].splitlines()
    assert robustness[2:] == ["| planted | wide | standard | 1 | 0.500 |"]


def test_a_page_without_records_says_that_all_is_pending():
    suite = read_suite("grammar")
    page = suite_markdown(suite, [], 22)
    assert "0 of 22 runs are finished: all are pending." in page
    assert "|" not in page
