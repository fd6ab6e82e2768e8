"""Trials: none lost, none doubled, and after a kill those of an unbroken sweep."""

from __future__ import annotations

import threading

import pytest
from tests.benchmark.sweep.scene import Killed, Scene, measured

from tfbs.benchmark.executors import Outcome
from tfbs.benchmark.sweep import supervisor as module
from tfbs.benchmark.sweep.objective import Unmeasured, find_objectives
from tfbs.benchmark.sweep.refit import (
    best_trials,
    check_protocol,
    choose,
    is_over,
    refuse_after_test,
)
from tfbs.benchmark.sweep.study import RECIPE, open_study
from tfbs.benchmark.sweep.summary import gain_table
from tfbs.benchmark.sweep.supervisor import MOST_ATTEMPTS, SEEN
from tfbs.errors import Refused, UserError

RANGES = """
learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}
num_filters: {low: 2, high: 64, log: true}
activation: [relu, exponential]
"""


def outline(study):
    return [(t.number, t.state.name, t.params, t.values) for t in study.get_trials()]


@pytest.fixture
def space(tmp_path):
    file = tmp_path / "space.yaml"
    file.write_text(RANGES)
    return file


@pytest.mark.parametrize("sampler", ["tpe", "random", "cmaes", "nsga2"])
def test_a_sweep_killed_and_resumed_proposes_the_trials_of_an_unbroken_one(
    sampler, planted_task, tmp_path, monkeypatch, space
):
    pytest.importorskip("cmaes")
    unbroken = Scene(planted_task, tmp_path / "unbroken", monkeypatch)
    recipe = unbroken.recipe(search=[], fixed={}, space=space, sampler=sampler)
    whole = outline(unbroken.sweep(recipe, 24))
    broken = Scene(planted_task, tmp_path / "broken", monkeypatch)
    for run in (5, 14, 15):
        with pytest.raises(Killed):
            broken.sweep(recipe, 24, die_at=run)
    pieces = outline(broken.sweep(recipe, 24))
    assert pieces == whole
    assert [number for number, *_ in pieces] == list(range(24))
    assert {state for _, state, *_ in pieces} == {"COMPLETE"}
    assert len({str(params) for _, _, params, _ in pieces}) > 12


def test_a_kill_while_a_trial_is_proposed_changes_nothing(
    planted_task, tmp_path, monkeypatch, space
):
    unbroken = Scene(planted_task, tmp_path / "unbroken", monkeypatch)
    recipe = unbroken.recipe(search=[], fixed={}, space=space, sampler="random")
    whole = outline(unbroken.sweep(recipe, 6))
    broken = Scene(planted_task, tmp_path / "broken", monkeypatch)
    broken.sweep(recipe, 3)
    driver = broken.supervisor(recipe, 6)
    recipe.space[0].suggest(driver.study.ask())  # and then the process is gone
    assert outline(broken.sweep(recipe, 6)) == whole


def test_a_living_supervisors_trials_are_left_to_it(scene):
    recipe = scene.recipe()
    first = scene.supervisor(recipe, 4)
    assert first.next_job() is not None
    second = scene.supervisor(recipe, 4)
    second._lives = lambda owner: True
    assert second.next_job() is not None
    assert [t.state.name for t in second.study.get_trials()] == ["RUNNING", "RUNNING"]


def test_a_trial_that_another_has_just_begun_is_left_to_it(scene):
    driver = scene.supervisor(scene.recipe(), 4)
    begun = driver.study.ask()  # by a supervisor that does not share the lock: no owner yet
    driver.study.set_user_attr(f"{SEEN}elsewhere", 0.0)
    driver._lives = lambda owner: owner == "elsewhere"
    assert driver.next_job().tags["tfbs.trial"] == str(begun.number + 1)
    driver._lives = lambda owner: False
    assert driver.next_job().tags["tfbs.trial"] == str(begun.number)


def test_a_storage_that_does_not_answer_once_ends_no_heartbeat(scene, monkeypatch, capsys):
    driver = scene.supervisor(scene.recipe(), 1)
    monkeypatch.setattr(module, "SEEN_SECONDS", 0.01)
    calls, enough = [], threading.Event()

    def be_seen():
        calls.append(None)
        if len(calls) == 2:
            raise OSError("the disk is away")
        if len(calls) > 3:
            enough.set()

    driver._be_seen = be_seen
    with driver.heartbeat():
        assert enough.wait(30)
    assert "does not answer: the disk is away" in capsys.readouterr().err


def test_a_kill_before_the_recipe_is_kept_changes_nothing(scene, monkeypatch):
    import optuna

    keep = optuna.Study.set_user_attr

    def killed(study, key, value):
        if key == RECIPE:
            raise Killed
        keep(study, key, value)

    recipe = scene.recipe()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(optuna.Study, "set_user_attr", killed)
        open_study("s", recipe, scene.address)
    study = open_study("s", recipe, scene.address)
    assert study.user_attrs[RECIPE] == recipe.to_json()
    assert [trial.state.name for trial in study.get_trials()] == ["WAITING"]


def test_a_choice_waits_for_the_last_trial(scene):
    recipe = scene.recipe()
    assert not is_over(scene.supervisor(recipe, 2).study)
    study = scene.sweep(recipe, 1)
    assert is_over(study)
    study.ask()
    assert not is_over(study)


def test_an_objective_that_is_not_measured_on_test_hides_no_other(scene):
    found = find_objectives(["auroc_pgd_0.1", "average_precision"])
    recipe = scene.recipe()
    record = measured(recipe.spec({}, 0))
    table = gain_table(found, [("defaults", [record])])
    assert "undefined" in table and f"{record['metrics'][0]['value']:.4f}" in table


def test_a_trial_that_kills_its_process_is_given_up(scene):
    recipe = scene.recipe()
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(Killed):
            scene.sweep(recipe, 3, die_at=len(scene.jobs) + 1)
    assert len({job.spec.id for job in scene.jobs}) == 1
    study = scene.sweep(recipe, 3)
    states = [state for _, state, *_ in outline(study)]
    assert states == ["FAIL", "COMPLETE", "COMPLETE"]
    assert "its process died 3 times" in study.get_trials()[0].user_attrs["reason"]


def test_failed_and_pruned_runs_are_trials_too(scene):
    endings = iter(["failed", "pruned", "died"])
    scene.outcome = lambda job: Outcome(job, next(endings, "finished"), "why")
    study = scene.sweep(scene.recipe(), 5)
    states = [state for _, state, *_ in outline(study)]
    assert states == ["FAIL", "PRUNED", "FAIL", "COMPLETE", "COMPLETE"]
    assert study.get_trials()[0].user_attrs["reason"] == "why"


def test_a_run_is_done_once_whoever_proposes_it(scene, tmp_path):
    (tmp_path / "one.yaml").write_text("activation: [relu, exponential]")
    recipe = scene.recipe(search=[], fixed={}, space=tmp_path / "one.yaml", sampler="random")
    study = scene.sweep(recipe, 12, capacity=3)
    assert [state for _, state, *_ in outline(study)] == ["COMPLETE"] * 12
    assert sorted(scene.finished) == sorted(job.spec.id for job in scene.jobs)
    assert len(scene.jobs) == 2


def test_the_first_trial_is_the_defaults_and_all_have_the_sweeps_seed(scene):
    recipe = scene.recipe(search=["architecture", "regime"], fixed={}, seed=3)
    scene.sweep(recipe, 3)
    assert scene.jobs[0].spec == recipe.spec({}, 3)
    assert {job.spec.seed for job in scene.jobs} == {3}
    assert {job.spec.protocol for job in scene.jobs} == {"sweep-1"}


def test_an_objective_that_records_do_not_have_ends_the_sweep(scene):
    with pytest.raises(Unmeasured, match="protocol sweep-1 does not measure it on this task"):
        scene.sweep(scene.recipe(objectives=["auroc"]), 4)
    assert len(scene.jobs) == 1


def test_a_cost_without_value_fails_the_trial(scene):
    study = scene.sweep(scene.recipe(objectives=["macs"]), 1)
    assert study.get_trials()[0].user_attrs["reason"] == "macs is undefined: not measured"


def test_the_front_is_what_nothing_beats_in_both(scene, space):
    objectives = ["average_precision", "parameters"]
    recipe = scene.recipe(search=[], fixed={}, space=space, objectives=objectives)
    study = scene.sweep(recipe, 16)
    points = {t.number: t.values for t in study.get_trials()}
    beaten = {
        n for n, (high, low) in points.items()
        if any((h >= high and p <= low) and (h, p) != (high, low) for h, p in points.values())
    }  # fmt: skip
    assert {t.number for t in best_trials(study)} == set(points) - beaten
    assert not recipe.pruner.startswith("median")


def test_once_evaluated_on_test_a_sweep_is_over(scene, space):
    recipe = scene.recipe(search=[], fixed={}, space=space)
    study = scene.sweep(recipe, 6)
    best = study.best_trial
    choices = choose(study, recipe, 2, "full-1")
    assert [choice.label for choice in choices] == ["defaults", f"trial {best.number}"]
    assert [spec.seed for spec in choices[1].specs] == [1, 2]
    assert {spec.protocol for choice in choices for spec in choice.specs} == {"full-1"}
    rate = choices[1].specs[0].regime["parameters"]["learning_rate"]
    assert rate == best.params["learning_rate"]
    refuse_after_test(study, 6, 6)
    with pytest.raises(Refused, match="its choice was evaluated on test"):
        refuse_after_test(study, 7, 6)
    with pytest.raises(UserError, match="that is done once"):
        choose(study, recipe, 2, "full-2")
    with pytest.raises(UserError, match="does not judge on test"):
        check_protocol("sweep-1")


def test_a_name_belongs_to_one_recipe(scene):
    scene.sweep(scene.recipe(), 1)
    with pytest.raises(Refused, match="another sampler: 'tpe', not 'random'; give another --name"):
        scene.sweep(scene.recipe(sampler="random"), 2)
