"""Scoring as the challenge did, against scikit-learn and by hand."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score
from sklearn.model_selection import KFold

from tfbs.benchmark.dream.names import SubmissionName, letter_of, parse_name
from tfbs.benchmark.dream.score import RANKED, read_scores, score, tenths
from tfbs.benchmark.dream.truth import Truth
from tfbs.datasets.encode_dream.region_files import Problems
from tfbs.datasets.grid import Grid
from tfbs.errors import UserError

EVERY = Grid(
    ("chr1", "chr10", "chr2", "chr8"),
    ("",),
    np.array([[0, 600, 40], [1, 600, 30], [2, 600, 20], [3, 600, 35]], np.int64),
    200,
    50,
)
LADDER = EVERY.only(["chr1", "chr8"])


@pytest.fixture(scope="module")
def truth():
    rng = np.random.default_rng(0)
    label = rng.choice([0, 0, 0, 1, -1], len(LADDER)).astype(np.int8)
    return Truth(EVERY, LADDER, label, "drawn")


def rows(grid):
    names = np.array(grid.chromosomes)[grid.chromosome(slice(0, len(grid)))]
    starts = grid.start(slice(0, len(grid)))
    return [f"{name}\t{start}\t{start + 200}" for name, start in zip(names, starts, strict=True)]


def written(tmp_path, grid, values, name="F.X.liver.tab.gz"):
    path = tmp_path / name
    lines = [f"{row}\t{value}" for row, value in zip(rows(grid), values, strict=True)]
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    return path, parse_name(path)


def test_file_f_has_every_bin_and_file_l_those_of_the_ladder(tmp_path, truth):
    values = np.round(np.random.default_rng(1).random(len(EVERY)), 6)
    on_ladder = np.isin(EVERY.chromosome(slice(0, len(EVERY))), [0, 3])
    found = read_scores(*written(tmp_path, EVERY, values), truth)
    np.testing.assert_array_equal(found, values[on_ladder])
    short = written(tmp_path, LADDER, values[on_ladder], "L.X.liver.tab.gz")
    np.testing.assert_array_equal(read_scores(*short, truth), values[on_ladder])
    wrong = read_scores(*written(tmp_path, LADDER, values[on_ladder]), truth)
    assert isinstance(wrong, Problems) and "50 bins are missing" in str(wrong)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("nan", "1 scores are NaN: line 8 ('nan')"),
        ("1.5", "1 scores are outside 0 to 1: line 8 ('1.5')"),
        ("-0.1", "1 scores are outside 0 to 1: line 8 ('-0.1')"),
        ("inf", "1 scores are outside 0 to 1: line 8 ('inf')"),
        ("high", "1 scores are no numbers: line 8 ('high')"),
        ("", "1 scores are no numbers: line 8 ('')"),
        ("0_1", "1 scores are no numbers: line 8 ('0_1')"),
        (" 0.5", "1 scores are no numbers: line 8 (' 0.5')"),
    ],
)
def test_a_wrong_score_is_named_with_its_line(tmp_path, truth, value, said):
    values = ["0.5"] * len(EVERY)
    values[7] = value
    assert said in str(read_scores(*written(tmp_path, EVERY, values), truth))


def test_every_kind_of_problem_is_named_at_once(tmp_path, truth):
    values = ["0.5"] * len(EVERY)
    values[3], values[50] = "nan", "2"
    path, name = written(tmp_path, EVERY, values)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress(("\n".join([*lines[:60], *lines[61:]]) + "\n").encode()))
    said = str(read_scores(path, name, truth)).splitlines()
    assert len(said) == 3 and all(str(path) in line for line in said)


def test_measures_are_those_of_scikit_learn_and_ambiguous_bins_are_dropped():
    rng = np.random.default_rng(2)
    label = rng.choice([0] * 8 + [1, -1], 3000).astype(np.int8)
    value = np.round(rng.random(3000) + 0.4 * (label == 1), 2) / 2
    found = score(label, value).values
    known = label >= 0
    precision, recall, _ = precision_recall_curve(label[known], value[known])
    assert found["auroc"] == pytest.approx(roc_auc_score(label[known], value[known]), abs=1e-12)
    assert found["average_precision"] == pytest.approx(
        average_precision_score(label[known], value[known]), abs=1e-12
    )
    assert found["auprc_trapezoid"] == pytest.approx(auc(recall, precision), abs=1e-12)
    for rate in (50, 25, 10, 5):
        passed = recall[1 - precision <= rate / 100 + 1e-12]
        assert found[f"recall_at_fdr_{rate}"] == pytest.approx(passed.max(initial=0), abs=1e-12)


def test_the_areas_part_where_scores_tie():
    """As the facts have it: a step counts least where most tie, a straight line most."""
    rng = np.random.default_rng(3)
    bound, unbound = rng.normal(2.2, 1.2, 1000), rng.normal(0, 1, 400_000)
    value = np.concatenate([bound, unbound])
    label = np.repeat([1, 0], [len(bound), len(unbound)]).astype(np.int8)
    value = (value - value.min()) / np.ptp(value)
    distinct = score(label, value).values
    areas = ("average_precision", "auprc_trapezoid", "auprc_interpolated", "auprc_integral")
    spread = [distinct[name] for name in areas]
    assert np.ptp(spread) < 5e-4
    levels = score(label, np.floor(value * 10) / 10).values
    assert levels["average_precision"] < levels["auprc_interpolated"] < levels["auprc_trapezoid"]
    assert levels["auprc_integral"] == pytest.approx(levels["auprc_interpolated"], abs=2e-4)
    zeroed = score(label, np.where(value > np.quantile(value, 0.97), value, 0.0)).values
    assert zeroed["average_precision"] < zeroed["auprc_interpolated"] < zeroed["auprc_trapezoid"]


def test_tenths_are_contiguous_in_each_class():
    label = np.random.default_rng(4).choice([-1, 0, 1], 537).astype(np.int8)
    fold = tenths(label)
    for value in (-1, 0, 1):
        members = np.flatnonzero(label == value)
        for number, (_, left_out) in enumerate(KFold(10).split(members)):
            np.testing.assert_array_equal(np.flatnonzero(fold[members] == number), left_out)


def test_a_fold_is_scored_without_its_tenth():
    rng = np.random.default_rng(5)
    label = rng.choice([0, 0, 0, 1, -1], 2000).astype(np.int8)
    value = rng.random(2000)
    folds = score(label, value).folds
    kept = (tenths(label) != 3) & (label >= 0)
    assert folds.shape == (10, len(RANKED))
    assert folds[3, 0] == pytest.approx(roc_auc_score(label[kept], value[kept]), abs=1e-12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("F.CTCF.PC-3.tab.gz", SubmissionName("F", "CTCF", "PC-3")),
        ("L.MAX.MCF-7.tab.gz", SubmissionName("L", "MAX", "MCF-7")),
        ("B.NANOG.IMR90.tab", SubmissionName("B", "NANOG", "IMR90")),
        ("us.3.F.CTCF.liver.tab.gz", SubmissionName("F", "CTCF", "liver", "us.3")),
    ],
)
def test_names_say_round_factor_and_cell(tmp_path, name, expected):
    assert parse_name(tmp_path / name) == expected


@pytest.mark.parametrize("name", ["CTCF.PC-3.tab.gz", "X.CTCF.PC-3.tab.gz", "F.CTCF.tab.gz", "a"])
def test_another_name_is_refused(tmp_path, name):
    with pytest.raises(UserError, match="not the name of a submission"):
        parse_name(tmp_path / name)


@pytest.mark.parametrize("label", [[1, 0, 0, -1], [1, 1, 1, 0], [-1, -1, -1, -1]])
def test_labels_of_one_class_cannot_be_scored(label):
    with pytest.raises(UserError, match=r"[01] bins are (un)?bound: two are the least"):
        score(np.array(label, np.int8), np.linspace(0, 1, 4))


def test_numbers_may_be_written_in_any_way(tmp_path, truth):
    values = ["1e-3", ".5", "1.", "+0.25", "1E-2"] + ["0.5"] * (len(EVERY) - 5)
    found = read_scores(*written(tmp_path, EVERY, values), truth)
    np.testing.assert_array_equal(found[:5], [1e-3, 0.5, 1, 0.25, 1e-2])


def test_a_name_that_would_part_is_refused():
    with pytest.raises(UserError, match=r"'PU\.1' cannot be part of the name"):
        _ = SubmissionName("F", "PU.1", "K562").file


def test_the_round_of_a_pair_is_that_of_the_challenge():
    assert letter_of("CTCF", "PC-3", trained_on=False) == "F"
    assert letter_of("CTCF", "PC-3", trained_on=True) == "B"
    assert letter_of("CTCF", "GM12878", trained_on=False) == "L"
    assert letter_of("Reb1", "yeast", trained_on=False) == "F"
