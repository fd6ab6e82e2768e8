"""What one process finds: outputs, maps, or twice the same training, on the GPU if it sees one.

Called with `outputs FOLDER NETWORK`, `attributions FOLDER NETWORK` or `twice FOLDER NETWORK
REGIME`. The first process of a test leaves the network's weights in FOLDER, the next takes them;
what is found goes to FOLDER/cpu.npz or FOLDER/gpu.npz. TensorFlow's threads come with the
environment of the test.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tests.conftest import planted

from tfbs.architectures import ARCHITECTURES
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.training import REGIMES
from tfbs.benchmark.training.workbench import Workbench
from tfbs.errors import Refused

LENGTH = 200
CODES = planted(64, LENGTH, 2).sequence
SEQUENCE = np.eye(4, dtype="float32")[CODES]


def shared(network: str, folder: Path) -> keras.Model:
    """Returns it with the weights that both processes have, no bias of which is 0."""
    keras.utils.set_random_seed(0)
    model = ARCHITECTURES[network].build(LENGTH, 1, {})
    file = folder / "weights.npz"
    if not file.exists():
        rng = np.random.default_rng(0)
        np.savez(file, *[w + 0.02 * rng.normal(size=w.shape) ** 2 for w in model.get_weights()])
    with np.load(file) as kept:
        model.set_weights([kept[name] for name in kept.files])
    return model


def outputs(network: str, folder: Path) -> dict[str, np.ndarray]:
    """Returns logits and their gradient."""
    model = shared(network, folder)
    saliency = ATTRIBUTIONS["saliency"](model, SEQUENCE)
    return {"logits": Predictor(model)(CODES), "saliency": saliency}


def attributions(network: str, folder: Path) -> dict[str, np.ndarray]:
    """Returns the maps of every method that knows such a network."""
    model = shared(network, folder)
    found = {}
    for name in ATTRIBUTIONS:
        try:
            found[name] = ATTRIBUTIONS[name](model, SEQUENCE[:8])
        except Refused as error:
            sys.stderr.write(f"{name}: {error}\n")
    return found


def twice(network: str, folder: Path, regime: str) -> dict[str, np.ndarray]:
    """Returns the losses of a training, and how far the weights of a second one are from its."""
    entry = REGIMES[regime]
    settings = entry.resolve(regime, {"epochs": 2, "probe_epochs": 0, "batch_size": 32})
    weights, losses = [], []
    for _ in range(2):
        bench = Workbench(
            functools.partial(ARCHITECTURES[network].build, LENGTH, 1, {}),
            planted(128, LENGTH, 0),
            planted(64, LENGTH, 1),
            0,
            lambda *_: None,
        )
        model = bench.new_model()
        losses.append(bench.fit(model, entry.make(settings)).curves["loss"])
        weights.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    return {"loss": np.array(losses), "difference": np.abs(weights[0] - weights[1]).max()}


WORK = {"outputs": outputs, "attributions": attributions, "twice": twice}


def main() -> None:
    """Writes what was asked for."""
    what, folder, network, *more = sys.argv[1:]
    found = WORK[what](network, Path(folder), *more)
    device = "gpu" if tf.config.list_physical_devices("GPU") else "cpu"
    np.savez(Path(folder) / f"{device}.npz", **found)


if __name__ == "__main__":
    main()
