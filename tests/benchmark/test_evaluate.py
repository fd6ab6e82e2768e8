"""Training and evaluation on a genome with tracks: what is measured where, and what is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.evaluation.designs import DESIGNS
from tfbs.benchmark.evaluation.evaluate import OtherStrand, evaluate
from tfbs.benchmark.evaluation.prediction import auroc
from tfbs.benchmark.evaluation.ranking import BASIC, RANKING
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import Protocol
from tfbs.benchmark.training import REGIMES
from tfbs.benchmark.training.fit import fit
from tfbs.datasets.alphabet import reverse_complement
from tfbs.datasets.task import Task

TINY = Protocol("tiny", 20, 10, epsilons=(0.0, 0.02), attack_steps=2, fractions=(0.05,))


@pytest.fixture(scope="module")
def task(genome_case):
    splits = {
        name: genome_case(seed)[0].split for seed, name in enumerate(("train", "valid", "test"))
    }
    return Task(
        "open", "open", "", "1.0.0", "0" * 64, "", 300, ("GC", "none"), splits, {}, "", ("ATAC",)
    )


@pytest.fixture(scope="module")
def model(task):
    settings = {"num_filters": 8, "kernel_size": 5, "dense_units": 8, "context": 200}
    built = ARCHITECTURES["siamese_cnn"].build(300, 2, {**settings, "prior.tracks": "late"}, 1)
    standard = REGIMES["standard"]
    procedure = standard.make(standard.resolve("standard", {"epochs": 3, "learning_rate": 0.01}))
    fit(built, procedure, task.splits["train"], task.splits["valid"], 0, lambda *_: None)
    return built


@pytest.fixture(scope="module")
def result(model, task):
    return evaluate(model, task, TINY, seed=0)


def test_training_reads_the_track(model, task):
    test = task.splits["test"]
    known = test.label[:, 0] >= 0
    logit = Predictor(model)(test.sequence, test.tracks)[known, 0]
    flat = np.zeros(test.tracks.shape, "float16")
    blind = Predictor(model)(test.sequence, flat)[known, 0]
    assert auroc(test.label[known, 0], logit) > auroc(test.label[known, 0], blind) + 0.02
    assert auroc(test.label[known, 0], logit) > 0.8


def test_a_held_out_factor_is_scored_by_what_its_relatives_get(model, task, result):
    splits = {**task.splits, "test_tf": task.splits["test"]}
    held = replace(task, splits=splits, metadata={"held_out_targets": ["none"]})
    _, arrays = evaluate(model, held, TINY, seed=0)
    _, before = result
    np.testing.assert_array_equal(arrays["test_logits"], before["test_logits"])
    np.testing.assert_array_equal(arrays["test_tf_logits"][:, 0], before["test_logits"][:, 0])
    np.testing.assert_array_equal(arrays["test_tf_logits"][:, 1], before["test_logits"][:, 0])


def test_every_metric_is_given_for_the_split_each_chromosome_and_each_design(result):
    measured, _ = result
    found = {(m.split, m.design): set() for m in measured}
    for m in measured:
        if m.target == "GC":
            found[m.split, m.design].add(m.name)
    for design in DESIGNS:
        assert found["test", design] >= set(RANKING)
    for chromosome in ("chrA", "chrB"):
        assert found[f"test:{chromosome}", "all"] == set(BASIC)
    assert {f"{name}_pgd_0.02" for name in BASIC} <= found["probe", "all"]
    for m in measured:
        m.to_json()  # refuses unknown names


def test_a_target_that_is_never_bound_is_undefined_and_left_out_of_the_mean(result):
    measured, _ = result
    values = {
        m.target: m for m in measured if (m.name, m.split, m.design) == ("lift", "test", "all")
    }
    assert values["none"].value is None
    assert values["none"].undefined_reason.startswith("no positives among")
    assert values["mean"].value == values["GC"].value > 1


def test_intervals_are_by_block_where_there_are_enough_and_missing_where_not(result):
    measured, _ = result
    (area,) = [
        m
        for m in measured
        if (m.name, m.split, m.design, m.target) == ("auroc", "test", "all", "GC")
    ]
    # two chromosomes of 200 and 151 kb have four blocks of 100 kb
    assert area.interval is None
    assert area.undefined_reason == "no interval: positives in 4 chromosome blocks, 10 needed"


def test_outputs_of_both_strands_are_kept(result, task):
    _, arrays = result
    forward, reverse = arrays["test_logits"], arrays["test_logits_reverse_complement"]
    assert forward.shape == reverse.shape == task.splits["test"].label.shape
    np.testing.assert_allclose(forward, reverse, atol=2e-2)  # a Siamese network, a symmetric track


def test_the_other_strand_reverses_tracks_and_complements_sequences(task):
    test = task.splits["test"]
    rows = np.array([3, 1])
    np.testing.assert_array_equal(
        OtherStrand(test.sequence)[rows], reverse_complement(test.sequence[rows])
    )
    np.testing.assert_array_equal(OtherStrand(test.tracks)[rows], test.tracks[rows][:, ::-1])
    assert OtherStrand(test.tracks).shape == test.tracks.shape
