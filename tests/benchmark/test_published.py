"""Published numbers beside ours, and what a suite's claims come to."""

from __future__ import annotations

import statistics
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import t
from tests.benchmark.test_report import make_record

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.evaluation import METRICS
from tfbs.benchmark.line import Line, setting
from tfbs.benchmark.report import claims
from tfbs.benchmark.report.claims import compare
from tfbs.benchmark.report.markdown import suite_markdown
from tfbs.benchmark.report.published import Published, beside_ours, published_results
from tfbs.benchmark.suite import Claim, Suite, shipped_suites
from tfbs.errors import UserError

ISM, SALIENCY = "attribution_auroc_ism_norm", "attribution_auroc_saliency"
VALUES = {"exponential": [0.80, 0.86, 0.83], "relu": [0.71, 0.75, 0.70]}
EFFECTS = {"exponential": [0.9, 0.91, 0.89], "relu": [0.9, 0.85, 0.86]}
CLAIM = Claim.model_validate(
    {
        "says": "One is higher.",
        "tasks": ["planted"],
        "architectures": ["cnn"],
        "metrics": [SALIENCY],
        "higher": {"set": {"activation": "exponential"}},
        "than": {"set": {"activation": "relu"}},
    }
)
"""On the records below."""
PAIRED = CLAIM.model_copy(
    update={
        "higher": CLAIM.than.model_copy(update={"metric": ISM}),
        "than": CLAIM.than.model_copy(update={"metric": SALIENCY}),
    }
)
"""Two numbers of the same runs."""


def line(activation, metric=SALIENCY):
    return Line("planted", "cnn", {"activation": activation}, metric)


def printed(mean, activation="exponential", **more):
    known = {"kept": 10, "trials": 10, "kept_by": "", "source": "a paper", "note": ""} | more
    return Published(suite="mine", line=line(activation), mean=mean, **({"sd": 0.02} | known))


@pytest.fixture(scope="module")
def records():
    return [
        make_record(
            "cnn",
            settings={"activation": activation, "width": 8},
            seed=seed,
            metrics={"auroc": 0.9 - 0.1 * seed, SALIENCY: value, ISM: effect},
        )
        for activation, values in VALUES.items()
        for seed, (value, effect) in enumerate(zip(values, EFFECTS[activation], strict=True))
    ]


@pytest.mark.parametrize("name", list(shipped_suites()))
def test_what_is_published_and_claimed_is_of_runs_that_the_suite_has(name):
    suite = shipped_suites()[name]
    choices = [
        (task, choice if isinstance(choice, str) else choice.name, block.set | own | prior.set)
        for block in suite.matrix
        for task in block.tasks
        for choice in block.architectures
        for own in [{} if isinstance(choice, str) else choice.set]
        for prior in block.priors
    ]
    results = published_results(name)
    lines = [result.line for result in results]
    lines += [own for claim in suite.claims for pair in claim.pairs() for own in pair]
    for own in lines:
        assert own.metric in METRICS
        known = ARCHITECTURES[own.architecture]
        for task, architecture, settings in choices:
            values = known.resolve({}) | settings
            if (task, architecture) == (own.task, own.architecture) and all(
                setting(values, key) == value for key, value in own.settings.items()
            ):
                break
        else:
            pytest.fail(f"{name} has no run of {own} on {own.task}")
    assert len({str(result.line) + result.line.metric for result in results}) == len(results)
    assert all(0 < r.kept <= r.trials and "doi.org" in r.source for r in results)
    assert all(r.sd >= 0 if r.sd is not None else "figure" in r.note for r in results)
    assert all(result.kept_by in METRICS or not result.kept_by for result in results)


def test_ours_is_the_mean_and_deviation_of_all_seeds(records):
    header, (own,) = beside_ours([printed(0.827)], records)
    assert header == ["task", "architecture", "metric", "published", "ours"]
    mean, sd = statistics.fmean(VALUES["exponential"]), statistics.stdev(VALUES["exponential"])
    assert own[1] == "cnn[activation=exponential]"
    assert own[3:] == ["0.827 ± 0.020 (10 trials)", f"{mean:.3f} ± {sd:.3f} (3 seeds)"]


def test_a_number_without_a_deviation_stands_alone(records):
    (own,) = beside_ours([printed(0.96, sd=None)], records)[1]
    assert own[3] == "0.960 (10 trials)"


def test_where_a_paper_kept_its_best_trials_so_do_we(records):
    chosen = printed(0.827, kept=6, kept_by="auroc")
    header, (own,) = beside_ours([chosen], records)
    assert header[-1] == "ours, kept as theirs"
    assert own[3] == "0.827 ± 0.020 (best 6 of 10 by auroc)"
    best = VALUES["exponential"][:2]  # seeds 0 and 1 have the highest AUROC
    assert own[-1] == f"{np.mean(best):.3f} ± {np.std(best, ddof=1):.3f} (2 seeds)"
    assert own[-2].endswith("(3 seeds)")


def test_what_is_missing_is_said(records):
    _, (own,) = beside_ours([printed(0.5, "tanh")], records)
    assert own[-1] == "not run"
    unknown = Line("planted", "cnn", {"activation": "relu"}, "attribution_auroc_deepshap")
    _, (own,) = beside_ours([Published("mine", unknown, 0.5, 0.1, 1, 1, "", "", "")], records)
    assert own[-1] == "not measured"
    _, (own,) = beside_ours([printed(0.5)], records[:1])
    assert own[-1] == "0.800 (1 seed)"


def test_runs_that_differ_in_more_than_their_seeds_are_not_averaged(records):
    more = make_record("cnn", settings={"activation": "relu", "width": 16}, metrics={SALIENCY: 0.1})
    with pytest.raises(UserError, match="differ in more than their seeds"):
        line("relu").runs([*records, more])


def test_different_runs_are_compared_by_welch(records):
    (found,) = compare(CLAIM, records, [printed(0.83), printed(0.77, "relu")])
    assert found.published == pytest.approx(0.06)
    first, second = (np.array(VALUES[name]) for name in ("exponential", "relu"))
    difference = first.mean() - second.mean()
    squares = first.var(ddof=1) / 3, second.var(ddof=1) / 3
    degrees = sum(squares) ** 2 / sum(square**2 / 2 for square in squares)
    half = t.ppf(0.975, degrees) * np.sqrt(sum(squares))
    assert found.ours == pytest.approx(difference)
    assert found.interval == pytest.approx((difference - half, difference + half))
    assert found.outcome == "holds"


def test_two_numbers_of_the_same_runs_are_compared_in_pairs(records):
    (found,) = compare(PAIRED, records, [])
    changes = np.array(EFFECTS["relu"]) - np.array(VALUES["relu"])
    half = t.ppf(0.975, 2) * changes.std(ddof=1) / np.sqrt(3)
    assert found.interval == pytest.approx((changes.mean() - half, changes.mean() + half))
    assert found.published is None


@pytest.mark.parametrize(
    ("ours", "p_value", "outcome"),
    [
        (0.1, 0.04, "holds"),
        (-0.1, 0.04, "the opposite holds"),
        (0.1, 0.06, "undecided"),
        (0.1, 1.0, "undecided"),
        (None, 1.0, "not run"),
    ],
)
def test_the_outcome_follows_from_the_corrected_test(ours, p_value, outcome):
    found = claims.Comparison(line("exponential"), line("relu"), None, ours, None, p_value)
    assert found.outcome == outcome


def test_many_comparisons_of_one_claim_are_corrected(monkeypatch):
    """A p of .03 holds alone and not as one of eight."""
    sides = (line("exponential"), line("relu"))
    one = claims.Comparison(*sides, None, 0.1, (0.01, 0.19), 0.03)
    monkeypatch.setattr(claims, "_compared", lambda *_: one)
    for pairs, outcome in (([sides], "holds"), ([sides] * 8, "undecided")):
        claim = SimpleNamespace(pairs=lambda pairs=pairs: pairs)
        assert {found.outcome for found in compare(claim, [], [])} == {outcome}


def test_under_three_seeds_nothing_is_decided(records):
    (found,) = compare(CLAIM, [r for r in records if r["spec"]["seed"] == 0], [])
    assert found.ours == pytest.approx(0.09) and found.outcome == "undecided"
    (found,) = compare(CLAIM, [r for r in records if r["spec"]["seed"] < 2], [])
    assert found.interval is None and found.outcome == "undecided"
    (found,) = compare(PAIRED, [r for r in records if r["spec"]["seed"] < 2], [])
    assert found.interval is None and found.outcome == "undecided"
    (found,) = compare(CLAIM, records[:3], [])
    assert found.outcome == "not run"


def test_the_page_of_a_suite_has_both(records, monkeypatch):
    results = [printed(0.827, note="measured by hand"), printed(0.771, "relu")]
    monkeypatch.setattr("tfbs.benchmark.report.markdown.published_results", lambda name: results)
    suite = Suite.model_validate(
        {
            "name": "mine",
            "version": 1,
            "description": "One.",
            "matrix": [{"tasks": ["planted"], "architectures": ["cnn"]}],
            "claims": [CLAIM.model_dump()],
        }
    )
    page = suite_markdown(suite, records, 6)
    assert (
        "## Published and ours\n\nMean ± standard deviation, ours with n - 1. Published: a paper."
        in page
    )
    assert f"* {SALIENCY}: measured by hand." in page
    assert "**One is higher.** holds: 1 (of 1)." in page
    assert (
        f"| planted | cnn[activation=exponential] | cnn[activation=relu] | {SALIENCY} | +0.056 |"
        in page
    )


@pytest.mark.parametrize("missing", ["architecture", "metric"])
def test_a_claim_without_two_whole_sides_is_refused(missing):
    with pytest.raises(ValueError, match=f"a side of the claim has no {missing}"):
        Claim.model_validate(CLAIM.model_dump() | {f"{missing}s": []})


def test_a_line_without_a_prior_leaves_out_the_runs_that_have_it():
    plain, shared = make_record(), make_record(settings={"width": 8, "prior.rc": "shared"})
    for value, expected in (("none", plain), ("shared", shared)):
        line = Line("planted", "cnn", {"prior.rc": value}, "auroc")
        assert line.runs([plain, shared]) == [expected]
