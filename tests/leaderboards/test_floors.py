"""Which floors a board lacks, and which runs make them."""

from __future__ import annotations

import pytest

from tfbs.benchmark.suite import Block, Choice, Suite
from tfbs.leaderboards.floor_entries import floor_specs
from tfbs.leaderboards.floors import KINDS, kind_of, missing_floors, slug_of


def suite(*blocks) -> Suite:
    return Suite(name="s", version=1, description="", protocol="quick-1", matrix=list(blocks))


NETWORKS = Block(
    tasks=["planted"],
    architectures=["gc_logistic", Choice(name="deepbind", set={"num_filters": 7})],
    regimes=[Choice(name="standard", set={"epochs": 3})],
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_floor_is_of_its_kind_and_is_missed_no_more(kind, planted_task):
    specs = floor_specs(kind, suite(NETWORKS), {"planted": planted_task})
    assert {kind_of(spec) for spec in specs} == {kind}
    missing = missing_floors([(slug_of(kind), spec) for spec in specs])
    assert set(missing) == set(KINDS) - {kind}


def test_a_strangers_entry_takes_no_floors_place(planted_task):
    (spec,) = floor_specs("k-mer logistic", suite(NETWORKS), {"planted": planted_task})
    assert "k-mer logistic" in missing_floors([("my-k-mers", spec)])


def test_the_permuted_network_is_the_suites_first_trained_as_there(planted_task):
    specs = floor_specs("label-permuted network", suite(NETWORKS), {"planted": planted_task})
    assert [spec.seed for spec in specs] == [0, 1, 2]
    assert {spec.architecture["name"] for spec in specs} == {"deepbind"}
    assert {spec.architecture["hyperparameters"]["num_filters"] for spec in specs} == {7}
    assert {spec.regime["parameters"]["epochs"] for spec in specs} == {3}


def test_the_suites_own_floors_are_taken(planted_task):
    own = Block(
        tasks=["planted"],
        architectures=[Choice(name="kmer_logistic", set={"k": 3})],
    )
    (spec,) = floor_specs("k-mer logistic", suite(NETWORKS, own), {"planted": planted_task})
    assert spec.architecture["hyperparameters"]["k"] == 3


def test_of_several_floors_of_a_kind_the_first_is_entered_with_all_its_seeds(planted_task):
    permuted = Block(
        tasks=["planted"],
        architectures=[Choice(name="cnn_local", set={"num_filters": 5}), "deepbind"],
        regimes=["permuted_labels"],
    )
    words = Block(tasks=["planted"], architectures=["kmer_logistic", "gc_logistic"])
    several = suite(permuted, words, NETWORKS)
    tasks = {"planted": planted_task}
    specs = floor_specs("label-permuted network", several, tasks)
    assert [spec.seed for spec in specs] == [0, 1, 2]
    assert {spec.architecture["name"] for spec in specs} == {"cnn_local"}
    assert {spec.architecture["hyperparameters"]["num_filters"] for spec in specs} == {5}
    assert specs[0] in several.specs(tasks.__getitem__)
    assert [spec.seed for spec in floor_specs("k-mer logistic", several, tasks)] == [0]
