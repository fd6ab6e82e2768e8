"""Several models over several tasks, from records."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from tests.benchmark.test_report import make_metric, make_record

from tfbs.__main__ import tfbs
from tfbs.benchmark.columns import Column
from tfbs.benchmark.over_tasks import over_tasks
from tfbs.benchmark.record import write_record
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.spec import RunSpec
from tfbs.benchmark.verdict import verdict

AUROC = Column("auroc", "prediction", "AUROC")
QUALITY = {"good": 0.9, "fair": 0.8, "poor": 0.6}


def record_of(architecture, task, seed, metrics, targets=("bound",)):
    record = make_record(architecture, seed=seed)
    record["spec"]["task"]["name"] = task
    record["id"] = RunSpec.from_json(record["spec"]).id
    record["dataset"]["targets"] = list(targets)
    record["dataset"]["splits"]["test"]["positives"] = [100] * len(targets)
    record["metrics"] = metrics
    return record


def records(seeds=3, tasks=8, models=tuple(QUALITY)):
    rng = np.random.default_rng(0)
    return [
        record_of(
            model, f"task{task}", seed,
            [make_metric("auroc", QUALITY[model] + 0.01 * rng.normal())],
        )
        for model in models for task in range(tasks) for seed in range(seeds)
    ]  # fmt: skip


def found(known, column=AUROC):
    return over_tasks(verdict(known, shared_settings(known)), column)


def test_the_best_mean_rank_comes_first_and_eight_tasks_tell_three_models_apart():
    overall = found(records())
    assert overall.models == ("good standard", "fair standard", "poor standard")
    np.testing.assert_array_equal(overall.statistics.mean_ranks(), [1, 2, 3])
    assert overall.groups == [1, 2, 3]
    # Wilcoxon's smallest p of 8 tasks is 2 / 256; three pairs
    assert overall.table().data[1]["p_value"] == pytest.approx(3 * 2 / 256)
    assert "χ² = 16.00" in overall.note  # 12 n / (k (k + 1)) times squared ranks from their mean


def test_under_three_seeds_nothing_is_called_better():
    overall = found(records(seeds=2))
    assert overall.groups is None
    assert "fewer than 3 seeds, so nothing is called better" in overall.note
    assert [line[3] for line in overall.table().lines] == ["", "", ""]


def test_few_tasks_separate_no_pair_and_the_note_says_so():
    overall = found(records(tasks=4))
    assert overall.groups == [1, 1, 1]
    assert "the smallest p that they allow is 0.38" in overall.note  # 3 times 2 / 16


@pytest.mark.parametrize(("tasks", "interval"), [(5, ""), (6, "[1.00, 1.00]")])
def test_few_tasks_give_a_mean_rank_no_interval(tasks, interval):
    table = found(records(tasks=tasks)).table()
    assert table.lines[0][2] == interval
    assert (table.data[0]["mean_rank_low"] is None) == (not interval)


def test_a_model_that_lacks_a_task_is_left_out_and_named():
    known = [r for r in records() if (r["spec"]["architecture"]["name"], task_of(r)) != LACKING]
    overall = found(known)
    assert overall.models == ("good standard", "fair standard")
    assert overall.left_out == ("poor standard",) and "left out: poor standard" in overall.note


LACKING = ("poor", "task3")


def task_of(record):
    return record["spec"]["task"]["name"]


def test_targets_of_one_task_count_as_tasks_but_those_undefined_do_not():
    names = ("CTCF", "REST", "none")
    known = [
        record_of(
            model, "several", seed,
            [
                make_metric("auroc", None if name == "none" else value) | {"target": name}
                for name in names
            ],
            names,
        )
        for model, value in QUALITY.items() for seed in range(3)
    ]  # fmt: skip
    overall = found(known)
    assert overall.tasks == ("several: CTCF", "several: REST")
    assert overall.table().title == "AUROC over 2 targets of several"


def test_less_may_be_better():
    known = records()
    for record in known:
        record["metrics"][0]["name"] = "ece_pgd_0"
    overall = found(known, Column("ece_pgd_0", "robustness", "error", higher_is_better=False))
    assert overall.models[0] == "poor standard"
    assert overall.table().data[0]["mean"] == pytest.approx(0.6, abs=0.02)


def test_one_task_or_one_model_gives_nothing():
    assert found(records(tasks=1)) is None
    assert found(records(models=("good",))) is None


def test_the_command_prints_it_and_has_it_as_json(tmp_path):
    known = records(seeds=1, tasks=2)
    for record in known:
        place = tmp_path / "records" / record["id"][:16]
        place.mkdir(parents=True)
        write_record(place, record)
    places = ["--records", str(tmp_path / "records"), "--output", str(tmp_path / "out")]
    arguments = ["compare", *(record["id"][:12] for record in known), *places]
    done = CliRunner().invoke(tfbs, arguments)
    assert done.exit_code == 0, done.output
    assert "AUROC over 2 tasks\nmodel" in done.output
    done = CliRunner().invoke(tfbs, [*arguments, "--json"])
    (overall,) = json.loads(done.output)["over_tasks"]
    assert overall["lines"][0]["model"] == "good standard"
    assert len(json.loads(done.output)["by_task"]) == 2
