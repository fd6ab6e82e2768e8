"""Following a training from outside, and giving it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Watch = Callable[[int, Mapping[str, float]], None]
"""Is told every epoch of a run, from 1, and its values; may raise `Pruned`."""


class Pruned(RuntimeError):
    """A run that is given up before its end leaves no record; the message says when and why."""
