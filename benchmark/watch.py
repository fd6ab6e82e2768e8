"""Following a training from outside, and ways in which it ends before its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Watch = Callable[[int, Mapping[str, float]], None]
"""Is told every epoch of a run, from 1, and its values; may raise `Pruned`."""


class Pruned(RuntimeError):
    """A run that is given up before its end leaves no record; the message says when and why."""


class TrainingFailed(RuntimeError):
    """Training cannot go on; the message says why and since when."""
