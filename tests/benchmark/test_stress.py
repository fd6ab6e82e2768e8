"""The protocol that puts models to the test, as a whole."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tfbs.benchmark.evaluation.evaluate import evaluate
from tfbs.benchmark.evaluation.metric import METRICS
from tfbs.benchmark.protocol import PROTOCOLS, Protocol, Stress
from tfbs.datasets.task import Split, Task

STRESS = Stress(
    attacked=40,
    searched=20,
    gated=20,
    explained=10,
    linf=(0.02, 0.1),
    l2=(0.5,),
    steps=4,
    substitutions=2,
    beam=2,
    candidates=8,
    shifts=(5,),
    shift_samples=3,
    indels=(1,),
    queries=5,
    map_steps=2,
)
TINY = Protocol("", 40, 10, (0.0, 0.02), 2, (0.05,), stress=STRESS)


def make_task(targets: int) -> Task:
    """Random sequences; with several targets there is a track too."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (60, 12)).astype("uint8")
    label = rng.integers(0, 2, (60, targets)).astype("int8")
    label[:5, 0] = -1
    information = 2.0 * (rng.random((60, 12)) < 0.3)
    tracks = rng.random((60, 12, 1)).astype("float16") if targets > 1 else None
    ids = np.array([f"s{i}" for i in range(60)])
    test = Split(ids, codes, label, information, tracks=tracks)
    names = tuple(f"t{i}" for i in range(targets))
    return Task("x", "x", "", "1.0.0", "0" * 64, "", 12, names, {"test": test}, {})


@pytest.fixture(scope="module")
def results(small_network):
    models = {n: small_network(targets=n, tracks=n - 1) for n in (1, 2)}
    return {n: (model, *evaluate(model, make_task(n), TINY, 0)) for n, model in models.items()}


@pytest.mark.parametrize("targets", [1, 2])
def test_every_number_is_in_the_glossary_and_has_an_interval_or_a_reason(results, targets):
    _, measured, _ = results[targets]
    for m in measured:
        m.to_json()
        assert m.interval is not None or m.undefined_reason, m.name
    names = [(m.name, m.target, m.split) for m in measured]
    assert len(names) == len(set(names))
    for name in ("auroc_fgsm_l2_simplex_0.5", "auroc_worst_beam_2", "shift_variation", "ece_pgd_0"):
        assert name in {m.name for m in measured}


@pytest.mark.parametrize("targets", [1, 2])
def test_stronger_attacks_are_never_reported_weaker(results, targets):
    _, measured, arrays = results[targets]
    assert arrays["probe_logits_pgd_linf_free"].shape == (3, 40, targets)
    if targets > 1:  # the sum over targets falls, not every target's AUROC
        return
    value = {m.name: m.value for m in measured}
    for norm, radii in (("linf", (0.02, 0.1)), ("l2", (0.5,))):
        for domain in ("free", "simplex"):
            ladder = [value[f"auroc_pgd_{norm}_{domain}_{r:g}"] for r in (0, *radii)]
            assert all(after <= before for before, after in itertools.pairwise(ladder))
            for radius in radii:
                once = value[f"auroc_fgsm_{norm}_{domain}_{radius:g}"]
                assert value[f"auroc_pgd_{norm}_{domain}_{radius:g}"] <= once


def test_the_same_run_gives_the_same_numbers(results):
    model, before, old = results[1]
    again, arrays = evaluate(model, make_task(1), TINY, 0)
    assert again == before
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, old[name])


def test_where_nothing_is_bound_every_number_is_null_with_a_reason(results):
    model, bound, _ = results[1]
    task = make_task(1)
    test = replace(task.splits["test"], label=np.zeros((60, 1), "int8"), information=None)
    measured, _ = evaluate(model, replace(task, splits={"test": test}), TINY, 0)
    own = {m.name: m for m in measured}
    families = ("attribution_similarity_", "attribution_consistency_", "gradient_angle_", "map_")
    expected = {m.name for m in bound if m.name.startswith(families)}
    assert len(expected) > 10
    for name in expected:
        assert own[name].value is None
        assert own[name].undefined_reason == "no test example is bound"


def test_without_stress_nothing_is_added(results):
    measured, arrays = evaluate(results[1][0], make_task(1), replace(TINY, stress=None), 0)
    assert not any(m.name.startswith(("ece", "auroc_fgsm", "gradient_")) for m in measured)
    assert not any(name.startswith("reliability") for name in arrays)
    assert [n for n in PROTOCOLS if PROTOCOLS[n].stress] == ["robust-1", "robust-2"]


def test_larger_networks_are_put_to_the_test_on_fewer_examples():
    full = Stress()
    assert full.fitted(400_000) == full
    assert full.fitted(20_000_000).attacked == 100 and full.fitted(20_000_000).searched == 50
    assert full.fitted(None).attacked == full.fewest == 50


def test_the_glossary_says_what_is_attacked_and_where():
    for word in ("L2", "on the simplex", "20 steps", "2 starts", "sum of", "all its known targets"):
        assert word in METRICS["auroc_pgd_l2_simplex_0.5"].description
