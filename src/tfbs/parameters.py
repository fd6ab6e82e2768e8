"""Typed parameters: read from a signature, overridden by `key=value`, checked, made canonical."""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Callable, Mapping
from typing import Any

from tfbs.errors import UserError, nearest

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def defaults(function: Callable[..., object]) -> dict[str, Json]:
    """Returns the keyword-only parameters of `function` and their defaults, JSON-ready.

    Raises:
        TypeError: If a keyword-only parameter lacks a default.
    """
    values = {}
    for name, parameter in _keyword_only(function).items():
        if parameter.default is inspect.Parameter.empty:
            raise TypeError(f"{function!r}: parameter {name!r} needs a default")
        values[name] = canonical(parameter.default)
    return values


def resolve(
    function: Callable[..., object], overrides: Mapping[str, object], owner: str
) -> dict[str, Json]:
    """Returns every keyword-only parameter of `function` with the overrides applied.

    Types come from the annotations and are checked by pydantic in strict mode: an int passes
    for a float, nothing else is converted.

    Args:
        function: A function or dataclass whose keyword-only parameters are the settings.
        overrides: New values by name.
        owner: How to name `function` in an error: `"architecture cnn_local"`.

    Raises:
        UserError: If a name does not exist or a value has the wrong type or range.
    """
    values = defaults(function)
    for name, value in overrides.items():
        if name not in values:
            raise UserError(f"{owner} has no hyperparameter {name!r}{nearest(name, values)}")
        values[name] = _checked(function, name, value, owner)
    return values


def describe(function: Callable[..., object]) -> list[dict[str, Json]]:
    """Returns name, type and default of every keyword-only parameter, for `--help` and lists."""
    hints = typing.get_type_hints(function, include_extras=False)
    return [
        {"name": name, "type": _type_name(hints.get(name, Any)), "default": value}
        for name, value in defaults(function).items()
    ]


def parse_assignments(assignments: typing.Iterable[str]) -> dict[str, Json]:
    """Returns `key=value` words as a mapping; values are read as JSON, else kept as text.

    Raises:
        UserError: If a word has no `=`, or a key is given twice.
    """
    values: dict[str, Json] = {}
    for word in assignments:
        key, equals, text = word.partition("=")
        if not equals or not key:
            raise UserError(f"--set {word!r} is not of the form key=value")
        if key in values:
            raise UserError(f"--set {key} is given twice")
        try:
            values[key] = json.loads(text)
        except json.JSONDecodeError:
            values[key] = text
    return values


def canonical(value: object) -> Json:
    """Returns `value` as plain JSON types: tuples become lists, and 1.0 stays 1.0."""
    return typing.cast(Json, json.loads(json.dumps(value)))


def _keyword_only(function: Callable[..., object]) -> dict[str, inspect.Parameter]:
    signature = inspect.signature(function)
    return {
        name: parameter
        for name, parameter in signature.parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def _checked(function: Callable[..., object], name: str, value: object, owner: str) -> Json:
    from pydantic import TypeAdapter, ValidationError

    hints = typing.get_type_hints(function, include_extras=True)
    adapter = TypeAdapter(hints.get(name, Any))
    try:
        checked = adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        reason = reason[0].lower() + reason[1:]
        raise UserError(f"{owner}: {name}={value!r} is not valid: {reason}") from error
    return canonical(checked)


def _type_name(hint: object) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return "|".join(str(word) for word in typing.get_args(hint))
    return getattr(hint, "__name__", str(hint)) if not typing.get_args(hint) else str(hint)
