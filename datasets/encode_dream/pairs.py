"""Who was measured where: the 166 pairs of factor and cell type of the challenge, by round."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from tfbs.errors import UserError

Round = Literal["train", "leaderboard", "final"]

DROPPED = "dropped"
"""Word in the note of a pair that the challenge listed and did not score."""

FAMILIES: dict[str, tuple[str, ...]] = {
    "bHLH": ("MAX", "MYC", "TCF12"),
    "bZIP": ("ATF2", "ATF3", "ATF7", "CEBPB", "CREB1", "JUND", "MAFK"),
    "C2H2": ("CTCF", "EGR1", "REST", "YY1", "ZNF143"),
    "E2F": ("E2F1", "E2F6"),
    "ETS": ("GABPA", "SPI1"),
    "FOX": ("FOXA1", "FOXA2"),
}
"""Factors of the challenge whose DNA-binding domains are of one structural class or family with
another's (TFClass: Wingender et al. 2018, https://doi.org/10.1093/nar/gkx987)."""


@cache
def read_pairs() -> tuple[tuple[str, str, str, str], ...]:
    """Returns factor, cell, round and note of every pair."""
    text = resources.files(__package__).joinpath("pairs.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


@cache
def factors() -> tuple[str, ...]:
    """Returns the 32 factors."""
    return tuple(dict.fromkeys(factor for factor, *_ in read_pairs()))


@cache
def cells() -> tuple[str, ...]:
    """Returns the 14 cell types."""
    return tuple(dict.fromkeys(cell for _, cell, *_ in read_pairs()))


def cells_of(factor: str, *rounds: Round) -> tuple[str, ...]:
    """Returns the cells in which a factor was asked for, without what was dropped.

    Args:
        factor: One of `factors`.
        rounds: Which; the order is theirs.
    """
    return tuple(
        cell
        for wanted in rounds
        for name, cell, found, note in read_pairs()
        if name == factor and found == wanted and DROPPED not in note
    )


def round_of(factor: str, cell: str) -> Round | None:
    """Returns in which round a pair was; None if in none."""
    for name, own, found, _ in read_pairs():
        if (name, own) == (factor, cell):
            return found  # type: ignore[return-value]
    return None


def family_of(factor: str) -> tuple[str, ...]:
    """Returns the factors of one family, the given one among them.

    Raises:
        UserError: If the challenge has no other of its family.
    """
    for members in FAMILIES.values():
        if factor in members:
            return members
    known = sorted(name for members in FAMILIES.values() for name in members)
    raise UserError(
        f"{factor} has no relative among the factors of the challenge; those with one are "
        f"{', '.join(known)}"
    )


@cache
def _known_cells() -> dict[str, str]:
    return {_bare(cell): cell for cell in cells()}


def canonical_cell(name: str) -> str:
    """Returns the challenge's name of a cell type; others come back as they are.

    `IMR90` in some files is `IMR-90` in others.
    """
    return _known_cells().get(_bare(name), name)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.upper() if letter.isalnum())
