"""Switches of training: their place in a run's identity, and what they change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.run import execute
from tfbs.benchmark.spec import RunSpec, resolve_spec
from tfbs.benchmark.tracking import Store
from tfbs.errors import Refused, UserError

TINY = {"epochs": 1, "num_filters": 2, "pool_size": 20, "dense_units": 4, "probe_epochs": 0}


def test_switches_are_part_of_the_identity_when_they_are_on(planted_task):
    plain = resolve_spec(planted_task, "cnn_local")
    assert resolve_spec(planted_task, "cnn_local", numerics=Numerics()) == plain
    assert "numerics" not in plain.to_json()
    ids = {plain.id}
    for switches in ({"precision": "mixed_bfloat16"}, {"xla": True}, {"replicas": 2}):
        spec = resolve_spec(planted_task, "cnn_local", numerics=Numerics(**switches))
        assert spec.numerics == switches
        assert RunSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
        ids.add(spec.id)
    assert len(ids) == 4
    floor = resolve_spec(planted_task, "gc_logistic", numerics=Numerics(xla=True))
    assert floor == resolve_spec(planted_task, "gc_logistic")


@pytest.mark.parametrize("switches", [{"precison": "float32"}, {"precision": "float16"}])
def test_unknown_switches_are_refused(switches):
    with pytest.raises(UserError, match="numerics"):
        Numerics.from_json(switches)


def test_more_replicas_than_devices_are_refused():
    with (
        pytest.raises(UserError, match="--replicas 64: no GPU is seen"),
        Numerics(replicas=64).applied(),
    ):
        pass


def test_batches_that_leave_a_replica_without_any_are_refused():
    Numerics(replicas=2).check_batches(128, 64)
    Numerics(replicas=2).check_batches(130, 64)
    with pytest.raises(Refused, match="the last batch of an epoch has 1 of 129"):
        Numerics(replicas=2).check_batches(129, 64)


def test_a_run_in_mixed_precision_leaves_a_float32_model(planted_task, output):
    import keras

    numerics = Numerics(precision="mixed_bfloat16")
    spec = resolve_spec(planted_task, "cnn_local", None, 0, TINY, "quick-1", numerics)
    store = Store(output)
    record = execute(spec, planted_task, store, threads=2)
    assert record["spec"]["numerics"] == {"precision": "mixed_bfloat16"}
    folder = store.folder(spec.id)
    model = keras.models.load_model(folder / "model.keras")
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    logit = Predictor(model)(planted_task.splits["test"].sequence)
    assert np.allclose(logit, np.load(folder / "arrays/test_logits.npy"), atol=1e-6)
    assert keras.mixed_precision.global_policy().name == "float32"


TWO_DEVICES = """
import functools, json, sys
from tfbs.benchmark.runtime import pin_threads
pin_threads(2)
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras
from tests.conftest import planted
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.training import REGIMES
from tfbs.benchmark.training.workbench import Workbench
from tfbs.errors import Refused

def network(dropout):
    sequence = keras.Input((60, 4), name="sequence")
    x = keras.layers.Conv1D(4, 8)(sequence)
    x = keras.layers.Activation("relu")(keras.layers.BatchNormalization()(x))
    x = keras.layers.Dropout(dropout)(keras.layers.GlobalMaxPooling1D()(x))
    return keras.Model(sequence, keras.layers.Dense(1)(x))

def train(replicas, regime="standard", dropout=0.0):
    numerics = Numerics(replicas=replicas)
    bench = Workbench(functools.partial(network, dropout), planted(640, 60, 0), planted(100, 60, 1),
                      0, lambda *_: None, numerics=numerics)
    procedure = REGIMES[regime].make({"epochs": 3, "probe_epochs": 0, "learning_rate": 0.01})
    with numerics.applied():
        model = bench.new_model()
        training = bench.fit(model, procedure)
    plain = numerics.finished(model)
    codes = planted(100, 60, 1).sequence
    assert abs(Predictor(plain)(codes) - Predictor(model)(codes)).max() < 1e-6
    assert not any(getattr(layer, "synchronized", False) for layer in plain.layers)
    return training.curves

found = {"one": train(1), "two": train(2)}
assert len(train(2, "gaussian_noise", dropout=0.3)["loss"]) == 3
try:
    train(2, "pgd")
except Refused as error:
    found["refused"] = str(error)
print(json.dumps(found))
"""


@pytest.mark.slow
def test_two_devices_learn_what_one_learns():
    root = Path(__file__).parents[2]
    paths = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES],
        env=os.environ | {"PYTHONPATH": paths, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    for name, values in found["one"].items():
        assert found["two"][name] == pytest.approx(values, rel=2e-3), name
    assert found["two"]["loss"] == pytest.approx(found["one"]["loss"], rel=1e-4)
    assert found["one"]["loss"][-1] < 0.95 * found["one"]["loss"][0]
    assert "train it on one" in found["refused"]
