"""Choices crossed in a suite, from records with known effects."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from tests.benchmark.test_report import make_record

from tfbs.__main__ import tfbs
from tfbs.benchmark.factors import effects_of
from tfbs.benchmark.record import write_record
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.verdict import verdict
from tfbs.errors import UserError

EXPLAINED = "attribution_auroc_saliency"


def records(seeds=3, noise=0.005):
    """Activation decides what is explained, the architecture what is predicted; a floor beside."""
    rng = np.random.default_rng(0)
    found = [make_record("kmer", regime="scikit_learn", metrics={"auroc": 0.5, EXPLAINED: 0.5})]
    for architecture, accuracy in (("deep", 0.9), ("wide", 0.8)):
        for activation, clarity in (("relu", 0.6), ("exponential", 0.8)):
            for prior in ("none", "shared"):
                for seed in range(seeds):
                    metrics = {
                        "auroc": accuracy + noise * rng.normal(),
                        EXPLAINED: clarity + noise * rng.normal(),
                    }
                    settings = {"activation": activation, "prior.rc": prior}
                    found.append(
                        make_record(
                            architecture,
                            settings=settings,
                            seed=seed,
                            metrics=metrics,
                            cost={"macs": 100},
                        )
                    )
    return found


def effects(known, *names):
    found = effects_of(verdict(known, shared_settings(known)), names)
    return {own.column.name: own for own in found}


def test_each_axis_has_the_choice_that_matters_for_it():
    found = effects(records())
    first = {name: own.ranked[0][0] for name, own in found.items() if own.analysis}
    assert {name: term.name for name, term in first.items()} == {
        "auroc": "architecture",
        EXPLAINED: "activation",
    }
    # two levels 0.1 from their mean have a standard deviation of 0.141
    assert first[EXPLAINED].spread == pytest.approx(0.1 * np.sqrt(2), abs=0.005)
    told = found[EXPLAINED].sentence
    assert "what matters is activation (0.1" in told
    assert found[EXPLAINED].table().lines[0][-1].startswith("exponential (+0.1")
    assert "1 runs of fitted floors" in found[EXPLAINED].note
    assert {term.name for term, _ in found["auroc"].ranked} == {
        "architecture",
        "prior",
        "activation",
        "architecture × prior",
        "architecture × activation",
        "prior × activation",
    }


def test_the_command_says_which_choice_matters(tmp_path):
    known = records()
    for record in known:
        place = tmp_path / "records" / record["id"][:16]
        place.mkdir(parents=True)
        write_record(place, record)
    places = ["--records", str(tmp_path / "records"), "--output", str(tmp_path / "out")]
    runs = [record["id"][:12] for record in known]
    done = CliRunner().invoke(tfbs, ["compare", *runs, *places, "--factors", "--json"])
    assert done.exit_code == 0, done.output
    found = {own["metric"]: own for own in json.loads(done.output)}
    assert found[EXPLAINED]["effects"][0]["effect"] == "activation"


def test_what_is_not_told_from_noise_is_not_said_to_be_without_effect():
    found = effects(records(noise=5.0))["auroc"]
    assert min(p_value for _, p_value in found.ranked) >= 0.05
    assert found.sentence.endswith("no choice can be told from the noise of seeds.")


def test_cost_is_left_to_the_table():
    assert "the same for every seed" in effects(records())["macs"].sentence


def test_under_three_seeds_nothing_is_analysed():
    found = effects(records(seeds=2))["auroc"]
    assert found.analysis is None
    assert "no combination of choices has 3 seeds" in found.sentence
    assert found.table().lines == []


def test_one_combination_with_three_seeds_has_nothing_to_be_compared_with():
    third = next(each for each in records() if each["spec"]["seed"] == 2)
    known = [*records(seeds=2), third]
    elsewhere = [
        {**each, "spec": {**each["spec"], "task": {"name": "another", "config": ""}}}
        for each in known
    ]
    found = effects([*known, *elsewhere])["auroc"]
    assert found.analysis is None
    assert "only one combination of choices has 3 seeds" in found.sentence


def test_named_factors_must_tell_runs_apart():
    found = effects(records(), "architecture", "prior")["auroc"]
    assert "differ in more than the choices" in found.reason


def test_a_combination_with_few_seeds_is_left_out_and_said():
    known = records()[:-1]
    assert "1 combinations with fewer than 3 seeds" in effects(known)["auroc"].note


def test_a_factor_that_is_not_varied_is_refused():
    with pytest.raises(UserError, match=r"no choice 'activaton' is varied.*activation"):
        effects(records(), "activaton")


def test_a_suite_that_varies_nothing_says_so():
    alone = [make_record("deep", seed=seed, metrics={"auroc": 0.9}) for seed in range(3)]
    found = effects(alone)["auroc"]
    assert found.sentence.endswith(
        "nothing but tasks and seeds is varied, so there is no choice to compare."
    )
