"""Scores and their luck, against a literal bootstrap of examples in tasks in seeds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.leaderboards.fake_board import FakeEntry, FakeTask, fake_board

from tfbs.benchmark.statistics.delong import delong
from tfbs.leaderboards.cells import Where, cells_of
from tfbs.leaderboards.entries import read_board
from tfbs.leaderboards.estimates import estimate
from tfbs.leaderboards.task_file import read_task_file, read_truth_rows, task_path


def cells_on(board, suite, tasks):
    """The cells of every entry, by slug."""
    found = {}
    for entry in read_board(board, suite).entries:
        file = board / "verdicts" / "fake-1" / f"{entry.slug}.npz"
        examples = dict(np.load(file, allow_pickle=False))
        found[entry.slug] = {}
        for task in tasks:
            path = task_path(board, "fake-1", task.name)
            said = read_task_file(path)
            truth = read_truth_rows(path, said)
            found[entry.slug] |= cells_of(entry, said, truth, examples)
    return found


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    board = tmp_path_factory.mktemp("board")
    tasks = [FakeTask("a", 120, seed=1), FakeTask("b", 80, seed=2)]
    entries = [
        FakeEntry("one", 1.2, seeds=(0, 1, 2, 3), wobble=0.4),
        FakeEntry("two", 1.0, seeds=(4, 5, 6, 7), wobble=0.4, noise=1),
    ]
    suite = fake_board(board, tasks, entries)
    return tasks, entries, cells_on(board, suite, tasks)


WEIGHTS = {
    Where("a", "prediction"): 0.3,
    Where("a", "robustness"): 0.2,
    Where("b", "prediction"): 0.3,
    Where("b", "robustness"): 0.2,
}


def area(scores: np.ndarray, label: np.ndarray) -> np.ndarray:
    """AUROC of `(seeds, n)` scores by counting pairs."""
    above = scores[:, label == 1, None], scores[:, None, label == 0]
    return ((above[0] > above[1]) + 0.5 * (above[0] == above[1])).mean(axis=(1, 2))


def bootstrap_scores(tasks, entries, draws: int) -> np.ndarray:
    """`(draws, entries)`: for all entries one sample of the examples of each task."""
    rng = np.random.default_rng(0)
    outputs = [[[e.outputs(t, s) for s in e.seeds] for t in tasks] for e in entries]
    found = np.zeros((draws, len(entries)))
    for draw in range(draws):
        for place, task in enumerate(tasks):
            rows = rng.integers(0, task.n, task.n)
            attacked = rows[rows < len(task.attacked)]
            for index in range(len(entries)):
                runs = outputs[index][place]
                for weight, metric, some in (
                    (0.3, "auroc", rows),
                    (0.2, "auroc_pgd_0.02", attacked),
                ):
                    scores = np.stack([run[metric][some, 0] for run in runs])
                    found[draw, index] += weight * area(scores, task.label[some, 0]).mean()
    return found


def test_examples_move_scores_as_in_a_paired_bootstrap(two):
    tasks, entries, cells = two
    found = estimate([cells["one"], cells["two"]], WEIGHTS).means.covariance
    sample = np.cov(bootstrap_scores(tasks, entries, 800).T)
    assert found == pytest.approx(sample, rel=0.2)
    paired = found[0, 0] + found[1, 1] - 2 * found[0, 1]
    assert np.var(np.diff(bootstrap_scores(tasks, entries, 800))) == pytest.approx(paired, rel=0.2)
    assert paired < 0.5 * np.trace(found)  # they share most of their noise


def test_seeds_move_scores_as_other_seeds_do(two):
    tasks, entries, cells = two
    found = estimate([cells["one"]], WEIGHTS).means
    runs = [[entries[0].outputs(task, seed) for seed in entries[0].seeds] for task in tasks]
    expected = 0.0
    for task, own in zip(tasks, runs, strict=True):
        clean = area(np.stack([run["auroc"][:, 0] for run in own]), task.label[:, 0])
        label = task.label[task.attacked, 0]
        attacked = area(np.stack([run["auroc_pgd_0.02"][:, 0] for run in own]), label)
        expected += np.var(0.3 * clean + 0.2 * attacked, ddof=1) / 4
    assert found.seed_variance[0] == pytest.approx(expected)


def test_scores_are_weighted_means_of_scikit_learns(two):
    tasks, entries, cells = two
    found = estimate([cells["one"]], {Where("a", "prediction"): 0.5, Where("b", "prediction"): 0.5})
    expected = [
        np.mean([roc_auc_score(t.label[:, 0], entries[0].outputs(t, s)["auroc"]) for t in tasks])
        for s in entries[0].seeds
    ]
    assert found.by_seed[0] == pytest.approx(expected)
    assert found.means.values[0] == pytest.approx(np.mean(expected))


def test_of_one_task_the_covariance_is_delongs_of_mean_scores(two):
    tasks, entries, cells = two
    weights = {Where("a", "prediction"): 1.0}
    found = estimate([cells["one"], cells["two"]], weights).means.covariance
    logits = [
        entry.outputs(tasks[0], seed)["auroc"][:, 0] for entry in entries for seed in entry.seeds
    ]
    full = delong(tasks[0].label[:, 0], np.array(logits)).covariance
    mean = np.kron(np.eye(2), np.full(4, 0.25))
    assert found == pytest.approx(mean @ full @ mean.T, rel=1e-5)


def test_numbers_per_example_that_give_another_score_are_not_used(tmp_path):
    tasks = [FakeTask("a", 60)]
    suite = fake_board(tmp_path, tasks, [FakeEntry("one")])
    (entry,) = read_board(tmp_path, suite).entries
    path = task_path(tmp_path, "fake-1", "a")
    said = read_task_file(path)
    examples = dict(np.load(tmp_path / "verdicts" / "fake-1" / "one.npz"))
    key = next(key for key in examples if key.endswith(" auroc"))
    examples[key] = -examples[key]
    cells = cells_of(entry, said, read_truth_rows(path, said), examples)
    assert cells[Where("a", "prediction")].influence is None
    assert cells[Where("a", "prediction")].variance == pytest.approx((0.03 / 1.96) ** 2, rel=1e-3)
    assert cells[Where("a", "robustness")].influence is not None
