"""Agreement of explanations between runs, as the report shows it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr
from tests.benchmark.test_report import described, make_record, page_of, section

from tfbs.benchmark.report.agreement import agreement, agreements, rank


def one_hot_rows(n: int, length: int) -> np.ndarray:
    return np.eye(4)[np.random.default_rng(0).integers(0, 4, (n, length))]


@pytest.fixture
def maps():
    return np.random.default_rng(1).normal(size=(6, 20, 4))


def test_a_run_agrees_with_itself_and_not_with_its_negation(maps):
    rows, sequence = np.arange(6), one_hot_rows(6, 20)
    first = rank(0, rows, maps, sequence)
    assert agreement(first, rank(1, rows, 3 * maps, sequence)) == pytest.approx(1)
    assert agreement(first, rank(1, rows, -maps, sequence)) == pytest.approx(-1)


def test_runs_are_compared_on_the_sequences_that_both_explain(maps):
    """As with permuted labels, which change what is bound: rows in another order, some others."""
    sequence = one_hot_rows(9, 20)
    first = np.array([7, 2, 5, 0, 1, 3])
    second = np.array([1, 8, 7, 6, 4, 5])
    other = np.random.default_rng(2).normal(size=(6, 20, 4))
    found = agreement(
        rank(0, first, maps, sequence[first]), rank(1, second, other, sequence[second])
    )
    expected = []
    for row in (7, 5, 1):
        scores = [
            (own[list(rows).index(row)] * sequence[row]).sum(axis=1)
            for rows, own in ((first, maps), (second, other))
        ]
        expected.append(spearmanr(*scores).statistic)
    assert found == pytest.approx(np.mean(expected))


def test_runs_without_a_common_sequence_are_left_out(maps):
    sequence = one_hot_rows(6, 20)
    runs = [rank(line, np.arange(6) + 6 * line, maps, sequence) for line in (0, 1)]
    assert agreements(runs) == {}


def test_the_diagonal_is_between_seeds_and_a_line_of_one_seed_has_none(maps):
    sequence, rows = one_hot_rows(6, 20), np.arange(6)
    runs = [rank(line, rows, maps, sequence) for line in (0, 0, 1)]
    assert agreements(runs) == pytest.approx({(0, 0): 1.0, (0, 1): 1.0})


def records_with_maps(task, n: int = 10):
    """Two seeds of a network, alike; the same on permuted labels, its opposite."""
    test = task.splits["test"]
    bound = np.flatnonzero(test.label[:, 0])[:n]
    truth = np.repeat(np.asarray(test.information[bound])[:, :, None], 4, axis=2)
    records, arrays = [], {}
    for index, (regime, seed) in enumerate(
        [("standard", 0), ("standard", 1), ("permuted_labels", 0)]
    ):
        noise = np.random.default_rng(index).normal(0, 1e-3, truth.shape)
        own = {
            "attribution_deepshap": (truth + noise) * (-1 if regime == "permuted_labels" else 1),
            "explained_rows": bound,
        }
        records.append(make_record(regime=regime, seed=seed, arrays=described(own)))
        arrays[records[-1]["id"]] = own
    return records, lambda record, name: arrays[record["id"]].get(name)


def test_the_page_has_a_section_on_it(tmp_path, planted_task):
    records, arrays = records_with_maps(planted_task)
    found = section(page_of(records, tmp_path / "a.html", arrays, planted_task), "agreement")
    assert "planted: DeepSHAP" in found and "planted: ISM" not in found
    means = dict(
        word.rsplit(" ", 1)
        for word in found.split("On average ")[1].split(".<")[0].split(", ")
    )  # fmt: skip
    assert float(means["between seeds"]) > 0.2 > 0 > float(means["between regimes"])
    assert "No array attribution_ism was recorded" in found


def test_one_run_alone_agrees_with_nobody(tmp_path, planted_task):
    records, arrays = records_with_maps(planted_task)
    page = page_of(records[:1], tmp_path / "a.html", arrays, planted_task)
    assert "DeepSHAP" not in section(page, "agreement")
