"""Figures of a sweep: those that its trials allow."""

from __future__ import annotations

import pytest

from tfbs.benchmark.sweep import plots
from tfbs.benchmark.sweep.summary import failures, states, trial_table


@pytest.fixture
def rates(tmp_path):
    file = tmp_path / "space.yaml"
    file.write_text(
        "learning_rate: {low: 1.0e-4, high: 1.0e-2, log: true}\n"
        "num_filters: {low: 2, high: 64, log: true}\n"
    )
    return file


def test_several_objectives_have_a_front_and_one_has_none(scene, rates, tmp_path):
    both = scene.recipe(
        search=[], fixed={}, space=rates, objectives=["average_precision", "parameters"]
    )
    study = scene.sweep(both, 12)
    files = plots.draw(study, both.objectives, tmp_path / "figures")
    assert list(files) == ["history", "importance", "front"]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files.values())
    assert states(study) == "12 complete" and not failures(study)
    lines = trial_table(study, both.objectives).splitlines()
    assert lines[0].split() == [
        "trial", "average_precision", "parameters", "learning_rate", "num_filters",
    ]  # fmt: skip


def test_what_decides_is_named_first_and_nothing_decides_a_constant(scene, rates):
    recipe = scene.recipe(
        search=[], fixed={}, space=rates, sampler="random", objectives=["parameters"]
    )
    study = scene.sweep(recipe, 40)
    shares = plots._shares(study, 0, recipe.objectives[0])
    assert next(iter(shares)) == "num_filters" and shares["num_filters"] > 0.8
    assert list(plots.draw(study, recipe.objectives, scene.folder / "f")) == [
        "history",
        "importance",
    ]


def test_too_few_trials_leave_figures_out(scene, rates):
    recipe = scene.recipe(search=[], fixed={}, space=rates)
    study = scene.supervisor(recipe, 1).study
    assert plots.draw(study, recipe.objectives, scene.folder / "f") == {}
    assert list(plots.draw(scene.sweep(recipe, 1), recipe.objectives, scene.folder / "f")) == [
        "history"
    ]
