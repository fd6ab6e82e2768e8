"""Which of several recipes is better: tests on shared examples, tie groups, what is refused."""

from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner
from tests.benchmark.test_report import make_record

from tfbs.__main__ import tfbs
from tfbs.benchmark.columns import Column
from tfbs.benchmark.compare import compare
from tfbs.benchmark.evaluation.prediction import auroc
from tfbs.benchmark.record import write_record
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.statistics.delong import delong
from tfbs.benchmark.statistics.seeds import SeedMean, difference_of_means
from tfbs.benchmark.verdict import verdict
from tfbs.datasets.split import Split

AUROC = Column("auroc", "prediction", "AUROC")
LABEL = np.repeat(np.array([[1], [0]], np.int8), 150, axis=0)
QUALITY = {"good": 1.2, "as_good": 1.2, "bad": 0.4}


def outputs(architecture, seed):
    """Logits of a network: what all see of the truth, and noise of its own."""
    common = np.random.default_rng(0).normal(size=(300, 1))
    own = np.random.default_rng([seed, len(architecture)]).normal(size=(300, 1))
    return QUALITY[architecture] * LABEL + common + 0.3 * own


def records(seeds, architectures=tuple(QUALITY)):
    found = []
    for architecture in architectures:
        for seed in range(seeds):
            value = auroc(LABEL[:, 0], outputs(architecture, seed)[:, 0])
            metrics = {"auroc": (value, value - 0.03, value + 0.03)}
            found.append(make_record(architecture, seed=seed, metrics=metrics))
    return found


def ladder(known, *, arrays=True, column=AUROC, label_of=lambda record: LABEL, data="0" * 64):
    rows = verdict(known, shared_settings(known))

    def array(record, name):
        return outputs(record["spec"]["architecture"]["name"], record["spec"]["seed"])

    sequence, ids = np.zeros((300, 10), "uint8"), np.array([str(row) for row in range(300)])

    def task(record):
        split = Split(ids, sequence, label_of(record))
        return SimpleNamespace(splits={"test": split}, fingerprint=data)

    found = compare(rows, column, array if arrays else lambda r, n: None, task)
    assert found is not None
    return found


def test_models_are_told_apart_by_delong_on_common_examples():
    found = ladder(records(1))
    assert found.paired and found.too_few_seeds
    best, other = found.standings[0], found.standings[-1]
    names = [s.row.architecture for s in (best, other)]
    areas = delong(LABEL[:, 0], np.stack([outputs(name, 0)[:, 0] for name in names]))
    expected = areas.difference(0, 1)
    assert other.models.value == pytest.approx(expected.value)
    assert other.models.error == pytest.approx(expected.error)
    assert (other.row.architecture, other.recipes, other.group) == ("bad", None, None)


def test_a_floor_needs_one_seed_to_be_compared():
    """Its fit does not depend on the seed; the network's error is of its seeds and all examples."""
    known = records(3, ("good", "as_good"))
    for record in records(1, ("bad",)):
        record["spec"]["regime"] = {"name": "scikit_learn", "parameters": {}}
        known.append(record)
    found = ladder(known)
    groups = {standing.row.architecture: standing.group for standing in found.standings}
    assert not found.too_few_seeds
    assert groups["good"] == groups["as_good"] == 1 and groups["bad"] == 2
    assert ladder(known, arrays=False).standings[-1].recipes is not None


def test_with_three_seeds_recipes_get_tie_groups():
    found = ladder(records(3))
    groups = {s.row.architecture: s.group for s in found.standings}
    assert groups == {"good": 1, "as_good": 1, "bad": 2}
    worst = found.standings[-1]
    assert worst.recipes.verdict(0.01) == "higher" and worst.recipes.p_value < 0.01


def test_the_error_of_recipes_is_that_of_seeds_and_of_common_examples():
    found = ladder(records(4, ("good", "bad")))
    logits = [outputs(name, seed)[:, 0] for name in ("good", "bad") for seed in range(4)]
    areas = delong(LABEL[:, 0], np.stack(logits))
    contrast = np.repeat([0.25, -0.25], 4)
    means = [SeedMean(tuple(areas.auroc[part])) for part in (slice(0, 4), slice(4, 8))]
    expected = difference_of_means(*means, float(contrast @ areas.covariance @ contrast))
    assert found.standings[1].recipes.error == pytest.approx(expected.error)
    assert found.standings[1].recipes.freedom == pytest.approx(expected.freedom)


def test_without_outputs_the_intervals_of_the_records_stand_for_the_examples():
    found = ladder(records(1, ("good", "bad")), arrays=False)
    assert not found.paired
    expected = np.sqrt(2) * 0.03 / 1.959964
    assert found.standings[1].models.error == pytest.approx(expected)


def test_runs_with_other_labels_are_not_paired():
    """As a control, whose labels are permuted, even where it is the first of all."""
    other = np.random.default_rng(0).permutation(LABEL)
    for odd in QUALITY:

        def label_of(record, odd=odd):
            return other if record["spec"]["architecture"]["name"] == odd else LABEL

        assert not ladder(records(3), label_of=label_of).paired
    assert not ladder(records(3), data="1" * 64).paired


def test_what_is_unknown_of_the_examples_is_not_zero():
    known = records(3, ("good", "bad"))
    for record in known:
        record["metrics"][0]["interval"] = None
    found = ladder(known, arrays=False)
    assert found.standings[1].models is None
    means = [standing.mean for standing in found.standings]
    assert found.standings[1].recipes.error == difference_of_means(*means).error


def test_a_class_with_one_example_is_not_told_apart_by_its_covariance():
    label = np.zeros_like(LABEL)
    label[0] = 1
    found = ladder(records(3), label_of=lambda record: label)
    assert not found.paired and found.standings[0].group == 1
    assert np.isfinite(found.standings[-1].models.error)


def test_lower_is_better_where_the_metric_says_so():
    lower = Column("auroc", "prediction", "AUROC", higher_is_better=False)
    assert ladder(records(3), column=lower).standings[0].row.architecture == "bad"


def test_a_single_recipe_is_no_comparison():
    rows = verdict(records(3, ("good",)), None)
    assert compare(rows, AUROC, lambda r, n: None, lambda r: None) is None


@pytest.fixture
def folder(tmp_path):
    for record in records(3):
        path = tmp_path / "records" / record["id"][:16]
        path.mkdir(parents=True)
        write_record(path, record)
    return tmp_path


def run(folder, *arguments):
    known = ["--records", str(folder / "records"), "--output", str(folder / "out")]
    return CliRunner().invoke(tfbs, ["compare", *arguments, *known])


def test_the_command_prints_leads_verdicts_and_groups(folder):
    done = run(folder, *(record["id"][:12] for record in records(3)))
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("planted: auroc")
    assert [line.split()[4] for line in lines[2:5]] == ["1", "1", "2"]
    assert lines[4].startswith("bad standard") and " worse " in lines[4]
    assert lines[5] == "(examples as if each had its own)"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("0000", "1111"), "no finished run"),
        (("nosuite",), "nosuite"),
        (("RUN", "OTHER", "--metric", "auroq"), "auroc"),
        (("RUN", "RUN"), "nothing to compare"),
    ],
)
def test_bad_input_is_refused(folder, arguments, message):
    known = records(3)
    places = {"RUN": known[0]["id"][:12], "OTHER": known[-1]["id"][:12]}
    done = run(folder, *(places.get(word, word) for word in arguments))
    assert message in f"{done.output}{done.exception}"
    assert done.exit_code != 0
