"""`tfbs architectures` as a user meets it."""

from __future__ import annotations

import json

import pytest

from tfbs.__main__ import main
from tfbs.architectures import ARCHITECTURES
from tfbs.architectures.cards import page

SMALL = {
    "basenji": ["num_filters=8", "head_filters=8"],
    "danq": ["lstm_units=2", "dense_units=2"],
    "danq_jaspar": ["num_filters=4", "lstm_units=2", "dense_units=2"],
}


def call(capsys, *words):
    status = main(["architectures", *words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if ":" not in name])
def test_every_architecture_shows_its_paper_and_deviations(name, capsys):
    settings = [word for text in SMALL.get(name, []) for word in ("--set", text)]
    status, out, err = call(capsys, "show", name, *settings)
    entry = ARCHITECTURES[name]
    assert status == 0 and not err
    assert entry.source in out
    assert all(text in out for text in entry.deviations or ["none"])
    assert "logits" in out


def test_json_holds_layers_defaults_and_search_space(capsys):
    status, out, _ = call(
        capsys, "show", "cnn_dist", "--json", "--length", "300", "--targets", "3",
        "--set", "num_filters=12",
    )  # fmt: skip
    shown = json.loads(out)
    assert status == 0 and shown["length"] == 300
    assert shown["hyperparameters"]["num_filters"] == 12
    assert shown["defaults"]["num_filters"] == 24
    assert shown["search_space"] == ARCHITECTURES["cnn_dist"].search_space
    assert shown["receptive_field"] == {"declared": 128, "measured": 128}
    assert shown["layers"][-1] == {
        "name": "logits",
        "type": "Dense",
        "shape": [None, 3],
        "parameters": 97 * 3,
    }
    assert sum(layer["parameters"] for layer in shown["layers"]) == shown["parameters"]


def test_a_network_of_ones_own_is_shown_too(capsys):
    status, out, _ = call(capsys, "show", "tfbs.architectures.deepbind:deepbind")
    assert status == 0 and "not declared at the defaults, 24 here" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "cnn_dits"], "no architecture is called 'cnn_dits'; nearest: cnn_dist"),
        (["show", "cnn_dist", "--set", "filters=3"], "no hyperparameter 'filters'; nearest: num_f"),
        (["show", "cnn_dist", "--set", "dropout=2"], "dropout=2 is not valid"),
        (["show", "cnn_deep", "--length", "50"], "needs sequences of at least 104 nucleotides"),
        (["show", "cnn_x", "--set", "first_pool=3"], "first_pool=3 is not valid"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(words, message, capsys):
    status, out, err = call(capsys, *words)
    assert status == 2 and not out and message in err and err.count("\n") == 1


def test_the_page_is_printed(capsys):
    assert call(capsys, "cards") == (0, page(), "")


def test_the_list_shows_size_field_and_paper(capsys):
    assert main(["list", "architectures"]) == 0
    out = capsys.readouterr().out
    row = next(line for line in out.splitlines() if line.startswith("deepbind "))
    assert row.split()[1:5] == ["CNN", "2,129", "2,129", "24"]
    assert "https://doi.org/10.1038/nbt.3300" in row
    assert main(["list", "architectures", "--json"]) == 0
    entry = next(e for e in json.loads(capsys.readouterr().out) if e["name"] == "deepbind")
    assert entry["parameters_1000"] == 2129 and entry["receptive_field"] == 24
    assert entry["search_space"]["num_filters"]["type"] == "int"
