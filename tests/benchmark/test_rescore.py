"""Numbers from kept arrays alone are those that were measured with the model at hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.evaluation.evaluate import evaluate
from tfbs.benchmark.evaluation.extras import FROM_MAPS
from tfbs.benchmark.evaluation.rescore import rescore
from tfbs.benchmark.protocol import Protocol, Stress
from tfbs.datasets.task import Task

LOOSE = Protocol(
    "tiny",
    60,
    12,
    epsilons=(0.0, 0.02),
    attack_steps=2,
    fractions=(0.05,),
    attributions=("saliency", "ism"),
    extras=FROM_MAPS,
    stress=Stress(
        attacked=50,
        searched=20,
        gated=20,
        explained=10,
        fewest=10,
        linf=(0.02,),
        l2=(0.1,),
        steps=2,
        restarts=1,
        substitutions=2,
        beam=2,
        candidates=4,
        shifts=(1, 2),
        shift_samples=3,
        indels=(1,),
        queries=3,
        map_steps=2,
    ),
)
ON_GRID = Protocol("tiny", 20, 10, epsilons=(0.0, 0.02), attack_steps=2, fractions=(0.05,))
NEEDS_THE_MODEL = (
    "attribution_consistency_", "attribution_similarity_", "auroc_pgd_unbounded",
    "black_box_share", "gradient_angle_", "gradient_masking", "loss_fall", "map_attack_share",
)  # fmt: skip


def _by_key(measured):
    found = {(m.name, m.target, m.split, m.design): m for m in measured}
    assert len(found) == len(measured)
    return found


def _check(model, task, protocol):
    measured, arrays = evaluate(model, task, protocol, seed=3)
    kept = {name: np.array(array) for name, array in arrays.items()}  # as if read from files
    before, again = _by_key(measured), _by_key(rescore(kept, task, protocol, seed=3))
    assert set(again) <= set(before)
    for key, measurement in again.items():
        assert measurement == before[key], key
    return before, again, kept


@pytest.fixture(scope="module")
def loose(planted_task):
    model = ARCHITECTURES["cnn_local"].build(60, 1, {"num_filters": 8, "pool_size": 20})
    return _check(model, planted_task, LOOSE)


def test_everything_but_what_needs_the_model_comes_of_the_arrays(loose):
    before, again, _ = loose
    left = {key[0] for key in set(before) - set(again)}
    unexpected = {name for name in left if not name.startswith(NEEDS_THE_MODEL)}
    assert not unexpected, sorted(unexpected)
    assert len(again) > 0.8 * len(before)


def test_a_missing_array_costs_its_own_metrics_alone(loose, planted_task):
    _, again, arrays = loose
    fewer = {name: array for name, array in arrays.items() if name != "probe_logits_pgd_0.02"}
    left = _by_key(rescore(fewer, planted_task, LOOSE, seed=3))
    lost = {key[0] for key in set(again) - set(left)}
    assert lost == {f"{m}_pgd_0.02" for m in ("auroc", "average_precision", "ece", "brier")}


def test_designs_on_a_genome_come_of_the_arrays(genome_case):
    case, _ = genome_case(2)
    task = Task(
        "open", "open", "", "1.0.0", "0" * 64, "", 300, ("GC", "none"),
        {"test": case.split}, {}, "", ("ATAC",),
    )  # fmt: skip
    settings = {"num_filters": 8, "kernel_size": 5, "dense_units": 8, "context": 200}
    model = ARCHITECTURES["siamese_cnn"].build(300, 2, {**settings, "prior.tracks": "late"}, 1)
    before, again, arrays = _check(model, task, ON_GRID)
    assert set(before) == set(again)
    del arrays["test_logits_shuffled"]
    left = _by_key(rescore(arrays, task, replace(ON_GRID), seed=3))
    assert {key[3] for key in set(again) - set(left)} == {"dinucleotide_shuffled"}
