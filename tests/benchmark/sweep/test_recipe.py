"""What a sweep tries: declared spaces, files, conditions, and what is refused at the door."""

from __future__ import annotations

import dataclasses

import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.benchmark.sweep.declared import default_settings
from tfbs.benchmark.sweep.objective import find_objectives
from tfbs.benchmark.sweep.refit import tried
from tfbs.benchmark.sweep.space import Dimension
from tfbs.benchmark.sweep.sweep import make_recipe
from tfbs.errors import UserError


def write(tmp_path, text):
    file = tmp_path / "space.yaml"
    file.write_text(text)
    return file


def proposals(recipe, count):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    trials = [study.ask() for _ in range(count)]
    return [recipe.suggest(trial) for trial in trials], study


def test_declared_spaces_hold_the_defaults(planted_task):
    recipe = make_recipe(planted_task, "cnn_local", "pgd_2021", search=["architecture", "regime"])
    names = {dimension.name for dimension in recipe.space}
    assert {"num_filters", "activation", "dropout", "learning_rate", "batch_size"} <= names
    known = default_settings("cnn_local", "pgd_2021")
    assert recipe.defaults() == {name: known[name] for name in names}


def test_priors_that_do_not_compose_are_left_out(planted_task):
    task = dataclasses.replace(planted_task, length=200)
    (first_layer,) = [
        each
        for each in make_recipe(task, "siamese_cnn", search=["priors"]).space
        if each.name.startswith("prior.")
    ]
    assert first_layer.name == "prior.first_layer" and "none" in first_layer.choices


def test_a_file_replaces_adds_and_leaves_out(planted_task, tmp_path):
    file = write(
        tmp_path,
        "dropout: {low: 0, high: 1.0e-1}\nnum_filters: null\nprior.first_pool: [2, 5]\n",
    )
    recipe = make_recipe(
        planted_task,
        "cnn_local",
        search=["architecture"],
        space=file,
        fixed={"activation": "relu"},
    )
    space = {each.name: each for each in recipe.space}
    assert space["dropout"] == Dimension("dropout", "float", low=0, high=0.1)
    assert space["prior.first_pool"].choices == (2, 5)
    assert "num_filters" not in space and "activation" not in space
    alone = make_recipe(planted_task, "cnn_local", space=file)
    assert [each.name for each in alone.space] == ["dropout", "prior.first_pool"]


def test_settings_of_one_regime_are_tried_with_it_alone(planted_task, tmp_path):
    file = write(tmp_path, "epsilon: {low: 0.01, high: 0.1}\nregime: [standard, pgd]\n")
    recipe = make_recipe(planted_task, "cnn_local", space=file, fixed={"steps": 3})
    found, study = proposals(recipe, 20)
    for values, trial in zip(found, study.get_trials(), strict=True):
        assert ("epsilon" in values) == (values["regime"] == "pgd")
        spec = recipe.spec(tried(recipe, trial), 0)
        assert spec.regime["name"] == values["regime"]
        assert spec == recipe.spec(values, 0)
        assert spec.regime["parameters"].get("steps", 3) == 3
    assert {values["regime"] for values in found} == {"standard", "pgd"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dropout: [", r"space\.yaml:\d: not YAML"),
        ("- dropout", r"space\.yaml: a search space is a mapping"),
        ("activation: [relu]\ndropout: 0.5", r"space\.yaml:2: dropout is 0\.5: write a list"),
        ("dropout: {low: 1, high: 0}", r"space\.yaml:1: dropout: low 1 must not be above high 0"),
        ("dropout: {low: 0, high: 1, log: true}", "a logarithmic range begins above 0"),
        ("dropout: {low: a, high: 1}", "low 'a' and high 1 must be numbers"),
        ("dropout: {low: .nan, high: 1}", "both are finite"),
        ("dropout: {low: 0, high: .inf}", "both are finite"),
        ("dropout: []", "dropout has no choices"),
        ("dropout: {low: 0, high: 2}", r"dropout=2\.0 is not valid"),
        ("dropuot: [0.1]", "has no setting 'dropuot'; nearest: dropout"),
        ("activation: [relu, reul]", "activation='reul' is not valid"),
        ("prior.rc: [none, sharde]", r"prior.* is not valid"),
        ("regime: [standard, pdg]", "no regime is called 'pdg'"),
        ("regime: [standard, pgd]\nalpha: [1.0]", "none of the regimes .* setting 'alpha'"),
        ("prior.rc: [none, posthoc]\nprior.first_pool: [2, 90]", "prior.first_pool=90 leaves"),
        ("dropout: null", "there is nothing to try"),
    ],
)
def test_a_wrong_space_is_refused_at_the_door(text, message, planted_task, tmp_path):
    with pytest.raises(UserError, match=message):
        make_recipe(planted_task, "cnn_local", space=write(tmp_path, text), fixed={"pool_size": 20})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objectives": ["auorc"]}, "no metric is called 'auorc'; nearest: auroc"),
        ({"objectives": ["auroc", "auroc"]}, "one is named twice"),
        ({"objectives": ["attribution_aupr_chance"]}, "descriptive"),
        ({"objectives": ["auroc", "macs"], "pruner": "median"}, "needs one objective"),
        ({"objectives": ["auroc_pgd_0.02"], "pruner": "halving"}, "needs one objective"),
        ({"objectives": ["auroc", "macs"], "sampler": "cmaes"}, "takes one objective"),
        ({"fixed": {"epohcs": 2}}, "has no setting 'epohcs'"),
        ({"search": ["none"]}, "there is nothing to try"),
    ],
)
def test_a_wrong_recipe_is_refused_at_the_door(options, message, planted_task):
    with pytest.raises(UserError, match=message):
        make_recipe(planted_task, "cnn_local", **options)


def test_directions_come_from_the_glossary():
    found = find_objectives(
        ["average_precision", "auroc_pgd_0.02", "training_seconds", "ece_pgd_0"]
    )
    assert [each.direction for each in found] == ["maximize", "maximize", "minimize", "minimize"]


def test_pruning_is_the_default_where_the_objective_is_followed(planted_task):
    pruners = {
        names: make_recipe(planted_task, "cnn_local", objectives=names).pruner
        for names in [("auroc",), ("auroc_pgd_0.02",), ("auroc", "macs")]
    }
    assert list(pruners.values()) == ["median", "none", "none"]


def test_equal_recipes_have_one_name_and_others_another(planted_task):
    one, same = (make_recipe(planted_task, "cnn_local") for _ in range(2))
    assert one.name == same.name and one.name.startswith("planted-cnn_local-")
    assert make_recipe(planted_task, "cnn_local", seed=1).name != one.name


values = st.one_of(st.booleans(), st.integers(), st.text(), st.lists(st.integers(), max_size=2))


@settings(max_examples=25)
@given(st.lists(values, min_size=1, unique_by=lambda v: (type(v).__name__, str(v))))
def test_a_choice_comes_back_as_it_was_written(choices):
    dimension = Dimension("x", "categorical", tuple(choices))
    for choice in choices:
        trial = optuna.trial.FixedTrial({"x": dimension.word(choice)})
        if sum(dimension.word(each) == dimension.word(choice) for each in choices) == 1:
            assert dimension.suggest(trial) == choice
    assert Dimension.from_json(dimension.to_json()) == dimension
