"""Chromosome names: chr1, chrI, I and 1 may be one chromosome; nothing is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from tfbs.datasets.text_files import open_text
from tfbs.errors import UserError

AUTO = "auto"
"""Map names whose styles differ: with or without chr, Roman or Arabic numbers, M or MT."""

Renaming = Mapping[str, str] | str | None
"""Names by name, `AUTO`, or None where all names must be the genome's own."""

_ROMAN = re.compile(r"X{0,3}(IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}


def match_chromosomes(
    names: Iterable[str], genome: Collection[str], where: str, renaming: Renaming = None
) -> tuple[dict[str, str], list[str]]:
    """Returns the genome's name for every name that has one, and the names that have none.

    Args:
        names: The names that a file uses.
        genome: The names of the genome.
        where: How to name the file in an error.
        renaming: How names are mapped that are not the genome's.

    Raises:
        UserError: If none of the names is in the genome, if some are in it only under another
            style and no renaming was asked for, or if two names become one.
    """
    wanted = sorted(set(names))
    explicit = renaming if isinstance(renaming, Mapping) else {}
    matched = {name: explicit.get(name, name) for name in wanted}
    matched = {name: target for name, target in matched.items() if target in genome}
    missing = [name for name in wanted if name not in matched]
    guessed = guess_names(missing, genome)
    if renaming == AUTO:
        matched |= guessed
        missing = [name for name in missing if name not in guessed]
    elif guessed:
        raise UserError(_style_message(where, guessed, genome))
    if wanted and not matched:
        raise UserError(
            f"{where}: none of its chromosomes ({_some(wanted)}) is in the genome "
            f"({_some(genome)}); give the genome of these data, or --rename FILE with two "
            "columns, its names and the genome's"
        )
    _refuse_collisions(matched, where)
    return matched, missing


def read_renaming(option: str) -> Renaming:
    """Returns what `--rename` asks for: `auto`, or the names in a file of two columns.

    Raises:
        UserError: If the file is missing or a line has not two columns.
    """
    if option == AUTO:
        return AUTO
    path = Path(option)
    names = {}
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            fields = line.split()
            if not fields or line.startswith("#"):
                continue
            if len(fields) != 2:
                raise UserError(
                    f"{path}, line {number}: {line.strip()!r} has {len(fields)} columns; "
                    "two are needed, a file's name of the chromosome and the genome's"
                )
            names[fields[0]] = fields[1]
    return names


def guess_names(names: Collection[str], genome: Collection[str]) -> dict[str, str]:
    """Returns the genome's name for those names that are the same chromosome in another style.

    X is ten among Roman numbers and a sex chromosome among Arabic ones: names count as Roman
    where one of them can be nothing else (II, IV, ...).
    """
    known: dict[str, str] = {}
    for name in genome:
        known.setdefault(_key(name, _is_roman(genome)), name)
    roman = _is_roman(names) or (_is_roman(genome) and not any(_digits(name) for name in names))
    keys = {name: _key(name, roman) for name in names}
    return {name: known[key] for name, key in keys.items() if key in known}


def _key(name: str, roman: bool) -> str:
    bare = _bare(name)
    if roman and bare and _ROMAN.fullmatch(bare):
        return str(_arabic(bare))
    return {"MT": "M", "MITO": "M"}.get(bare, bare)


def _bare(name: str) -> str:
    bare = name.upper()
    for prefix in ("CHROMOSOME", "CHR"):
        bare = bare.removeprefix(prefix)
    return bare.lstrip("_0") or bare


def _digits(name: str) -> bool:
    return _bare(name).isdigit()


def _is_roman(names: Iterable[str]) -> bool:
    bares = (_bare(name) for name in names)
    return any(len(bare) > 1 and bool(_ROMAN.fullmatch(bare)) for bare in bares)


def _arabic(roman: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in roman]
    later = [*values[1:], 0]
    return sum(
        -value if value < after else value for value, after in zip(values, later, strict=True)
    )


def _refuse_collisions(matched: Mapping[str, str], where: str) -> None:
    first: dict[str, str] = {}
    for name, target in matched.items():
        other = first.setdefault(target, name)
        if other != name:
            raise UserError(f"{where}: {other!r} and {name!r} would both be {target!r}")


def _style_message(where: str, guessed: Mapping[str, str], genome: Collection[str]) -> str:
    name, target = next(iter(guessed.items()))
    return (
        f"{where}: its chromosomes are named {_some(guessed)}, those of the genome "
        f"{_some(genome)}; map them with --rename auto ({name} = {target}), or --rename FILE "
        "with two columns, its names and the genome's"
    )


def _some(names: Iterable[str]) -> str:
    listed = [name[:40] for name in names]
    return ", ".join(listed[:3]) + (", ..." if len(listed) > 3 else "")
