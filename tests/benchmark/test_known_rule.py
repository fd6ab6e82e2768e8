"""Metrics against the known rule, on models whose logits are made by hand."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from tfbs.benchmark.evaluation.bootstrap import ranking_samples
from tfbs.benchmark.evaluation.ceiling_gap import measure_ceiling_gap
from tfbs.benchmark.evaluation.confounding import BINS, measure_gc_reliance
from tfbs.benchmark.evaluation.correlation import correlation, correlation_samples, correlations
from tfbs.benchmark.evaluation.evaluate import evaluate
from tfbs.benchmark.evaluation.exact_attribution import map_correlations, measure_exact_attribution
from tfbs.benchmark.evaluation.metric import METRICS
from tfbs.benchmark.evaluation.prediction import auroc, measure_prediction
from tfbs.benchmark.evaluation.shift import measure_drop
from tfbs.benchmark.evaluation.true_logit import measure_true_logit
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.benchmark.protocol import Protocol
from tfbs.datasets.ceiling import ceiling
from tfbs.datasets.split import Split
from tfbs.datasets.task import Task

TARGETS = ("bound",)
CEILING = {"auroc": 0.9, "average_precision": 0.8, "prevalence": 0.4}


def labelled(n=400, seed=0):
    """True logits and labels drawn from them."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 2, (n, 1))
    label = (rng.random((n, 1)) < 1 / (1 + np.exp(-truth))).astype("int8")
    return truth, label


def by_name(measured):
    return {m.name: m for m in measured}


def test_a_scorer_that_knows_the_truth_closes_the_gap():
    truth, label = labelled(3_000)
    best = ceiling(1 / (1 + np.exp(-truth[:, 0])))
    measured = measure_prediction(label, truth, TARGETS, 0)
    for gap in measure_ceiling_gap(measured, best, "test"):
        assert gap.value == pytest.approx(1, abs=0.06)
        assert gap.interval[0] < 1 < gap.interval[1]


def test_the_gap_is_the_score_on_another_scale():
    truth, label = labelled()
    measured = measure_prediction(label, truth, TARGETS, 0)
    score = by_name(measured)
    gap = by_name(measure_ceiling_gap(measured, CEILING, "test"))
    for name, chance in (("auroc", 0.5), ("average_precision", 0.4)):
        room = CEILING[name] - chance
        assert gap[f"bayes_gap_{name}"].value == pytest.approx((score[name].value - chance) / room)
        expected = [(end - chance) / room for end in score[name].interval]
        assert gap[f"bayes_gap_{name}"].interval == pytest.approx(expected)


def test_a_gap_without_room_or_ceiling_is_undefined():
    truth, label = labelled()
    measured = measure_prediction(label, truth, TARGETS, 0)
    for best, reason in (
        (None, "the task states no ceiling of this split"),
        ({"auroc": 0.5, "average_precision": 0.4, "prevalence": 0.4}, "is not above chance"),
    ):
        for gap in measure_ceiling_gap(measured, best, "test"):
            assert gap.value is None and gap.interval is None
            assert reason in gap.undefined_reason
    one_class = measure_prediction(np.ones_like(label), truth, TARGETS, 0)
    (gap, *_) = measure_ceiling_gap(one_class, CEILING, "test")
    assert gap.value is None and "no negatives" in gap.undefined_reason


def test_correlations_with_the_true_logit_equal_scipys():
    truth, _ = labelled()
    logit = np.tanh(truth) + np.random.default_rng(1).normal(0, 0.5, truth.shape)
    found = by_name(measure_true_logit(logit, truth, TARGETS, 0, "test_spacing"))
    expected = pearsonr(logit[:, 0], truth[:, 0])
    assert found["true_logit_pearson"].value == pytest.approx(expected.statistic)
    # Fisher's interval is another approximation of the same
    np.testing.assert_allclose(
        found["true_logit_pearson"].interval, expected.confidence_interval(), atol=0.03
    )
    rank = spearmanr(logit[:, 0], truth[:, 0]).statistic
    assert found["true_logit_spearman"].value == pytest.approx(rank)
    assert found["true_logit_spearman"].split == "test_spacing"


def test_a_constant_output_has_no_correlation():
    truth, _ = labelled()
    for m in measure_true_logit(np.zeros_like(truth), truth, TARGETS, 0, "test"):
        assert m.value is None and m.undefined_reason == "outputs or true logits are all equal"


def test_weighted_correlations_are_those_of_repeated_rows():
    rng = np.random.default_rng(0)
    columns, weights = rng.normal(size=(40, 3)), rng.integers(0, 4, (5, 40))
    for found, weight in zip(correlations(columns, weights), weights, strict=True):
        np.testing.assert_allclose(found, np.corrcoef(np.repeat(columns, weight, axis=0).T))
    np.testing.assert_allclose(correlation(columns), np.corrcoef(columns.T))
    assert correlation_samples(columns, 0, 7).shape == (7, 3, 3)


def test_reliance_on_gc_is_the_correlation_of_residuals():
    truth, _ = labelled()
    rng = np.random.default_rng(2)
    gc = 0.5 + 0.02 * truth[:, 0] + 0.1 * rng.normal(size=len(truth))
    logit = truth + 5 * gc[:, None] + rng.normal(size=truth.shape)
    (found,) = measure_gc_reliance(logit, truth, gc, TARGETS, 0, "test")
    residuals = np.zeros((2, len(truth)))
    for rows in np.array_split(np.argsort(truth[:, 0]), BINS):
        for own, y in zip(residuals, (logit[:, 0], gc), strict=True):
            own[rows] = y[rows] - np.polyval(np.polyfit(truth[rows, 0], y[rows], 1), truth[rows, 0])
    assert found.value == pytest.approx(np.corrcoef(residuals)[0, 1])
    assert found.interval[0] < found.value < found.interval[1]


def test_a_model_that_reads_the_rule_alone_does_not_rely_on_gc():
    truth, _ = labelled(3_000)
    rng = np.random.default_rng(3)
    gc = 0.5 + 0.05 * truth[:, 0] + 0.1 * rng.normal(size=len(truth))
    logit = truth + rng.normal(size=truth.shape)
    (found,) = measure_gc_reliance(logit, truth, gc, TARGETS, 0, "test")
    assert found.interval[0] < 0 < found.interval[1]
    selected = rng.random(len(truth)) < 1 / (1 + np.exp(-5 * (gc - 0.5) * np.sign(truth[:, 0])))
    bent = 3 * np.tanh(logit[selected] / 3)  # outputs saturate, and GC goes with the label
    (found,) = measure_gc_reliance(bent, truth[selected], gc[selected], TARGETS, 0, "test")
    assert found.interval[0] < 0 < found.interval[1]
    (exact,) = measure_gc_reliance(truth, truth, gc, TARGETS, 0, "test")
    assert exact.value is None and exact.undefined_reason


def test_the_drop_is_the_difference_of_two_areas():
    (truth, label), (other, other_label) = labelled(seed=0), labelled(seed=1)
    noisy = other + np.random.default_rng(4).normal(0, 4, other.shape)
    (found,) = measure_drop((label, truth), (other_label, noisy), TARGETS, 0, "test_spacing")
    areas = auroc(label[:, 0], truth[:, 0]), auroc(other_label[:, 0], noisy[:, 0])
    assert found.value == pytest.approx(areas[0] - areas[1])
    spread = [
        ranking_samples(lab[:, 0], score[:, 0], 9)["auroc"].var()
        for lab, score in ((label, truth), (other_label, noisy))
    ]
    width = found.interval[1] - found.interval[0]
    assert width == pytest.approx(2 * 1.96 * sum(spread) ** 0.5, rel=0.15)
    (lost,) = measure_drop((label, truth), (other_label * 0, noisy), TARGETS, 0, "test_spacing")
    assert lost.value is None and "class is missing" in lost.undefined_reason


def test_exact_importance_correlates_with_itself_and_its_sign_counts():
    rng = np.random.default_rng(0)
    importance = rng.normal(size=(6, 20, 4))
    importance[..., 0] = 0
    for attribution, expected in (
        (importance, 1),
        (-3 * importance, -1),
        (importance + rng.normal(size=(6, 20, 1)), 1),  # a shift of a position does not count
    ):
        found = measure_exact_attribution("saliency", attribution, importance, 0)
        assert found.value == pytest.approx(expected)
    flat = [(x - x.mean(axis=1, keepdims=True)).ravel() for x in (importance[0], importance[1])]
    assert map_correlations(importance[:1], importance[1:2])[0] == pytest.approx(
        np.corrcoef(flat)[0, 1]
    )


def test_maps_without_content_are_left_out_or_undefined():
    importance = np.random.default_rng(0).normal(size=(3, 20, 4))
    attribution = importance.copy()
    attribution[1] = 2.0
    assert measure_exact_attribution("saliency", attribution, importance, 0).n == 2
    none = measure_exact_attribution("saliency", 0 * attribution, importance, 0)
    assert none.value is None and none.undefined_reason


def test_bound_targets_are_explained_together():
    def explain(sequence, target, *, tracks=None):
        return sequence * (1 + np.asarray(target))[:, None, None]

    sequence = np.ones((3, 5, 4), "float32")
    label = np.array([[1, 0, 1], [0, 1, -1], [0, 0, 0]], "int8")
    maps = explain_bound(explain, sequence, label)
    assert maps[:, 0, 0].tolist() == [1 + 3, 2, 0]


@pytest.fixture(scope="module")
def linear_case():
    """A rule that is linear in the sequence, and the network that is the rule."""
    length, rng = 30, np.random.default_rng(0)
    kernel = rng.normal(0, 1, (length, 4))
    splits, ceilings = {}, {}
    for name in ("train", "valid", "test", "test_shifted"):
        codes = rng.integers(0, 4, (300, length)).astype("uint8")
        truth = kernel[np.arange(length), codes].sum(axis=1)
        chance = 1 / (1 + np.exp(-truth))
        own = kernel[np.arange(length), codes][..., None]
        splits[name] = Split(
            np.array([f"{name}{i}" for i in range(300)]),
            codes,
            (rng.random(300) < chance).astype("int8")[:, None],
            information=np.tile(np.arange(length) % 3, (300, 1)).astype("float32"),
            logit=truth.astype("float32")[:, None],
            importance=(kernel[None] - own).astype("float32"),
        )
        ceilings[name] = ceiling(chance)
    task = Task(
        "linear",
        "linear",
        "",
        "1.0.0",
        "0" * 64,
        "",
        length,
        TARGETS,
        splits,
        {"ceiling": ceilings},
    )
    sequence = keras.Input((length, 4))
    model = keras.Model(sequence, keras.layers.Dense(1)(keras.layers.Flatten()(sequence)))
    model.set_weights([kernel.reshape(-1, 1), np.zeros(1)])
    return task, model


def test_the_rule_itself_as_a_network_is_measured_as_perfect(linear_case):
    task, model = linear_case
    tiny = Protocol("tiny", 20, 10, epsilons=(0.0, 0.02), attack_steps=1, fractions=(0.05,))
    measured, _ = evaluate(model, task, tiny, seed=0)
    found = {(m.name, m.split): m for m in measured}
    for split in ("test", "test_shifted"):
        assert found["true_logit_pearson", split].value == pytest.approx(1)
        assert found["bayes_gap_auroc", split].value == pytest.approx(1, abs=0.15)
        assert found["gc_reliance", split].value is None  # nothing is left to explain
    assert abs(found["auroc_drop", "test_shifted"].value) < 0.1
    assert ("auroc_drop", "test") not in found
    for method in tiny.attributions:
        exact = found[f"attribution_exact_correlation_{method}", "probe"]
        assert exact.value == pytest.approx(1, abs=1e-3)
    for m in measured:
        assert m.name in METRICS and (m.value is not None or m.undefined_reason)
