"""The audit against leaks that were planted, and those that are known to be in real data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tfbs.__main__ import main
from tfbs.datasets.alphabet import reverse_complement
from tfbs.datasets.audit import Duplicates, audit
from tfbs.datasets.audit_text import audit_lines
from tfbs.datasets.split import Split
from tfbs.datasets.task import Task

GUE = Path(__file__).parents[3] / "shared/data/gue-tf"


def make_split(sequence: np.ndarray, label: np.ndarray) -> Split:
    ids = np.array([f"s{row}" for row in range(len(sequence))])
    return Split(ids, sequence, label[:, None].astype("int8"))


def make_task(**splits: Split) -> Task:
    return Task("t", "t", "", "1.0.0", "0" * 64, "by hand", 80, ("x",), splits, {})


@pytest.fixture
def leaky():
    """Training of 40; test of 20, two of them known, one as the other strand, one in part."""
    rng = np.random.default_rng(0)
    train, test = (rng.integers(0, 4, (n, 80), dtype=np.uint8) for n in (40, 20))
    train_label, test_label = np.arange(40) % 2, np.arange(20) % 2
    train[5] = train[3]  # both bound
    train[9] = reverse_complement(train[2])  # 2 unbound, 9 bound
    test[0] = train[20]  # both unbound
    test[1] = train[30]  # 1 bound, 30 unbound
    test[2] = reverse_complement(train[21])  # 2 unbound, 21 bound
    test[3, :55] = train[22, 10:65]
    test[4, :60] = reverse_complement(train[23])[:60]
    test[5, :49] = train[24, :49]
    return make_task(train=make_split(train, train_label), test=make_split(test, test_label))


def test_planted_leaks_are_counted(leaky):
    found = audit(leaky)
    assert found.duplicates == [
        Duplicates("train", "train", exact=1, reverse_complement=1, relabelled=1),
        Duplicates("test", "train", exact=2, reverse_complement=1, relabelled=2),
    ]
    (shared,) = found.shared
    assert (shared.n, shared.same_strand, shared.other_strand) == (20, 3, 2)
    assert shared.bound == 2  # rows 1 and 3
    assert not found.tiles


def test_padding_does_not_hide_a_reverse_complement():
    rng = np.random.default_rng(1)
    sequence = np.full((2, 80), 4, "uint8")
    sequence[0, :60] = rng.integers(0, 4, 60)
    sequence[1, :60] = reverse_complement(sequence[0, :60])
    found = audit(make_task(train=make_split(sequence, np.array([0, 1]))))
    (within,) = found.duplicates
    assert (within.exact, within.reverse_complement, within.relabelled) == (0, 1, 1)


def test_gc_and_length_that_give_the_label_away_are_shown():
    rng = np.random.default_rng(2)
    bound, unbound = rng.choice([1, 2, 0], (30, 80)), rng.choice([0, 3, 1], (30, 80))
    unbound[:, 60:] = 4
    sequence = np.concatenate([bound, unbound]).astype("uint8")
    found = audit(make_task(test=make_split(sequence, np.repeat([1, 0], 30))))
    (confounder,) = found.confounders
    assert confounder.gc_auroc > 0.95 and confounder.length_auroc == 1
    facts = {(each.split, each.label): each for each in found.classes}
    assert facts["test", "unbound"].length_quantiles == (60, 60, 60)
    assert facts["test", "bound"].gc_mean == pytest.approx(2 / 3, abs=0.03)


def test_a_target_with_one_class_is_undefined():
    sequence = np.random.default_rng(3).integers(0, 4, (6, 80), dtype=np.uint8)
    found = audit(make_task(test=make_split(sequence, np.array([0, 0, 0, -1, 0, 0]))))
    (undefined,) = found.undefined
    assert (undefined.split, undefined.target) == ("test", "x")
    assert undefined.reason == "no bound example"
    text = "\n".join(audit_lines(found))
    assert "test: x is undefined: no bound example" in text
    assert "duplicates: none" in text


@pytest.mark.skipif(not GUE.exists(), reason="the GUE data are not here")
@pytest.mark.parametrize(
    ("name", "duplicates", "shared"),
    [("tf/0", [8, 1], (38, 9, 0)), ("mouse/3", [], (2, 0, 2))],
)
def test_the_leaks_of_gue_are_found(tmp_path, capsys, name, duplicates, shared):
    folder = GUE / name
    files = {"train": "train.csv", "valid": "dev.csv", "test": "test.csv"}
    command = ["data", "build", "sequences", "--name", "gue", "--data-dir", str(tmp_path)]
    for option, file in files.items():
        command += [f"--{option}", str(folder / file)]
    assert main(command) == 0
    capsys.readouterr()
    data = ["--data-dir", str(tmp_path)]
    assert main(["data", "info", "sequences/gue", "--audit", "--json", *data]) == 0
    found = json.loads(capsys.readouterr().out)["audit"]
    assert [each["exact"] for each in found["duplicates"]] == duplicates
    (test,) = [s for s in found["shared"] if (s["split"], s["reference"]) == ("test", "train")]
    assert (test["same_strand"], test["other_strand"], test["bound"]) == shared
