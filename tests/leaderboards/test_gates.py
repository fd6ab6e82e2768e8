"""Sanity gates, from metrics by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tfbs.leaderboards.gates import PASSED, UNMEASURED, gates_of, passes


def metric(name: str, value: float | None) -> dict:
    return {
        "name": name, "target": "mean", "split": "probe", "design": "all", "value": value,
        "interval": None, "n": 10, "positives": 5, "undefined_reason": None,
    }  # fmt: skip


def gates(values: dict[str, float], status="converged", suspicions=(), cleared=None):
    """Of an entry of one run."""
    metrics = [metric(name, value) for name, value in values.items()]
    convergence = {"status": status} if status else None
    return gates_of(
        SimpleNamespace(
            records={"f" * 64: {"training": {"convergence": convergence}}},
            verdict=SimpleNamespace(suspicions=list(suspicions), cleared=cleared),
            scores=lambda run_id: metrics,
        )
    )


HONEST = {
    "auroc_pgd_0": 0.9,
    "auroc_pgd_0.02": 0.6,
    "auroc_pgd_0.1": 0.2,
    "gradient_masking": 0.0,
    "randomised_weights_correlation_saliency": 0.1,
}


def test_an_honest_network_passes_all():
    assert set(gates(HONEST).values()) == {PASSED}


@pytest.mark.parametrize(
    ("changes", "gate", "said"),
    [
        ({"auroc_pgd_0.02": 0.95}, "attacked is not better than clean", "0.950 at radius 0.02"),
        (
            {"auroc_pgd_0.1": 0.7},
            "stronger attacks are not weaker",
            "0.600 at 0.02 to 0.700 at 0.1",
        ),
        ({"gradient_masking": 2.0}, "gradients hide nothing", "fails 2 gates"),
        (
            {"randomised_weights_correlation_saliency": 0.9},
            "maps depend on the weights",
            "saliency correlates by 0.90",
        ),
    ],
)
def test_what_fails_a_gate_is_said(changes, gate, said):
    found = gates(HONEST | changes)
    assert said in found[gate]
    assert found[gate].startswith("run ffffffffffff: ")


def test_what_was_not_measured_is_neither_passed_nor_failed():
    found = gates({"auroc": 0.9}, status=None)
    assert [gate for gate, what in found.items() if what != UNMEASURED] == ["nothing suspicious"]


def test_other_statuses_and_suspicions_are_said():
    found = gates(HONEST, "stuck", ["looks copied"], "seen")
    assert found["training converged"] == "run ffffffffffff: stuck"
    assert found["nothing suspicious"] == "cleared: seen (looks copied)"
    assert {name for name, said in found.items() if passes(said) is False} == {"training converged"}
