"""Giving up trials by their validation, also those that go on after a kill."""

from __future__ import annotations

import optuna
import pytest

from tfbs.benchmark.run import execute
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.sweep.pruning import PRUNERS, TrialWatch
from tfbs.benchmark.sweep.storage import open_storage
from tfbs.benchmark.tracking import REASON_TAG, Store
from tfbs.benchmark.watch import Pruned

TINY = {"epochs": 4, "num_filters": 2, "pool_size": 20, "dense_units": 4, "probe_epochs": 0}


@pytest.fixture
def study(tmp_path):
    """Five finished trials whose validation was 0.5, 0.6, … 0.9 throughout, and a sixth."""
    address = str(tmp_path / "journal.log")
    study = optuna.create_study(study_name="s", storage=open_storage(address), direction="maximize")
    for value in (0.5, 0.6, 0.7, 0.8, 0.9):
        trial = study.ask()
        for epoch in range(1, 9):
            trial.report(value, epoch)
        study.tell(trial, value)
    return address, study, study.ask()


def watch_of(address, trial, pruner="median"):
    return TrialWatch(address, "s", trial._trial_id, "val_auroc", pruner).follow()


def test_a_trial_below_the_median_of_the_others_is_given_up(study):
    address, study, trial = study
    watch = watch_of(address, trial)
    for epoch in range(1, 5):
        watch(epoch, {"val_auroc": 0.65, "loss": 9.0})
    with pytest.raises(Pruned, match=r"pruned after epoch 5, val_auroc 0\.6500"):
        watch(5, {"val_auroc": 0.65})
    assert study.get_trials()[-1].intermediate_values == dict.fromkeys(range(1, 6), 0.65)


def test_a_trial_above_it_goes_on_and_one_that_is_repeated_is_reported_once(study):
    address, study, trial = study
    for _ in range(2):
        watch = watch_of(address, trial)
        for epoch in range(1, 9):
            watch(epoch, {"val_auroc": 0.75})
    assert study.get_trials()[-1].intermediate_values == dict.fromkeys(range(1, 9), 0.75)


@pytest.mark.parametrize("pruner", PRUNERS)
def test_every_pruner_is_told_of_a_leading_trial_and_lets_it_go_on(study, pruner):
    address, study, trial = study
    watch_of(address, trial, pruner)(1, {"val_auroc": 0.95})
    assert study.get_trials()[-1].intermediate_values == {1: 0.95}


def test_a_run_that_is_given_up_leaves_its_curve_and_no_record(planted_task, output):
    def watch(epoch, values):
        if epoch == 2:
            raise Pruned("pruned after epoch 2")

    spec = resolve_spec(planted_task, "cnn_local", None, 0, TINY, "sweep-1")
    store = Store(output)
    with pytest.raises(Pruned):
        execute(spec, planted_task, store, threads=2, watch=watch)
    assert store.find(spec.id) is None
    (run,) = store._search("attributes.status = 'KILLED'")
    assert run.data.tags[REASON_TAG] == "Pruned: pruned after epoch 2"
    history = store._client.get_metric_history(run.info.run_id, "val_auroc")
    assert [point.step for point in history] == [1, 2]
    assert not list((output / "checkpoints").glob("*"))
