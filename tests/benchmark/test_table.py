"""Tables keep their numbers in every format."""

import csv
import io
import json

import pytest

from tfbs.benchmark.table import Table, leading_number
from tfbs.benchmark.verdict import brief

TABLE = Table(
    "numbers",
    "Numbers & names",
    ("name", "50 % of ε"),
    [("a_b | c", "0.500 [0.4, 0.6]"), ("d\\e", "")],
    [{"name": "a_b | c", "value": 0.5}, {"name": "d\\e", "value": None, "reason": "x, y"}],
)


def test_data_are_in_full_in_json_and_csv():
    assert json.loads(TABLE.json()) == list(TABLE.data)
    lines = list(csv.DictReader(io.StringIO(TABLE.csv())))
    assert lines[0] == {"name": "a_b | c", "value": "0.5", "reason": ""}
    assert lines[1] == {"name": "d\\e", "value": "", "reason": "x, y"}


def test_markdown_escapes_bars():
    assert TABLE.markdown().splitlines()[2] == "| a_b \\| c | 0.500 [0.4, 0.6] |"


def test_latex_escapes_what_it_would_read_as_commands():
    lines = TABLE.latex().splitlines()
    assert lines[1] == r"\begin{tabular}{lr}"
    assert lines[3] == r"name & 50 \% of $\varepsilon$ \\"
    assert lines[5:7] == [r"a\_b | c & 0.500 [0.4, 0.6] \\", r"d\textbackslash{}e &  \\"]


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("0.501 [0.4, 0.6]", 0.501), ("15,265", 15265), ("2.41 M", 2.41e6), ("383 k", 383e3),
        ("181 s", 181), ("<.0001", 0.0001), ("-0.02", -0.02), ("cnn", None), ("", None),
        ("-", None),
    ],
)  # fmt: skip
def test_a_column_is_sorted_by_the_numbers_its_words_begin_with(word, number):
    assert leading_number(word) == number


def test_long_lists_are_shortened_where_names_still_differ():
    first = "a[prior.motifs=['M1', 'M2', 'M3'], prior.rc=shared]"
    second = "a[prior.motifs=['M4', 'M2', 'M3']]"
    assert brief([first, second]) == {
        first: "a[prior.motifs=[M1 +2], prior.rc=shared]",
        second: "a[prior.motifs=[M4 +2]]",
    }
    twin = "a[prior.motifs=['M4', 'M2', 'M5']]"
    assert brief([second, twin]) == {second: second, twin: twin}
    assert brief(["b[shape=['x', 'y']]"]) == {"b[shape=['x', 'y']]": "b[shape=['x', 'y']]"}
