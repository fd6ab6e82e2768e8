"""Suites: the matrix, its errors, and a kill in the middle under both executors."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark import suite as suites
from tfbs.benchmark.cli import suite as command
from tfbs.benchmark.record import RecordFolder, comparable
from tfbs.benchmark.report.markdown import protocols_in_words
from tfbs.benchmark.suite import Block, Claim, Suite, check_priors, read_suite, shipped_suites
from tfbs.benchmark.tracking import Store
from tfbs.errors import Refused, UserError

MATRIX = """
name: six
version: 1
description: six short runs
protocol: quick-1
matrix:
  - tasks: [synthetic_code/small]
    architectures: [{name: cnn_local, set: {num_filters: 2, dense_units: 4}}]
    seeds: [0, 1, 2, 3, 4, 5]
    set: {epochs: 1}
"""


def test_a_matrix_is_the_cross_product_and_floors_run_once(planted_task, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        "name: s\nversion: 2\ndescription: d\nmatrix:\n"
        "  - tasks: [planted]\n"
        "    architectures: [gc_logistic, cnn_local, {name: cnn_dist, set: {num_filters: 6}}]\n"
        "    regimes: [standard, {name: standard, set: {epochs: 3}}]\n"
        "    seeds: [0, 1, 2]\n"
        "    set: {batch_size: 50}\n"
    )
    specs = read_suite(str(file)).specs(lambda name: planted_task)
    assert len(specs) == 1 + 2 * 2 * 3
    assert {s.regime["parameters"].get("batch_size") for s in specs} == {None, 50}
    assert len({s.id for s in specs}) == len(specs)


def test_a_block_may_name_a_protocol_of_its_own(planted_task, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        "name: s\nversion: 1\ndescription: d\nprotocol: quick-1\nmatrix:\n"
        "  - &a {tasks: [planted], architectures: [gc_logistic]}\n"
        "  - {<<: *a, architectures: [kmer_logistic], protocol: full-3}\n"
    )
    suite = read_suite(str(file))
    found = [
        (str(spec.architecture["name"]), spec.protocol)
        for spec in suite.specs(lambda name: planted_task)
    ]
    assert found == [("gc_logistic", "quick-1"), ("kmer_logistic", "full-3")]
    assert protocols_in_words(suite) == "protocols `quick-1` and `full-3`"
    assert suite.protocol_of("planted") == "quick-1"


CROSSED = """
name: s
version: 1
description: d
matrix:
  - tasks: [planted]
    architectures: [gc_logistic, {name: cnn_local, set: {num_filters: 2}}, deepbind]
    priors:
      - {name: none}
      - {name: strands, set: {prior.rc: posthoc, activation: exponential}}
    seeds: [0, 1]
"""


def test_priors_are_crossed_with_networks(planted_task, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(CROSSED)
    specs = read_suite(str(file)).specs(lambda name: planted_task)
    assert len(specs) == len({spec.id for spec in specs}) == 1 + 2 * 2 * 2
    found = [spec.architecture["hyperparameters"] for spec in specs[1:]]
    assert [values.get("prior.rc") for values in found] == 2 * [None, None, "posthoc", "posthoc"]
    assert [values["activation"] for values in found[2:4]] == 2 * ["exponential"]


def test_a_prior_that_does_not_compose_is_refused_before_anything_is_trained(
    planted_task, tmp_path, monkeypatch
):
    task = dataclasses.replace(planted_task, length=200)
    file = tmp_path / "s.yaml"
    file.write_text(CROSSED)
    specs = read_suite(str(file)).specs(lambda name: task)
    check_priors(
        [spec for spec in specs if spec.architecture["name"] != "deepbind"], lambda _: task
    )
    monkeypatch.setattr(command, "load_task", lambda *_, **__: task)
    monkeypatch.setattr(command, "run_all", lambda *_: pytest.fail("a run was started"))
    result = CliRunner().invoke(command.suite, [str(file), "--output", str(tmp_path / "runs")])
    assert isinstance(result.exception, Refused)
    assert str(result.exception) == (
        "run planted deepbind prior.rc=posthoc standard seed 0: "
        "prior.rc=posthoc: deepbind reads both strands by itself"
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "runs"), [("priors", 2 * 3 * 5 * 3), ("rc", 6 * 5)])
def test_suites_of_priors_compose(name, runs, planted_task):
    task = dataclasses.replace(planted_task, length=200)
    specs = read_suite(name).specs(lambda name: dataclasses.replace(task, config=name))
    seeds = [spec.seed for spec in specs]
    assert len(specs) == runs and seeds.index(1) == seeds.count(0)
    check_priors(specs, lambda name: task)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", r"s\.yaml:1: not YAML"),
        ("name: s", r"s\.yaml: version: Field required"),
        ("name: s\nversion: 1\ndescription: d\nmatrix: []", r"s\.yaml: matrix: List should have"),
        (
            "name: s\nversion: 1\ndescription: d\n"
            "matrix: [{tasks: [a], architectures: [b], seed: 1}]",
            r"s\.yaml: matrix\.0\.seed: Extra inputs are not permitted",
        ),
    ],
)
def test_a_wrong_file_names_itself_and_the_key(text, message, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(UserError, match=message):
        read_suite(str(file))


def test_unknown_suites_are_refused():
    with pytest.raises(UserError, match="no suite is called 'quickstar'; nearest: quickstart"):
        read_suite("quickstar")
    with pytest.raises(UserError, match=r"none\.yaml: no such suite file"):
        read_suite("none.yaml")


def test_every_shipped_suite_has_its_file_name():
    files = {path.stem for path in Path(suites.__file__).parent.glob("suites/*.yaml")}
    assert set(shipped_suites()) == files and len(files) > 10


def test_settings_of_a_block_of_floors_are_refused_not_ignored(planted_task):
    block = Block(tasks=["planted"], architectures=["kmer_logistic"], set={"k": 3})
    suite = Suite(name="s", version=1, description="", protocol="quick-1", matrix=[block])
    with pytest.raises(UserError, match="kmer_logistic are floors: give one its own by"):
        suite.specs(lambda _: planted_task)


@pytest.mark.parametrize("name", ["architectures", "convatt"])
def test_suites_of_networks_name_what_exists_and_run_seed_0_first(name, planted_task):
    specs = read_suite(name).specs(lambda task: dataclasses.replace(planted_task, config=task))
    networks = [spec for spec in specs if spec.regime["name"] == "standard"]
    seeds = [spec.seed for spec in networks]
    assert seeds.index(1) == seeds.count(0)
    if name == "architectures":
        assert {spec.architecture["name"] for spec in specs} == set(ARCHITECTURES)
    else:
        assert len(specs) == 6 * 10
        assert {spec.regime["parameters"]["batch_size"] for spec in specs} == {100}


@pytest.mark.parametrize(("name", "runs"), [("robustness", 68), ("robustness_vivo", 24)])
def test_suites_of_regimes_compose_and_run_seed_0_first(name, runs, planted_task):
    suite = read_suite(name)
    specs = suite.specs(lambda task: dataclasses.replace(planted_task, config=task))
    assert len(specs) == runs
    seeds = [spec.seed for spec in specs]
    assert seeds == sorted(seeds, key=bool)
    found = {(spec.task_name, spec.architecture["name"], spec.regime["name"]) for spec in specs}
    for line in (line for claim in suite.claims for pair in claim.pairs() for line in pair):
        assert (f"planted/{line.task}", line.architecture, line.regime) in found


def test_a_side_of_a_claim_can_be_a_regime():
    claim = Claim.model_validate(
        {
            "says": "More.",
            "tasks": ["t"],
            "architectures": [{"name": "a", "set": {"size": 1}}],
            "metrics": ["auroc"],
            "higher": {"regime": "pgd"},
            "than": {"regime": "standard"},
        }
    )
    ((higher, than),) = claim.pairs()
    assert (str(higher), str(than)) == ("a[size=1] pgd", "a[size=1] standard")
    spec = {
        "task": {"name": "t", "config": "", "version": "1", "fingerprint": "0" * 64},
        "architecture": {"name": "a", "hyperparameters": {"size": 1}},
        "protocol": "full-1",
    }
    records = [
        {"spec": {**spec, "seed": 0, "regime": {"name": name, "parameters": {}}}}
        for name in ("pgd", "standard")
    ]
    assert higher.runs(records) == records[:1] and than.runs(records) == records[1:]


def start(folder: Path, executor: str, *more: str) -> subprocess.Popen:
    (folder / "six.yaml").write_text(MATRIX)
    return subprocess.Popen(
        [sys.executable, "-m", "tfbs", "suite", "six.yaml", "--executor", executor,
         "--output", "runs", "--records", "records", "--json", *more],
        cwd=folder,
        env=os.environ | {"PYTHONSAFEPATH": "1", "TFBS_DATA_DIR": str(folder.parent / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["local", "processes"])
def test_a_killed_suite_goes_on_where_it_was(executor, tmp_path):
    folder = tmp_path / "killed"
    folder.mkdir()
    records = RecordFolder(folder / "records")
    first = start(folder, executor)
    deadline = time.monotonic() + 300
    while len(list((folder / "records").glob("*/record.json"))) < 2:
        assert time.monotonic() < deadline and first.poll() is None
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)  # its children have to notice
    first.communicate()
    before = {record["id"]: record for record in records}
    assert 2 <= len(before) < 6

    second = start(folder, executor)
    out, err = second.communicate(timeout=600)
    assert second.returncode == 0, err
    assert f"6 runs, {len(before)} finished before" in err
    after = {record["id"]: record for record in json.loads(out)}
    assert len(after) == 6
    for run_id, record in before.items():
        assert after[run_id] == record  # kept, cost and all
    runs = Store(folder / "runs")._search("attributes.status = 'FINISHED'")
    assert len({run.data.tags["tfbs.id"] for run in runs}) == len(runs) == 6
    assert not Store(folder / "runs")._search("attributes.status = 'RUNNING'")

    clone = tmp_path / "clone"
    clone.mkdir()
    (folder / "records").rename(clone / "records")
    third = start(clone, executor)
    out, err = third.communicate(timeout=600)
    assert "6 runs, 6 finished before" in err
    again = {record["id"]: record for record in json.loads(out)}
    assert {k: comparable(r) for k, r in again.items()} == {
        k: comparable(r) for k, r in after.items()
    }
