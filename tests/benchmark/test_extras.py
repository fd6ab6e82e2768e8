"""The further scores of explanations, all together, as a protocol asks for them."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from tfbs.benchmark.evaluation import METRICS
from tfbs.benchmark.evaluation.evaluate import evaluate
from tfbs.benchmark.evaluation.explained import EXTRAS as REGISTERED
from tfbs.benchmark.protocol import EXPLAINED, EXTRAS, PROTOCOLS, Protocol
from tfbs.datasets.probe import bound_rows

TINY = Protocol("tiny", 20, 8, epsilons=(0.0,), attack_steps=1, fractions=())
FULL = replace(TINY, attributions=EXPLAINED, extras=EXTRAS)
_MARKS = (
    "instance_recovery_",
    "pwm_cosine_",
    "jaspar_auroc_",
    "attribution_agreement_",
    "deletion_auc_",
    "insertion_auc_",
    "pair_interaction_",
    "interaction_",
    "randomised_",
    "gia_",
)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((60, 4))
    x = keras.layers.Conv1D(4, 8, activation="relu")(inputs)
    x = keras.layers.Dense(3, activation="relu")(keras.layers.GlobalMaxPooling1D()(x))
    return keras.Model(inputs, keras.layers.Dense(1)(x))


def test_protocols_name_registered_extras_and_what_a_name_measures_stays():
    assert sorted(EXTRAS) == list(REGISTERED)
    assert PROTOCOLS["full-3"].extras == (
        "instances", "pwm_cosine", "jaspar_agreement", "agreement", "perturbation_curves",
        "planted_pairs", "sanity",
    )  # fmt: skip
    assert PROTOCOLS["full-4"] == replace(
        PROTOCOLS["full-3"],
        description=PROTOCOLS["full-4"].description,
        extras=EXTRAS,
    )
    assert replace(PROTOCOLS["full-3"], description="", extras=(), match_filters=False) == replace(
        PROTOCOLS["full-2"], description=""
    )


def test_extras_add_to_what_is_measured_and_change_none_of_it(model, planted_task):
    plain, kept = evaluate(model, planted_task, replace(FULL, extras=()), seed=0)
    measured, arrays = evaluate(model, planted_task, FULL, seed=0)
    assert measured[: len(plain)] == plain
    further = measured[len(plain) :]
    for m in further:
        m.to_json()
        assert (m.value is None) == (m.n == 0) == (m.undefined_reason is not None)
    expected = {name for name in METRICS if name.startswith(_MARKS)}
    assert {m.name for m in further} == expected
    assert set(arrays) == {*kept, "explained_rows"}
    for name, array in kept.items():
        np.testing.assert_array_equal(arrays[name], array)
    again, _ = evaluate(model, planted_task, FULL, seed=0)
    assert again == measured


def test_real_sequences_are_explained_for_the_extras(model, planted_task):
    test = planted_task.splits["test"]
    real = replace(
        planted_task,
        splits={"test": replace(test, information=None)},
        targets=("Reb1",),
    )
    measured, arrays = evaluate(model, real, replace(FULL, attributions=("saliency",)), seed=0)
    rows = arrays["explained_rows"]
    np.testing.assert_array_equal(rows, bound_rows(test, 8))
    assert arrays["attribution_saliency"].shape == (len(rows), 60, 4)
    found = {m.name: m for m in measured if m.target == "mean"}
    assert found["deletion_auc_saliency"].value is not None
    assert found["instance_recovery_saliency"].undefined_reason == "the task has no planted motifs"
    assert found["jaspar_auroc_saliency"].undefined_reason != "the task states its own truth"


def test_a_test_split_without_positives_has_no_extras(model, planted_task):
    test = planted_task.splits["test"]
    unbound = replace(test, label=np.zeros_like(test.label), information=None)
    none = replace(planted_task, splits={"test": unbound})
    measured, arrays = evaluate(model, none, FULL, seed=0)
    assert "explained_rows" not in arrays
    assert not [m for m in measured if m.name.startswith(_MARKS)]
