"""The challenge's rank on a board, from folds by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tfbs.datasets.grid import Grid
from tfbs.leaderboards.dream import dream_folds, dream_ladder


def entry(slug: str, strength: float, seeds=(0, 1)):
    """An entry whose measures are a number and a little noise, with its folds."""
    ids = [f"{slug:x<15}{seed}" * 4 for seed in seeds]
    rng = np.random.default_rng(len(slug))
    examples = {
        f"{run_id[:16]} dream {factor} A549": strength + 0.01 * rng.random((10, 4))
        for run_id in ids
        for factor in ("CTCF", "MAX")
    }
    spec = SimpleNamespace(task_name="encode_dream/open-CTCF")
    return SimpleNamespace(records=dict.fromkeys(ids), spec=lambda run_id: spec), examples


def test_who_is_better_on_every_fold_is_first():
    entries = {"low": entry("low", 0.2), "highest": entry("highest", 0.8), "mid": entry("mid", 0.5)}
    ladder = dream_ladder(entries, {"other": "not verified yet"})
    assert [(p.slug, p.score.value) for p in ladder.places] == [
        ("highest", 1.0),
        ("low", 2.5),  # the challenge counts every rank from (N + 1) / 2 on alike
        ("mid", 2.5),
    ]
    assert not ladder.higher_is_better
    assert ladder.not_ranked == {"other": "not verified yet"}


def test_an_entry_without_a_pair_has_no_rank_and_without_any_there_is_no_ladder():
    bare = SimpleNamespace(records={"0" * 64: None}, spec=None)
    assert dream_ladder({"bare": (bare, {})}, {}) is None
    ladder = dream_ladder({"one": entry("one", 0.5), "bare": (bare, {})}, {})
    assert ladder.not_ranked == {"bare": "has no pair of factor and cell"}


def test_folds_are_of_every_cell_by_itself():
    rng = np.random.default_rng(0)
    grid = Grid(("chr1",), ("A", "B"), np.array([[0, 0, 60]]), 200, 50)
    label = np.concatenate([rng.integers(-1, 2, 60), np.full(60, -1)])[:, None].astype("int8")
    logits = (label + rng.normal(size=label.shape)).astype("float32")
    split = SimpleNamespace(grid=grid, label=label)
    task = SimpleNamespace(dataset="encode_dream", splits={"test_cell": split}, targets=("CTCF",))
    found = dream_folds(task, {"test_cell_logits": logits})
    assert list(found) == ["dream CTCF A"]  # nothing is known of B
    assert found["dream CTCF A"].shape == (10, 4)
    from sklearn.metrics import roc_auc_score

    known = np.flatnonzero(label[:60, 0] >= 0)
    bound = np.array_split(np.flatnonzero(label[:60, 0] == 1), 10)[3]
    unbound = np.array_split(np.flatnonzero(label[:60, 0] == 0), 10)[3]
    kept = np.setdiff1d(known, [*bound, *unbound])
    expected = roc_auc_score(label[kept, 0], logits[kept, 0])
    assert found["dream CTCF A"][3, 0] == pytest.approx(expected)
    assert dream_folds(SimpleNamespace(dataset="x", splits=task.splits), {}) == {}
