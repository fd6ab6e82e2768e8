"""What happens to a suite when one of its runs fails."""

from __future__ import annotations

import pytest
import tensorflow as tf

from tfbs.benchmark.executors import Place, run_locally
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.tracking import REASON_TAG, Store
from tfbs.benchmark.training import workbench
from tfbs.errors import UserError

TINY = {"epochs": 1, "num_filters": 2, "pool_size": 20, "dense_units": 4, "probe_epochs": 0}


@pytest.fixture
def suite(planted_task, tmp_path):
    """Three short runs, a store, and a function that carries them out."""
    specs = [
        resolve_spec(planted_task, "cnn_local", None, seed, TINY, "quick-1") for seed in range(3)
    ]
    store = Store(tmp_path / "runs")
    place = Place(tmp_path / "runs", None, None, None, threads=2)
    events = []

    def carry_out():
        return run_locally(
            specs, lambda name: planted_task, store, place, lambda s, e: events.append((s.seed, e))
        )

    return specs, store, events, carry_out


def failing_in_seed_1(error, monkeypatch):
    honest = workbench.fit

    def fit(model, procedure, train, valid, seed, *arguments, **options):
        if seed == 1:
            raise error
        return honest(model, procedure, train, valid, seed, *arguments, **options)

    monkeypatch.setattr(workbench, "fit", fit)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError("cannot allocate"), "MemoryError: cannot allocate"),
        (
            tf.errors.ResourceExhaustedError(None, None, "OOM when allocating"),
            "ResourceExhaustedError: OOM when allocating",
        ),
        (RuntimeError("the loss is nan"), "RuntimeError: the loss is nan"),
        (UserError("sequences are too short"), "UserError: sequences are too short"),
    ],
)
def test_a_run_that_fails_is_recorded_and_the_rest_go_on(error, reason, suite, monkeypatch):
    specs, store, events, carry_out = suite
    failing_in_seed_1(error, monkeypatch)
    (failure,) = carry_out()
    assert failure.spec is specs[1] and failure.reason.startswith(reason)
    assert [store.find(spec.id) is not None for spec in specs] == [True, False, True]
    (run,) = store._search("attributes.status = 'FAILED'")
    assert run.data.tags[REASON_TAG].startswith(reason)
    assert [seed for seed, event in events if event == "finished"] == [0, 2]


def test_an_interrupt_stops_the_suite_and_the_next_call_goes_on(suite, monkeypatch):
    specs, store, _, carry_out = suite
    with monkeypatch.context() as patch:
        failing_in_seed_1(KeyboardInterrupt(), patch)
        with pytest.raises(KeyboardInterrupt):
            carry_out()
    assert [store.find(spec.id) is not None for spec in specs] == [True, False, False]
    (run,) = store._search("attributes.status = 'KILLED'")
    assert run.data.tags[REASON_TAG] == "interrupted"
    assert carry_out() == []
    assert all(store.find(spec.id) for spec in specs)
