"""Which motifs a task speaks of, by its rule, its placements or its target's name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.benchmark.probes import make_probe

from tfbs.benchmark.explain.gia.task_motifs import bound_sites, real_sequences, task_motifs
from tfbs.datasets.planting import Placement

LENGTH, N = 40, 12
SP1, MAX, OTHER = "MA0079.3", "MA0058.3", "MA0052.3"


def task_of(places=None, **more):
    codes = np.random.default_rng(0).integers(0, 4, (N, LENGTH)).astype("uint8")
    return make_probe(codes, places, **more).task


def planted(*ids: str) -> tuple[Placement, ...]:
    return tuple(Placement(12 * i, 12 * i + 10, 1, name) for i, name in enumerate(ids))


def ids(motifs) -> list[str]:
    return [motif.matrix_id for motif in motifs]


def test_a_rule_names_factors_and_decoys():
    rule = {"factors": [{"matrix_id": SP1}, {"matrix_id": MAX}], "decoys": {"MEF2A": OTHER}}
    found = task_motifs(task_of(metadata={"rule": rule}))
    assert (ids(found.motifs), ids(found.decoys)) == ([MAX, SP1], [OTHER])


def test_motifs_of_bound_sequences_matter_and_those_of_unbound_ones_alone_do_not():
    places = [planted(SP1)] * 6 + [planted(SP1, OTHER)] * 6
    label = np.repeat([[1], [0]], 6, axis=0).astype("int8")
    found = task_motifs(task_of(places, label=label))
    assert (ids(found.motifs), ids(found.decoys)) == ([SP1], [OTHER])


@pytest.mark.parametrize("known", [{}, {"my max": (MAX.partition(".")[0],)}])
def test_of_several_targets_each_has_the_motif_of_its_name(known):
    names = ("my max", "SP1") if known else ("MAX", "SP1")
    label = np.ones((N, 2), "int8")
    task = replace(task_of([planted(SP1, MAX)] * N, label=label, targets=names), motifs=known)
    for target, own, other in ((0, MAX, SP1), (1, SP1, MAX)):
        found = task_motifs(task, target)
        assert (ids(found.motifs), ids(found.decoys)) == ([own], [other])


def test_a_matrix_that_no_release_has_is_left_out():
    assert task_motifs(task_of([planted("MA9999.1")] * N)).motifs == ()


def test_a_target_called_like_a_factor_has_its_matrices():
    task = task_of(targets=("ctcf", "label"), label=np.ones((N, 2), "int8"))
    assert {motif.name.partition(" ")[0] for motif in task_motifs(task).motifs} == {"CTCF"}
    assert task_motifs(task, 1).motifs == ()


def test_the_sites_of_bound_sequences_are_where_motifs_were_planted():
    label = np.repeat([[1], [0]], 6, axis=0).astype("int8")
    sites = bound_sites(task_of([planted(SP1, MAX)] * N, label=label))
    assert sites is not None and len(sites.codes) == 6
    for matrix_id, start in ((SP1, 0), (MAX, 12)):
        assert np.flatnonzero(sites.planted[matrix_id].all(axis=0)).tolist() == list(
            range(start, start + 10)
        )
    assert bound_sites(task_of(label=np.zeros((N, 1), "int8"))) is None


def test_real_sequences_are_those_of_the_test_split():
    task = task_of()
    found = {row.tobytes() for row in real_sequences(task)}
    assert found == {row.tobytes() for row in task.splits["test"].sequence}
