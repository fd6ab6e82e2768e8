"""Names that strangers give: what is refused, and what passes for another name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
"""What the folder of an entry may be called."""

_REFUSED = {
    "Cc": "a control character",
    "Cf": "an invisible formatting character",
    "Cn": "an unassigned character",
    "Co": "a private character",
    "Cs": "a surrogate",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_ALIKE = str.maketrans(
    {
        **dict(zip("аеіјорсухһԁԛѕԝ", "aeijopcyxhdqsw", strict=True)),  # noqa: RUF001
        **dict(zip("вгкмнптьα", "brkmhntba", strict=True)),
        **dict(zip("οριντυχκηωγ", "opivtuxknwy", strict=True)),
        **dict(zip("ɑıɡℓ01|", "aiglol" + "l", strict=True)),  # noqa: RUF001
    }
)
"""Letters and digits that are drawn like a Latin letter, after case folding."""


def name_problems(name: object, what: str) -> list[str]:
    """Returns why a name cannot be shown beside others, one sentence each.

    Markup is not refused: whoever shows a name shows it as text.

    Args:
        name: What was given.
        what: How to call it in the sentences: `"entry name"`.
    """
    if not isinstance(name, str):
        return [f"{what} is not text"]
    problems = []
    if not name.strip():
        problems.append(f"{what} is empty")
    if len(name) > LONGEST:
        problems.append(f"{what} has {len(name)} characters, at most {LONGEST} are shown")
    if name != name.strip():
        problems.append(f"{what} begins or ends with a space")
    for letter in dict.fromkeys(name):
        kind = unicodedata.category(letter)
        if kind in _REFUSED:
            problems.append(f"{what} holds {_REFUSED[kind]}, U+{ord(letter):04X}")
    if unicodedata.normalize("NFC", name) != name:
        problems.append(f"{what} is not in Unicode's form NFC")
    mixed = [sorted(scripts) for word in name.split() if len(scripts := _scripts(word)) > 1]
    said = [f"{what} mixes letters of {' and '.join(scripts)} in one word" for scripts in mixed]
    return problems + list(dict.fromkeys(said))


def skeleton(name: str) -> str:
    """Returns what a name looks like: equal for two names that readers would take for one.

    Case, accents, spaces and punctuation do not count, letters of other scripts are taken for the
    Latin ones they are drawn like. A small table: it is a help for reviewers, not a proof.
    """
    folded = unicodedata.normalize("NFKD", name.casefold()).translate(_ALIKE)
    plain = unicodedata.normalize("NFKD", folded)
    return "".join(letter for letter in plain if letter.isalnum()).replace("rn", "m")


def alike(name: str, others: Iterable[str]) -> str | None:
    """Returns the first other name that a reader would take for this one, or None."""
    own = skeleton(name)
    return next((other for other in others if skeleton(other) == own), None)


def plain(text: object, longest: int = 200) -> str:
    """Returns text that is safe to print on a terminal: one line, nothing invisible, not long."""
    shown = "".join(
        letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in str(text)
    )
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _scripts(word: str) -> frozenset[str]:
    """Returns the scripts of a word's letters, by the first word of their Unicode names."""
    names = (unicodedata.name(letter, "UNKNOWN") for letter in word if letter.isalpha())
    first = {name.split()[0] for name in names}
    return frozenset(first & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
