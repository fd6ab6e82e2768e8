"""The network of the run before, kept so that a suite traces it once and not once a run."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras.src.utils.naming import reset_uids
from tensorflow.python.framework.ops import gradient_registry

STAGES = 2
"""Trainers that are kept of a network: a regime has two where it trains in two stages."""


@dataclass(frozen=True)
class _Trainer:
    """What trains a network.

    Attributes:
        key: All that its graph depends on beside the network.
        model: The trainer, compiled.
        beginning: What the variables of its optimiser begin with.
    """

    key: object
    model: Any
    beginning: list[np.ndarray]


@dataclass
class _Kept:
    """A network with what was compiled to train it.

    Attributes:
        key: What it was built from.
        model: The network.
        trainers: The last ones.
    """

    key: str
    model: keras.Model
    trainers: list[_Trainer] = field(default_factory=list)


class Networks:
    """Keeps one network after its run, for the next run of the same one in this process.

    Every run builds its network anew; one of the same structure then lends its weights and random
    states to the one that is kept, whose graphs are there already. What is learned is the same, bit
    for bit. A network that its regime puts into another one is not kept.
    """

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._before: set[str] | None = None

    def take(self, key: str, fresh: keras.Model) -> keras.Model:
        """Returns the kept network as if it were the fresh one, or the fresh one, which is kept.

        Args:
            key: What the network was built from, without its seed.
            fresh: The network, just built.
        """
        kept = self._kept
        if kept is not None and kept.key == key and _layout(kept.model) == _layout(fresh):
            _copy(fresh.variables, kept.model.variables)
            return kept.model
        self._kept = _Kept(key, fresh)
        return fresh

    def begin(self, key: str) -> None:
        """Clears away what TensorFlow and Keras hold of other networks than the one to come.

        Layers are named as in a new process: their names are in what is saved.
        """
        if self._kept is None or self._kept.key != key:
            self._kept = None
            keras.backend.clear_session()
            if self._before is not None:
                _forget_gradients(self._before)
            self._before = set(gradient_registry._registry)
        reset_uids()
        gc.collect()

    def trainer(self, model: keras.Model, key: object, make: Callable[[], Any]) -> Any:
        """Returns what trains a network, with its optimiser at its beginning.

        Args:
            model: The network; what trains another than the kept one is made anew.
            key: All that its graph depends on beside the network.
            make: Returns it, compiled, with its optimiser built.
        """
        kept = self._kept
        if kept is None or kept.model is not model:
            return make()
        for known in kept.trainers:
            if known.key == key:
                for variable, value in zip(
                    known.model.optimizer.variables, known.beginning, strict=True
                ):
                    variable.assign(value)
                return known.model
        made = make()
        beginning = [keras.ops.convert_to_numpy(v) for v in made.optimizer.variables]
        kept.trainers = [*kept.trainers, _Trainer(key, made, beginning)][-STAGES:]
        return made


def _forget_gradients(known: set[str]) -> None:
    """Takes from TensorFlow's register the gradients of operations that were not known.

    It keeps one of every custom gradient of every graph, for ever and with the graph: those of
    DeepLIFT's rule, and one of each optimiser.
    """
    for name in set(gradient_registry._registry) - known:
        if name.startswith("CustomGradient-"):
            del gradient_registry._registry[name]


def _layout(model: keras.Model) -> list[tuple[str, tuple[int, ...]]]:
    return [(variable.path, tuple(variable.shape)) for variable in model.variables]


def _copy(source: list[keras.Variable], target: list[keras.Variable]) -> None:
    for value, variable in zip(source, target, strict=True):
        variable.assign(value)
