"""Which metric stands for each axis of a task on a board."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.suite import Block, Suite
from tfbs.datasets.ceiling import expected_auroc
from tfbs.datasets.task import Split, Task
from tfbs.errors import UserError
from tfbs.leaderboards import task_file
from tfbs.leaderboards.ceilings import best_auroc, target_ceilings, truth_as_a_map
from tfbs.leaderboards.floor_entries import floor_specs
from tfbs.leaderboards.minimum import spec_problems
from tfbs.leaderboards.task_file import headlines, read_task_file, write_task


def task_of(target: str) -> Task:
    ids = np.array(["s0", "s1"])
    test = Split(ids, np.zeros((2, 9), "uint8"), np.array([[0], [1]], "int8"))
    return Task("x", "x", "", "1.0.0", "0" * 64, "", 9, (target,), {"test": test}, {})


def suite_of(tasks: list[str]) -> Suite:
    block = Block(tasks=tasks, architectures=["deepbind"])
    return Suite(name="s", version=1, description="", protocol="quick-1", matrix=[block])


@pytest.mark.parametrize(
    ("target", "protocol", "found"),
    [
        ("REST", "full-3", "jaspar_auroc_saliency"),
        ("REST", "full-1", None),
        ("Bound", "full-3", None),
    ],
)
def test_real_sequences_are_explained_where_jaspar_knows_the_factor(target, protocol, found):
    assert headlines(task_of(target), PROTOCOLS[protocol]).get("interpretability") == found


def test_the_truth_as_a_map_is_what_every_position_is_worth():
    codes = np.array([[0, 1, 2, 3, 0, 1]] * 2, "uint8")
    information = np.array([[0, 0, 2, 2, 0, 0]] * 2, "float32")
    importance = np.zeros((2, 6, 4), "float32")
    importance[:, 3] = [-1, -2, -3, 0]  # whatever takes the place of the T lowers the logit
    importance[:, 2] = [-1, 0.5, 0, -1]
    importance[:, 5] = [0.5, 0, 0.5, 0.5]
    label = np.ones((2, 1), "int8")
    parts = {"information": information, "importance": importance}
    test = Split(np.array(["a", "b"]), codes, label, **parts)
    task = Task("x", "x", "", "1.0.0", "0" * 64, "", 6, ("Bound",), {"test": test}, {})
    found = truth_as_a_map(task, PROTOCOLS["full-1"])
    assert found == {"attribution_auroc_saliency": 1.0}
    elsewhere = replace(test, importance=importance[:, [2, 1, 0, 3, 4, 5]])  # 6 of 8 pairs
    moved = truth_as_a_map(replace(task, splits={"test": elsewhere}), PROTOCOLS["full-1"])
    assert moved == {"attribution_auroc_saliency": 0.75}


def test_targets_are_ranked_by_family_where_a_task_has_several(tmp_path):
    split = replace(task_of("REST").splits["test"], label=np.array([[0, 1, 1], [1, 0, 0]], "int8"))

    def written(*targets, axis="prediction"):
        task = replace(task_of("REST"), targets=targets, splits={"test": split})
        file = read_task_file(write_task(tmp_path, suite_of(["x"]), task))
        assert file.targets == list(targets)
        return file.family, {family: file.columns(family) for family in file.parts(axis)}

    rest, ctcf = "Factors with multiple dispersed zinc fingers", "More than 3 adjacent zinc fingers"
    assert written("CTCF/K562", "CTCF/liver", "YY1") == (ctcf, {})
    assert written("CTCF/K562", "REST", "YY1") == ("", {ctcf: [0, 2], rest: [1]})
    assert written("CTCF", "Bound", "CTCFL") == ("", {ctcf: [0, 2]})
    for axis in ("interpretability", "robustness"):  # of all targets of a sequence at once
        assert written("CTCF", "Bound", "CTCFL", axis=axis) == ("", {})
    assert written("Bound", "Open", "Other") == ("", {})


def test_the_best_auroc_is_that_of_the_chances_target_by_target(
    tmp_path, planted_task, monkeypatch
):
    """Computed once for the same data: it may take minutes."""
    asked = []

    def chances(codes):
        asked.append(codes.shape)
        chance = np.linspace(0.05, 0.95, len(codes))
        return np.stack([chance] * len(planted_task.targets), axis=1)

    task = replace(planted_task, chances=chances)
    test = task.splits["test"]
    file = read_task_file(write_task(tmp_path, suite_of(["planted"]), task))
    rng = np.random.default_rng(0)
    chance = np.linspace(0.05, 0.95, len(test.sequence))
    drawn = [roc_auc_score(rng.random(len(chance)) < chance, chance) for _ in range(300)]
    assert set(file.target_ceilings) == set(task.targets)
    for value in (*file.target_ceilings.values(), file.ceilings["auroc"]):
        assert value == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / 300**0.5 + 1e-3)
    again = write_task(tmp_path, suite_of(["planted"]), task)
    assert read_task_file(again) == file
    assert asked == [test.sequence.shape]
    monkeypatch.setattr(task_file, "CEILINGS_VERSION", 2)
    write_task(tmp_path, suite_of(["planted"]), task)
    assert len(asked) == 2
    write_task(tmp_path, suite_of(["planted"]), replace(task, fingerprint="1" * 64))
    assert len(asked) == 3
    again.write_text("{}")
    write_task(tmp_path, suite_of(["planted"]), task)
    assert read_task_file(again).target_ceilings == file.target_ceilings


def two_targets(label, chances):
    split = replace(task_of("A").splits["test"], label=np.array(label, "int8"))
    split = replace(split, sequence=np.zeros((len(label), 9), "uint8"))
    return replace(
        task_of("A"), targets=("A", "B"), splits={"test": split}, chances=lambda codes: chances
    )


def test_the_best_auroc_is_of_the_examples_and_targets_that_the_score_is_of():
    chances = np.array([[0.1, 0.5], [0.2, 0.5], [0.9, 0.5], [0.4, 0.5]])
    found = target_ceilings(two_targets([[0, 0], [0, 0], [1, 0], [-1, 0]], chances))
    assert found == {"A": round(expected_auroc(chances[:3, 0]), 4)}
    assert best_auroc(two_targets([[0, 0]], chances), found) == {"auroc": found["A"]}


@pytest.mark.parametrize(
    ("chances", "said"),
    [
        (np.zeros(2), r"chances` gives \(2,\) numbers from 0 to 0, where \(2, 2\) probabilities"),
        (np.full((2, 2), np.nan), "numbers from nan to nan"),
        (np.array([[0, 1], [2, 0]]), "numbers from 0 to 2"),
    ],
)
def test_what_is_no_probability_is_refused(chances, said):
    with pytest.raises(UserError, match=said):
        target_ceilings(two_targets([[0, 1], [1, 0]], chances))


def test_what_a_builder_noted_is_of_all_targets_together():
    noted = {"ceiling": {"test": {"auroc": 0.93}}}
    one = replace(task_of("A"), metadata=noted)
    assert target_ceilings(one) == {"A": 0.93}
    two = replace(two_targets([[0, 1], [1, 0]], None), chances=None, metadata=noted)
    assert target_ceilings(two) == {}
    assert best_auroc(two, {}) == best_auroc(one, {"A": 0.93}) == {"auroc": 0.93}
    assert target_ceilings(task_of("A")) == best_auroc(task_of("A"), {}) == {}


def test_a_task_is_measured_by_the_protocol_of_its_block(tmp_path, planted_task):
    other = replace(planted_task, name="planted/other", config="other")
    suite = Suite(
        name="s",
        version=1,
        description="",
        protocol="quick-1",
        matrix=[
            Block(tasks=["planted"], architectures=["deepbind"]),
            Block(tasks=["planted/other"], architectures=["deepbind"], protocol="full-1"),
            Block(tasks=["planted"], architectures=["gc_logistic"], protocol="full-3"),
        ],
    )
    tasks = {"planted": planted_task, "planted/other": other}
    wanted = {"planted": "quick-1", "planted/other": "full-1"}
    for name, task in tasks.items():
        assert read_task_file(write_task(tmp_path, suite, task)).protocol == wanted[name]
        spec = resolve_spec(task, "deepbind", protocol=wanted[name])
        assert spec_problems(spec, suite, tasks) == []
        wrong = resolve_spec(task, "deepbind", protocol="full-3")
        (problem,) = spec_problems(wrong, suite, tasks)
        assert problem == f"protocol 'full-3', the suite asks for {wanted[name]}"
    floors = floor_specs("GC logistic", suite, tasks)
    assert {spec.task_name: spec.protocol for spec in floors} == wanted
