"""The state of a training after an epoch, from which a killed run goes on as if unbroken."""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tfbs.parameters import Json

SECONDS = 5.0
"""A state is written at the first end of an epoch that is so long after the last one."""

_LOG = logging.getLogger("tfbs")


class Checkpoints:
    """The folder of a run's states, one file per training.

    Args:
        folder: Made on the first write.
        origin: What must be equal where a state is taken up: code, packages, threads.
        seconds: Time between two states of a training.
    """

    def __init__(self, folder: Path, origin: Mapping[str, Json], seconds: float = SECONDS) -> None:
        self.folder = folder
        self.origin = dict(origin)
        self.seconds = seconds

    def file(self, name: str) -> StateFile:
        """Returns where the state of one training is kept."""
        return StateFile(self.folder / f"{name}.npz", self.origin, self.seconds)

    def remove(self) -> None:
        """Removes all states."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class State:
    """What a training is after an epoch.

    Attributes:
        finished: Epochs, of this training.
        stopped: Whether it had stopped early.
        callbacks: The attributes of each callback that has a state, by its class.
        variables: Of the model, the optimiser and the random streams.
        best_weights: What early stopping would restore; empty for none.
    """

    finished: int
    stopped: bool
    callbacks: dict[str, dict[str, Any]]
    variables: list[np.ndarray]
    best_weights: list[np.ndarray]


class StateFile:
    """One training's state on disk.

    Args:
        path: An `.npz` file.
        origin: See `Checkpoints`.
        seconds: Time between two states.
    """

    def __init__(self, path: Path, origin: dict[str, Json], seconds: float) -> None:
        self.path = path
        self.origin = origin
        self.seconds = seconds
        self._written = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the last state is old enough for a new one."""
        return time.monotonic() - self._written >= self.seconds

    def write(self, state: State) -> None:
        """Replaces the state on disk, all or nothing."""
        words: dict[str, Any] = {
            "origin": self.origin,
            "finished": state.finished,
            "stopped": state.stopped,
            "callbacks": state.callbacks,
        }
        arrays: dict[str, Any] = {"words": np.array(json.dumps(words))}
        arrays |= {f"variable_{i:05d}": value for i, value in enumerate(state.variables)}
        arrays |= {f"best_{i:05d}": value for i, value in enumerate(state.best_weights)}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
        temporary.replace(self.path)
        self._written = time.monotonic()

    def read(self, variables: Sequence[keras.Variable]) -> State | None:
        """Returns the state on disk, or None; what comes of it is reported.

        Args:
            variables: What the state's are for; number and shapes must be equal.
        """
        if not self.path.exists():
            return None
        try:
            state = self._parse()
            shapes = [tuple(variable.shape) for variable in variables]
            if [value.shape for value in state.variables] != shapes:
                raise ValueError("it is of another network")
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
            _LOG.warning("%s is ignored, training begins afresh: %s", self.path, error)
            return None
        _LOG.warning("training goes on after epoch %d: %s", state.finished, self.path)
        return state

    def _parse(self) -> State:
        with self.path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            words = json.loads(str(content["words"]))
            if words["origin"] != self.origin:
                raise ValueError("it is of other code, packages or threads")
            return State(
                words["finished"],
                words["stopped"],
                words["callbacks"],
                [content[name] for name in sorted(content) if name.startswith("variable_")],
                [content[name] for name in sorted(content) if name.startswith("best_")],
            )


STATES = {
    "EarlyStopping": ("wait", "best", "best_epoch", "stopped_epoch"),
    "Plateau": ("wait", "best", "cooldown_counter"),
    "Curves": ("epochs",),
    "Joint": ("curves",),
    "Clock": ("seconds",),
}
"""The attributes that callbacks carry from one epoch to the next."""


class Checkpoint(keras.callbacks.Callback):
    """Takes up a state when training begins, and writes one now and then; runs last.

    Args:
        file: Where states are kept.
        state: The one to take up, if any.
        variables: Of the model, the optimiser and the random streams.
        callbacks: The others.
    """

    def __init__(
        self,
        file: StateFile,
        state: State | None,
        variables: Sequence[keras.Variable],
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> None:
        super().__init__()
        self.file = file
        self.state = state
        self.variables = variables
        self.stateful = [each for each in callbacks if type(each).__name__ in STATES]

    def on_train_begin(self, logs: object = None) -> None:
        """Takes up the state, after the other callbacks have begun."""
        if self.state is None:
            return
        for variable, value in zip(self.variables, self.state.variables, strict=True):
            variable.assign(value)
        for callback in self.stateful:
            for name, value in self.state.callbacks[type(callback).__name__].items():
                setattr(callback, name, value)
            if isinstance(callback, keras.callbacks.EarlyStopping):
                callback.best_weights = self.state.best_weights or None

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Writes the state if it is time."""
        if self.file.is_due:
            self.file.write(self._present(epoch + 1))

    def _present(self, finished: int) -> State:
        states: dict[str, dict[str, Any]] = {}
        best: list[np.ndarray] = []
        for callback in self.stateful:
            kind = type(callback).__name__
            states[kind] = {name: getattr(callback, name) for name in STATES[kind]}
            if isinstance(callback, keras.callbacks.EarlyStopping):
                best = callback.best_weights or []
        values = [keras.ops.convert_to_numpy(variable) for variable in self.variables]
        return State(finished, self.model.stop_training, states, values, best)
