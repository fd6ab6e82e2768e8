"""Shares of filters that look like motifs of the task, like others, or like nothing."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from tests.benchmark.test_filters import make_detector

from tfbs.benchmark.evaluation.evaluate import evaluate
from tfbs.benchmark.evaluation.filter_match import UNSPECIFIC, measure_filters
from tfbs.benchmark.explain.filters import WINDOW, trimmed
from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.spec import resolve_spec
from tfbs.datasets.catalogue import TASKS
from tfbs.datasets.synthetic_motifs import law
from tfbs.jaspar import read_jaspar

OWN = {"SP1": ("MA0079",), "MEF2A": ("MA0052", "MA0660"), "YY1": ("MA0095",)}


def embedded(matrix_id, start=4):
    """A matrix of JASPAR among uniform columns, as a filter finds it."""
    (motif,) = read_jaspar([matrix_id]).values()
    window = np.full((WINDOW, 4), 0.25)
    window[start : start + motif.width] = motif.probabilities[: WINDOW - start]
    return window


def shares(motifs):
    found = measure_filters(np.stack(motifs), OWN)
    assert all(m.interval is None and m.undefined_reason for m in found)
    return {m.name.removeprefix("filter_"): Fraction(m.positives, m.n) for m in found}


def test_filters_are_counted_as_true_false_or_silent():
    silent = np.full((WINDOW, 4), 0.25)
    motifs = [
        embedded("MA0079.3"),
        embedded("MA0052.3")[::-1, ::-1],  # the other strand
        embedded("MA0660.1"),  # a relative counts as the motif
        embedded("MA0139.1", 0),  # CTCF is no motif of the task
        silent,
    ]
    assert shares(motifs) == {
        "match_fraction": Fraction(4, 5),
        "truth_fraction": Fraction(3, 5),
        "false_fraction": Fraction(1, 5),
        "coverage": Fraction(2, 3),
    }
    assert set(shares([silent, silent]).values()) == {0}


def test_the_unspecific_matrix_alone_is_no_match(monkeypatch):
    from tfbs.benchmark.evaluation import filter_match

    only = dict.fromkeys((UNSPECIFIC, "MA0079.3"), 0.01)
    ids = [motif.matrix_id for motif in filter_match.read_vertebrates()]
    for matrix_id, counted in ((UNSPECIFIC, 0), ("MA0079.3", 1)):
        q_values = np.array([only[i] if i == matrix_id else 1.0 for i in ids])
        monkeypatch.setattr(filter_match, "_q_values", lambda *_, q=q_values: q)
        assert shares([np.full((WINDOW, 4), 0.25)])["match_fraction"] == counted


@pytest.mark.parametrize(("start", "stop"), [(4, 9), (1, 3), (12, 19)])
def test_a_matrix_is_cut_to_its_telling_columns_and_three_beside(start, stop):
    motif = np.full((20, 4), 0.25)
    motif[[start, stop - 1]] = [1, 0, 0, 0]
    expected = motif[max(0, start - 3) : min(20, stop + 3)]
    np.testing.assert_array_equal(trimmed(motif), expected)
    assert trimmed(np.full((20, 4), 0.25)).shape == (0, 4)
    weak = np.tile([0.6, 0.2, 0.1, 0.1], (20, 1))  # 0.43 bits
    assert len(trimmed(weak)) == 0


def test_only_a_protocol_that_asks_and_a_task_that_names_motifs_have_the_metrics(planted_task):
    model = make_detector()
    tiny = {
        name: dataclasses.replace(
            PROTOCOLS[name], robustness_probe=10, explanation_probe=10, epsilons=(0.0,),
            attack_steps=1, fractions=(),
        )
        for name in ("full-1", "filters-1")
    }  # fmt: skip
    named = dataclasses.replace(planted_task, motifs=OWN)
    for task, protocol, there in (
        (named, "filters-1", True),
        (planted_task, "filters-1", False),
        (named, "full-1", False),
    ):
        measured, arrays = evaluate(model, task, tiny[protocol], seed=0)
        assert any(m.name == "filter_truth_fraction" for m in measured) == there
        assert arrays["filter_motifs"].shape == (2, WINDOW, 4)
        [m.to_json() for m in measured]


def test_the_protocol_is_part_of_the_identity_and_the_motifs_are_not(planted_task):
    named = dataclasses.replace(planted_task, motifs=OWN)
    ids = [
        resolve_spec(task, "cnn_2", protocol=protocol).id
        for task in (planted_task, named)
        for protocol in ("full-1", "filters-1")
    ]
    assert ids[:2] == ids[2:] and ids[0] != ids[1]


def test_the_motifs_of_the_twelve_factors_are_named():
    motifs = TASKS["synthetic_motifs"].motifs
    assert list(motifs) == list(law.FACTORS)
    assert all(law.FACTORS[name].startswith(known[0]) for name, known in motifs.items())
    assert not TASKS["synthetic_code"].motifs
