"""Names of strangers: what is said of them is the same in every process."""

from __future__ import annotations

from tfbs.leaderboards.names import name_problems


def test_mixed_scripts_are_said_in_the_order_of_the_words():
    said = name_problems("aγ aб бγ гa aγ", "entry name")  # noqa: RUF001
    assert said == [
        "entry name mixes letters of GREEK and LATIN in one word",
        "entry name mixes letters of CYRILLIC and LATIN in one word",
        "entry name mixes letters of CYRILLIC and GREEK in one word",
    ]
