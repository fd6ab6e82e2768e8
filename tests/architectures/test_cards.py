"""What is declared and shipped of each architecture is what its models show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import keras
import pytest

from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.cards import (
    LENGTHS,
    format_table,
    joined_by,
    page,
    read_cards,
    telling_length,
)
from tfbs.architectures.parameters import Choice, Fraction, Positive, Range, search_space
from tfbs.architectures.receptive_field import measure_receptive_field

HOUSE = [name for name in ARCHITECTURES if ":" not in name]


def test_every_architecture_has_a_card_and_a_place_on_the_page():
    assert list(read_cards()) == HOUSE
    docs = Path(__file__).parents[2] / "docs" / "architectures.md"
    assert docs.read_text(encoding="utf-8") == page(), "run: tfbs architectures cards"


def test_the_table_survives_reading_and_writing():
    table = Path(__file__).parents[2] / "architectures" / "card.tsv"
    assert format_table(list(read_cards().values())) == table.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HOUSE)
def test_cards_are_not_stale(name):
    entry, card = ARCHITECTURES[name], read_cards()[name]
    sizes = [entry.build(length, 1, {}).count_params() for length in LENGTHS]
    assert [card.parameters_200, card.parameters_1000] == sizes, (
        "run: architectures cards --measure"
    )
    assert card.receptive_field == entry.receptive_field


@pytest.mark.parametrize("name", HOUSE)
def test_the_declared_receptive_field_is_the_measured_one(name):
    entry = ARCHITECTURES[name]
    keras.utils.set_random_seed(1)
    model = entry.build(telling_length(entry), 1, {})
    assert measure_receptive_field(model, seed=1) == entry.receptive_field
    assert joined_by(model) == read_cards()[name].joined_by


def span(*layers):
    """The receptive field of (kernel width, dilation, stride) layers, in closed form."""
    field = step = 1
    for width, dilation, stride in layers:
        field += (width - 1) * dilation * step
        step *= stride
    return field


def conv(width, dilation=1):
    return (width, dilation, 1)


def pool(width):
    return (width, 1, width)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("cnn_local", [conv(19), pool(50), conv(3), pool(2)]),
        ("cnn_deep", [conv(19), conv(7), pool(4), conv(7), pool(4), conv(3), pool(3)]),
        ("basset", [conv(19), pool(3), conv(11), pool(4), conv(7), pool(4)]),
        ("deepsea", [conv(8), pool(4), conv(8), pool(4), conv(8)]),
        ("bpnet", [conv(25), *(conv(3, 2**block) for block in range(1, 10))]),
        ("spliceai", [conv(11)] * 8 + [conv(11, 4)] * 8),
        (
            "basenji",
            [conv(15), pool(2), *(conv(3, d) for d in (1, 2, 2, 3, 5, 8, 11, 17, 26, 38, 58))],
        ),
        ("residualbind_dilated", [conv(11), *(conv(3, d) for d in (1, 2, 4, 8)), pool(10)]),
        (
            "resnet",
            [
                conv(19),
                pool(4),
                *[conv(3)] * 4,
                (3, 1, 2),
                *[conv(3)] * 3,
                (3, 1, 2),
                *[conv(3)] * 3,
            ],
        ),
    ],
)
def test_receptive_fields_follow_from_the_layer_table(name, layers):
    assert ARCHITECTURES[name].receptive_field == span(*layers)


@pytest.mark.parametrize("name", HOUSE)
def test_search_spaces_contain_their_defaults_and_nothing_invalid(name):
    entry = ARCHITECTURES[name]
    defaults = entry.resolve({})
    for setting, space in entry.search_space.items():
        if space["type"] == "categorical":
            assert defaults[setting] in space["choices"]
            tried = space["choices"]
        else:
            assert space["low"] <= defaults[setting] <= space["high"]
            assert not (space["log"] and space["low"] <= 0)
            tried = [space["low"], space["high"]]
        for value in tried:
            assert entry.resolve({setting: value})[setting] == value


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_both_ends_of_a_search_space_can_be_built(name):
    """One width after another at its ends, on 200 nucleotides: a trial of a sweep must not fail."""
    entry = ARCHITECTURES[name]
    shape = [
        (setting, space[end])
        for setting, space in entry.search_space.items()
        for end in ("low", "high")
        if space["type"] == "int" and ("size" in setting or "blocks" in setting)
    ]
    for setting, value in shape:
        assert entry.build(200, 1, {setting: value}).count_params() > 0, (setting, value)


def test_a_search_space_is_plain_data():
    def build(
        *,
        filters: Annotated[Positive, Range(8, 64, log=True)] = 8,
        rate: Annotated[Fraction, Range(0.0, 0.5)] = 0.1,
        kind: Annotated[str, Choice(("a", "b"))] = "a",
        fixed: int = 3,
    ) -> None:
        """One of each."""

    assert search_space(build) == {
        "filters": {"type": "int", "low": 8, "high": 64, "log": True},
        "rate": {"type": "float", "low": 0.0, "high": 0.5, "log": False},
        "kind": {"type": "categorical", "choices": ["a", "b"]},
    }


def test_a_position_of_one_convolution_sees_its_kernel():
    sequence = keras.Input((100, 4))
    x = keras.layers.Conv1D(3, 7, padding="same")(sequence)
    pooled = keras.Model(sequence, keras.layers.GlobalMaxPooling1D()(x))
    assert measure_receptive_field(pooled) == 7
    assert joined_by(pooled) == "maximum"


def test_of_branches_that_are_joined_apart_the_widest_is_seen():
    sequence = keras.Input((100, 4))
    joined = [
        join()(keras.layers.Conv1D(3, width, padding="same")(sequence))
        for width, join in (
            (7, keras.layers.GlobalMaxPooling1D),
            (21, keras.layers.GlobalAveragePooling1D),
            (9, keras.layers.GlobalMaxPooling1D),
        )
    ]
    branched = keras.Model(sequence, keras.layers.Concatenate()(joined))
    assert measure_receptive_field(branched) == 21
    assert joined_by(branched) == "maximum and average"


def test_a_position_that_is_gated_by_the_whole_sees_the_whole():
    """Squeeze-and-excitation: a global pool inside, which does not join the positions."""
    sequence = keras.Input((100, 4))
    x = keras.layers.Conv1D(3, 7, padding="same")(sequence)
    gate = keras.layers.Dense(3, activation="sigmoid")(keras.layers.GlobalAveragePooling1D()(x))
    gated = keras.layers.Multiply()([x, keras.layers.Reshape((1, 3))(gate)])
    pooled = keras.Model(sequence, keras.layers.GlobalMaxPooling1D()(gated))
    assert measure_receptive_field(pooled) == "whole sequence"
    assert joined_by(pooled) == "maximum"
