"""The page of published numbers beside ours; the one in the docs is that of the records."""

from __future__ import annotations

from statistics import fmean

import pytest
from tests.benchmark.test_published import SALIENCY, VALUES, line, printed
from tests.benchmark.test_report import make_record

from tfbs.benchmark.report.reproduced import (
    Repeated,
    difference,
    repeating_suites,
    reproduced_page,
)
from tfbs.benchmark.suite import Suite, shipped_suites


@pytest.fixture(scope="module")
def records():
    return [
        make_record(
            "cnn",
            settings={"activation": "exponential", "width": 8},
            seed=seed,
            metrics={"auroc": 0.9 - 0.1 * seed, SALIENCY: value},
        )
        for seed, value in enumerate(VALUES["exponential"])
    ]


def test_a_difference_is_ours_less_theirs_of_the_same_share(records):
    assert difference(printed(0.8), records) == pytest.approx(fmean(VALUES["exponential"]) - 0.8)
    best = printed(0.8, kept=6, kept_by="auroc")  # two of three: seeds 0 and 1
    expected = fmean(VALUES["exponential"][:2]) - 0.8
    assert difference(best, records) == pytest.approx(expected)
    assert difference(printed(0.8, "relu"), records) is None


def test_the_page_counts_what_is_near_and_what_has_no_run(records, monkeypatch):
    results = [printed(0.827), printed(0.5), printed(0.7, "relu")]
    monkeypatch.setattr("tfbs.benchmark.report.reproduced.published_results", lambda name: results)
    suite = Suite.model_validate(
        {
            "name": "mine",
            "version": 1,
            "description": "One.",
            "matrix": [{"tasks": ["planted"], "architectures": ["cnn"]}],
        }
    )
    page = reproduced_page([Repeated(suite, records, 6)])
    assert "3 of 6 runs of the suite are finished; 2 of 3 published numbers have a run." in page
    # 0.83 - 0.827 and 0.83 - 0.5, of which only the first is within 2 x 0.02
    assert "difference is 0.167; 1 of 2 are within two published standard deviations" in page
    assert page.count(f"| planted | {line('exponential')} |") == 2
    assert page.count("| +0.003 |") == page.count("| +0.330 |") == 1
    none = reproduced_page([Repeated(suite, [], 6)])
    assert "0 of 3 published numbers have a run." in none and "|" not in none


def test_no_suite_is_called_as_the_page_is():
    assert "published" not in shipped_suites()
    assert set(repeating_suites()) <= set(shipped_suites())
