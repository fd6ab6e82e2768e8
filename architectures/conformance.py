"""What every architecture owes, as a test class that third parties can inherit.

For example::

    import pytest
    from tfbs.architectures.conformance import ArchitectureConformance

    @pytest.mark.parametrize("name", ["my_package.my_module:my_network"])
    class TestMyNetwork(ArchitectureConformance):
        length = 200
"""

from __future__ import annotations

import atexit
import functools
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import keras
import numpy as np

from tfbs.architectures.registry import ARCHITECTURES, LabelledSequences
from tfbs.parameters import Json

_LOADER = """
import sys, numpy, keras, tfbs.architectures
for line in sys.stdin:
    model_path, input_path, output_path = line.rstrip("\\n").split("\\t")
    model = keras.saving.load_model(model_path, safe_mode=True)
    numpy.save(output_path, model(numpy.load(input_path), training=False).numpy())
    print("done", flush=True)
"""


@functools.cache
def loader() -> subprocess.Popen[str]:
    """Returns a process that loads models it did not build; started once per test session."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", "-c", _LOADER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_stop, process)
    return process


def _stop(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


class ArchitectureConformance:
    """Checks of one architecture by `name`; set `length` where 200 nucleotides do not suit.

    A network that takes long to train at its defaults is built for `test_learns`, and for no
    other check, with the hyperparameters that `learning_hyperparameters` names for it.
    """

    length = 200
    num_targets = 2
    epochs = 4
    learning_hyperparameters: ClassVar[Mapping[str, dict[str, Json]]] = {}

    def sequences(self, n: int = 8) -> np.ndarray:
        """Returns `(n, length, 4)` random one-hot DNA."""
        rng = np.random.default_rng(0)
        return np.eye(4, dtype="float32")[rng.integers(0, 4, (n, self.length))]

    def build(
        self, name: str, hyperparameters: dict[str, Json] | None = None, seed: int = 0
    ) -> keras.Model:
        """Returns a freshly initialised model."""
        keras.utils.set_random_seed(seed)
        return ARCHITECTURES[name].build(self.length, self.num_targets, hyperparameters or {})

    def test_maps_one_hot_dna_to_logits(self, name: str) -> None:
        """Shapes are those of the house, and outputs are not squashed into [0, 1]."""
        model = self.build(name)
        assert model.input_shape == (None, self.length, 4)
        assert model.output_shape == (None, self.num_targets)
        last = model.layers[-1]
        assert getattr(last, "activation", keras.activations.linear) is keras.activations.linear

    def test_same_seed_same_weights(self, name: str) -> None:
        """Initialisation is a function of the seed."""
        first, second = (self.build(name).get_weights() for _ in range(2))
        for one, other in zip(first, second, strict=True):
            np.testing.assert_array_equal(one, other)

    def test_has_no_lambda_layer(self, name: str) -> None:
        """A Lambda layer cannot be loaded safely."""
        layers = self.build(name)._flatten_layers()
        assert not any(isinstance(layer, keras.layers.Lambda) for layer in layers)

    def test_networks_name_their_first_activation(self, name: str) -> None:
        """Explanations find the motif detectors under the stable name `motifs`."""
        if ARCHITECTURES[name].fit is None:
            assert self.build(name).get_layer("motifs").output.shape[-1] >= 1

    def test_survives_a_file_and_a_new_process(self, name: str, tmp_path: Path) -> None:
        """A saved model loads with safe_mode and predicts the same elsewhere."""
        model, sequences = self.build(name), self.sequences()
        paths = [tmp_path / file for file in ("model.keras", "in.npy", "out.npy")]
        model.save(paths[0])
        np.save(paths[1], sequences)
        process = loader()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("\t".join(map(str, paths)) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "done\n"
        expected = model(sequences, training=False).numpy()
        np.testing.assert_allclose(np.load(paths[2]), expected, rtol=1e-5, atol=1e-6)

    def test_learns(self, name: str) -> None:
        """A floor separates GC-rich from GC-poor, a network finds a planted motif: in new ones."""
        codes, label = self._easy_task(name, 2560)
        (codes, new), (label, truth) = np.split(codes, [2048]), np.split(label, [2048])
        model = self.build(name, self.learning_hyperparameters.get(name))
        split = LabelledSequences(codes, np.repeat(label[:, None], self.num_targets, axis=1))
        entry = ARCHITECTURES[name]
        if entry.fit is not None:
            entry.fit(model, split, split, 0, **entry.resolve({}))
        else:
            model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
            model.optimizer.learning_rate = 3e-3
            one_hot = np.eye(4, dtype="float32")[codes]
            model.fit(one_hot, split.label, batch_size=16, epochs=self.epochs, verbose=0)
        logits = model.predict(np.eye(4, dtype="float32")[new], verbose=0)[:, 0]
        pairs = logits[truth == 1][:, None] > logits[truth == 0]
        assert pairs.mean() > 0.9

    def _easy_task(self, name: str, n: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(1)
        label = (np.arange(n) % 2).astype("int8")
        floor = ARCHITECTURES[name].fit is not None
        strong = np.where((label == 1) & floor, 0.65, 0.5)[:, None]
        is_strong = rng.random((n, self.length)) < strong
        codes = np.where(
            is_strong, rng.choice([1, 2], is_strong.shape), rng.choice([0, 3], is_strong.shape)
        ).astype("uint8")
        if not floor:
            motif = np.array([3, 2, 0, 1, 2, 3, 1, 0], "uint8")
            for row in np.flatnonzero(label):
                for start in rng.integers(0, self.length - len(motif), 3):
                    codes[row, start : start + len(motif)] = motif
        return codes, label
