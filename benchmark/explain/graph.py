"""Runs a functional model operation by operation, so that a method can put its own in between."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import keras

from tfbs.errors import Refused

Call = Callable[..., Any]
"""Called as `call(operation, *arguments, **keywords)` in the place of the operation."""


def run_graph(model: keras.Model, inputs: list[Any], call: Call) -> Any:
    """Returns what a model makes of inputs, with `call` in the place of each operation.

    Models inside the model are entered. What flows between operations may be anything that
    `call` takes and returns.

    Args:
        model: Built by the functional interface, or `keras.Sequential`.
        inputs: As many as the model has.
        call: Runs one operation.

    Raises:
        Refused: If the model has no graph, as subclassed ones.
    """
    graph = graph_of(model)
    outputs = graph._run_through_graph(
        inputs, operation_fn=lambda operation: functools.partial(_enter, call, operation)
    )
    return outputs[0] if isinstance(outputs, list | tuple) and len(outputs) == 1 else outputs


def graph_of(model: keras.Model) -> Any:
    """Returns the functional model that a model is.

    Raises:
        Refused: If it has none.
    """
    found = getattr(model, "_functional", None) or model
    if not hasattr(found, "_run_through_graph"):
        raise Refused(
            f"model {model.name!r} is not built by the functional interface: its operations "
            "cannot be told apart"
        )
    return found


def _enter(call: Call, operation: Any, *arguments: Any, **keywords: Any) -> Any:
    if isinstance(operation, keras.Model):
        return run_graph(operation, list(arguments), call)
    return call(operation, *arguments, **keywords)
