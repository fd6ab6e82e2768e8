"""The next run of a network finds its graphs, traces nothing, and learns as if it were alone."""

from __future__ import annotations

from collections import Counter

import keras
import numpy as np
import psutil
import pytest
from scipy.stats import theilslopes
from tensorflow.python.eager.polymorphic_function import tracing_compilation

from tfbs.benchmark.record import comparable
from tfbs.benchmark.run import execute
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.tracking import Store
from tfbs.benchmark.training.networks import Networks

TINY = {"epochs": 2, "num_filters": 2, "dense_units": 4, "probe_epochs": 1}
NETWORKS = {
    "cnn_local": {**TINY, "pool_size": 20},
    "danq": {**TINY, "pool_size": 20, "lstm_units": 2},
}
"""Of both, dropout and batch normalisation or recurrence: whatever has a state."""


@pytest.fixture
def traces(monkeypatch):
    """Counts what TensorFlow traces, by the module and name of the function."""
    found: Counter[str] = Counter()
    trace = tracing_compilation._create_concrete_function

    def counted(function_type, type_context, func_graph, options):
        function = options.python_function
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        found[f"{function.__module__}:{function.__qualname__}"] += 1
        return trace(function_type, type_context, func_graph, options)

    monkeypatch.setattr(tracing_compilation, "_create_concrete_function", counted)
    return found


def spec_of(task, seed, architecture="cnn_local", regime="standard", **more):
    settings = {**NETWORKS[architecture], **more}
    return resolve_spec(task, architecture, regime, seed, settings, "quick-1")


def own(traces):
    """Traces but those of the functions of an input pipeline, which belongs to its run."""
    return {name: n for name, n in traces.items() if not name.startswith("tensorflow.python.data")}


@pytest.mark.parametrize(
    ("architecture", "regime", "more"),
    [
        ("danq", "standard", {"reverse_complement": "augmentation"}),
        ("cnn_local", "pgd", {"steps": 2, "clean_epochs": 0, "mixed_epochs": 1}),
    ],
)
def test_the_second_run_of_a_network_traces_nothing_and_learns_the_same_as_alone(
    architecture, regime, more, planted_task, tmp_path, traces
):
    first, second = (spec_of(planted_task, seed, architecture, regime, **more) for seed in range(2))
    alone = execute(second, planted_task, Store(tmp_path / "alone"), threads=2)
    assert max(own(traces).values()) == 1
    networks, store = Networks(), Store(tmp_path / "suite")
    execute(first, planted_task, store, threads=2, networks=networks)
    traces.clear()
    after = execute(second, planted_task, store, threads=2, networks=networks)
    assert own(traces) == {}
    assert comparable(after) == comparable(alone)


@pytest.mark.slow
def test_other_networks_between_change_nothing(planted_task, tmp_path):
    networks, store = Networks(), Store(tmp_path / "suite")
    last = spec_of(planted_task, 1, learning_rate=0.01)
    for spec in (
        spec_of(planted_task, 1),
        spec_of(planted_task, 0, "danq"),
        spec_of(planted_task, 0, regime="ensemble", members=2),
        spec_of(planted_task, 0),
        last,
    ):
        after = execute(spec, planted_task, store, threads=2, networks=networks)
    alone = execute(last, planted_task, Store(tmp_path / "alone"), threads=2)
    assert comparable(after) == comparable(alone)


@pytest.mark.slow
def test_memory_stays_flat_over_runs_of_two_networks_in_turn(planted_task, tmp_path):
    networks, store = Networks(), Store(tmp_path / "suite")
    resident = []
    for number in range(24):
        spec = spec_of(planted_task, number, ("cnn_local", "danq")[number % 2])
        execute(spec, planted_task, store, threads=2, networks=networks)
        resident.append(psutil.Process().memory_info().rss / 2**20)
    assert theilslopes(resident[8:]).slope < 1.0, resident


def test_a_network_is_lent_weights_and_streams_of_the_fresh_one():
    def build(value):
        inputs = keras.Input((4,))
        hidden = keras.layers.Dropout(0.5, seed=value)(keras.layers.Dense(3)(inputs))
        model = keras.Model(inputs, keras.layers.BatchNormalization()(hidden))
        for variable in model.variables:
            variable.assign(np.full(variable.shape, value))
        return model

    networks = Networks()
    networks.begin("a")
    one = networks.take("a", build(1))
    networks.begin("a")
    assert networks.take("a", build(2)) is one
    assert all((keras.ops.convert_to_numpy(v) == 2).all() for v in one.variables)
    networks.begin("b")
    assert networks.take("b", build(3)) is not one


def test_an_optimiser_begins_anew():
    networks, model = Networks(), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    networks.take("a", model)

    def make():
        trainer = keras.Sequential([model])
        trainer.compile(keras.optimizers.Adam(0.1))
        trainer.optimizer.build(model.trainable_variables)
        return trainer

    trainer = networks.trainer(model, "plain", make)
    for variable in trainer.optimizer.variables:
        variable.assign(np.ones(variable.shape))
    assert networks.trainer(model, "plain", make) is trainer
    rate, *rest = sorted(
        (keras.ops.convert_to_numpy(v) for v in trainer.optimizer.variables),
        key=lambda value: -float(value.max()),
    )
    assert rate == pytest.approx(0.1)
    assert all((value == 0).all() for value in rest)
    assert networks.trainer(model, "other", make) is not trainer
    assert networks.trainer(keras.Sequential([model]), "plain", make) is not trainer
