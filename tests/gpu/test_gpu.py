"""What only a GPU can show: the CPU's numbers, and the same bits twice, of all that trains.

Every finding comes from a process of its own (`child.py`), so many can be had at a time:
`pytest -m gpu tests/gpu -n 14` with pytest-xdist.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.runtime import DETERMINISTIC_OPS
from tfbs.benchmark.training import REGIMES

ROOT = Path(__file__).parents[2]
NETWORKS = [name for name in ARCHITECTURES if ARCHITECTURES[name].fit is None]
ORDINARY = sorted(set(REGIMES) - {"scikit_learn", "ensemble", "distilled"})
"""The regimes whose step is on one network."""

LOGITS = 3e-6
"""Of their norm; TensorFloat-32 was above it in twelve networks of twelve."""

MAPS = 2e-3
"""Of their norm: here and there a unit is at its kink."""

LOOSE = {"occupancy": 0.1, "danq": 0.1}
"""The same, where gradients, or effects of substitutions, are as small as a logit's last bits."""

pytestmark = pytest.mark.gpu


@pytest.fixture(scope="module", autouse=True)
def gpu():
    import tensorflow as tf

    if not tf.config.list_physical_devices("GPU"):
        pytest.skip("no GPU is seen")


def child(folder: Path, what: str, *arguments: str, **variables: str) -> None:
    """Lets a process leave what it finds in the folder."""
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "tests.gpu.child", what, str(folder), *arguments]
    environment = os.environ | {"PYTHONPATH": paths} | variables
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def distances(folder: Path, what: str, network: str) -> dict[str, float]:
    """Returns how far the GPU's findings are from the CPU's, over the norm of these."""
    child(folder, what, network, CUDA_VISIBLE_DEVICES="")
    child(folder, what, network)
    with np.load(folder / "cpu.npz") as cpu, np.load(folder / "gpu.npz") as gpu:
        assert cpu.files == gpu.files
        return {name: distance(cpu[name], gpu[name]) for name in cpu.files}


def distance(one: np.ndarray, other: np.ndarray) -> float:
    apart = float(np.linalg.norm(one - other))
    return apart / float(np.linalg.norm(one)) if apart else 0.0


@pytest.mark.parametrize("network", NETWORKS)
def test_outputs_are_those_of_the_cpu(network, tmp_path):
    found = distances(tmp_path, "outputs", network)
    assert found["logits"] < LOGITS
    assert found["saliency"] < LOOSE.get(network, MAPS)


@pytest.mark.parametrize("network", ["cnn_attention", "cnn_dist", "danq", "residualbind"])
def test_attributions_are_those_of_the_cpu(network, tmp_path):
    found = distances(tmp_path, "attributions", network)
    assert len(found) >= 10
    assert max(found.values()) < LOOSE.get(network, MAPS), found


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_learns_the_same_bits_twice(network, tmp_path):
    check_same_bits(tmp_path, network, "standard")


@pytest.mark.parametrize("regime", ORDINARY)
def test_every_regime_teaches_the_same_bits_twice(regime, tmp_path):
    on_rows = regime.startswith("manifold_")  # a Siamese network has two rows for an example
    check_same_bits(tmp_path, "cnn_local" if on_rows else "siamese_cnn", regime)


def check_same_bits(folder: Path, network: str, regime: str) -> None:
    child(folder, "twice", network, regime, **{DETERMINISTIC_OPS: "1"})
    with np.load(folder / "gpu.npz") as found:
        assert np.isfinite(found["loss"]).all()
        assert found["difference"] == 0
