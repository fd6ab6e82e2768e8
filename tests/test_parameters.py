"""Settings are typed: what does not fit is refused by name, value and remedy."""

from typing import Annotated, Literal

import pytest
from pydantic import Field

from tfbs.errors import UserError
from tfbs.parameters import defaults, describe, parse_assignments, resolve


def build(
    length: int,
    *,
    filters: Annotated[int, Field(ge=1)] = 24,
    rate: float = 0.5,
    activation: Literal["relu", "exponential"] = "relu",
    pools: tuple[int, ...] = (4, 4),
) -> None:
    """A signature with one parameter of each kind."""


def test_defaults_are_json():
    assert defaults(build) == {"filters": 24, "rate": 0.5, "activation": "relu", "pools": [4, 4]}


def test_overrides_replace_defaults_and_an_int_passes_for_a_float():
    values = resolve(build, {"filters": 8, "rate": 1, "pools": [2]}, "architecture x")
    assert values == {"filters": 8, "rate": 1.0, "activation": "relu", "pools": [2]}


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ({"filter": 8}, "architecture x has no hyperparameter 'filter'; nearest: filters"),
        ({"filters": "8"}, "filters='8' is not valid: input should be a valid integer"),
        ({"filters": 0}, "filters=0 is not valid: .*greater than or equal to 1"),
        ({"filters": True}, "filters=True is not valid"),
        ({"activation": "rely"}, "activation='rely' is not valid: .*'relu' or 'exponential'"),
        ({"pools": 3}, "pools=3 is not valid"),
    ],
)
def test_a_wrong_override_names_parameter_value_and_what_would_do(override, message):
    with pytest.raises(UserError, match=message):
        resolve(build, override, "architecture x")


def test_assignments_are_json_or_else_text():
    words = ["a=1", "b=1e-3", "c=relu", "d=true", "e=[1, 2]", 'f="7"', "g=x=y"]
    assert parse_assignments(words) == {
        "a": 1,
        "b": 0.001,
        "c": "relu",
        "d": True,
        "e": [1, 2],
        "f": "7",
        "g": "x=y",
    }


@pytest.mark.parametrize("words", [["a"], ["=1"], ["a=1", "a=2"]])
def test_malformed_assignments_are_refused(words):
    with pytest.raises(UserError, match="--set"):
        parse_assignments(words)


def test_descriptions_name_type_and_default():
    assert describe(build)[2] == {
        "name": "activation",
        "type": "relu|exponential",
        "default": "relu",
    }
