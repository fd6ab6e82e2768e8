"""What a config of `encode_dream` asks for: a source of labels, a factor, and what is held out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, get_args

from tfbs.datasets.encode_dream.pairs import cells_of, factors, family_of
from tfbs.datasets.genome_bins.inputs import Pair
from tfbs.errors import UserError, nearest

Source = Literal["official", "open", "uniform"]
Protocol = Literal["cross", "within", "family"]
SOURCES: tuple[Source, ...] = get_args(Source)

ABOUT: dict[Source, str] = {
    "official": "the challenge's own labels and DNase-seq, for those with its login; scored on "
    "chr1, chr8 and chr21",
    "open": "the challenge's peaks that need no login; they lack chr1, chr8 and chr21, which are "
    "UNKNOWN here: tested on chr10, not comparable with scores of the challenge",
    "uniform": "uniform ENCODE peaks of 2012 on the whole genome, labelled as in the challenge; "
    "OTHER data than the challenge's, not comparable with its scores",
}
"""What each source is, said wherever it is shown."""

_PROTOCOLS: dict[Protocol, str] = {
    "cross": "cells that are not trained on",
    "within": "the cells that are trained on",
    "family": "a factor that is not trained on, by others of its family",
}


@dataclass(frozen=True)
class Assignment:
    """A task of the challenge.

    Attributes:
        source: Where labels come from.
        factor: The factor that is asked for.
        protocol: `cross`: some cells are held out; `within`: none is; `family`: the factor
            itself is held out and the others of its family are trained on.
    """

    source: Source
    factor: str
    protocol: Protocol = "cross"

    @property
    def config(self) -> str:
        """Its name: `open-CTCF`, `official-MAX-within`."""
        suffix = "" if self.protocol == "cross" else f"-{self.protocol}"
        return f"{self.source}-{self.factor}{suffix}"

    @property
    def description(self) -> str:
        """One line."""
        return (
            f"ENCODE-DREAM, {self.factor}, {self.source}: {ABOUT[self.source]}. Tested on "
            f"{_PROTOCOLS[self.protocol]}."
        )

    @property
    def targets(self) -> tuple[str, ...]:
        """The factors, the one that is asked for among them.

        Raises:
            UserError: If a family is asked for and the factor has no relative.
        """
        if self.protocol != "family":
            return (self.factor,)
        members = family_of(self.factor)
        if self.source == "open":
            return tuple(name for name in members if any(name == f for f, _ in open_peaks()))
        return members

    @property
    def held_out_targets(self) -> tuple[str, ...]:
        """Factors that are not trained on."""
        return (self.factor,) if self.protocol == "family" else ()

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Factor and cell of what is read; of `uniform` known only from its list of files."""
        if self.source == "open":
            return tuple(pair for pair in open_peaks() if pair[0] in self.targets)
        if self.protocol == "within":
            return tuple((self.factor, cell) for cell in cells_of(self.factor, "final"))
        if self.protocol == "family":
            return tuple((t, cell) for t in self.targets for cell in cells_of(t, "train"))
        rounds = cells_of(self.factor, "train", "leaderboard", "final")
        return tuple((self.factor, cell) for cell in rounds)

    def held_out_cells(self, pairs: tuple[Pair, ...]) -> tuple[str, ...]:
        """Returns the cells that are not trained on.

        Those of the leaderboard and of the final round where there are any of the factor. Where
        labels are known of none of these, also the last by the letters of its name.

        Args:
            pairs: What is read.

        Raises:
            UserError: If there is one cell only.
        """
        if self.protocol != "cross":
            return ()
        cells = sorted(cell for _, cell in pairs)
        later = set(cells_of(self.factor, "leaderboard", "final")) & set(cells)
        rest = [cell for cell in cells if cell not in later]
        scored = later & set(cells_of(self.factor, "final")) if self.source == "official" else later
        if not scored and len(rest) > 1:
            return tuple(sorted({*later, rest[-1]}))
        if not rest or not later:
            raise UserError(
                f"encode_dream/{self.config}: {self.factor} is known in {', '.join(cells)} alone, "
                f"so that no cell can be held out; within that cell there is "
                f"encode_dream/{self.source}-{self.factor}-within"
            )
        return tuple(sorted(later))


@cache
def open_peaks() -> dict[Pair, tuple[str, str]]:
    """Returns the digests of conservative and relaxed peaks that need no login, by pair."""
    text = resources.files(__package__).joinpath("open_peaks.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines()[1:])
    return {(factor, cell): (strict, loose) for factor, cell, strict, loose in rows}


@cache
def all_assignments() -> dict[str, Assignment]:
    """Returns every task that can be asked for, by the name of its config."""
    found = {}
    for source in SOURCES:
        for factor in factors():
            for protocol in _PROTOCOLS:
                own = Assignment(source, factor, protocol)
                if _exists(own):
                    found[own.config] = own
    return found


def assignment(config: str) -> Assignment:
    """Returns the task of a config; upper and lower case are the same.

    Raises:
        UserError: If there is none of that name; says why, or lists the nearest.
    """
    known = all_assignments()
    by_letters = {name.lower(): own for name, own in known.items()}
    if config.lower() in by_letters:
        return by_letters[config.lower()]
    source, _, rest = config.partition("-")
    factor, _, protocol = rest.partition("-")
    if source in SOURCES and factor in factors() and (protocol or "cross") in _PROTOCOLS:
        _check(Assignment(source, factor, protocol or "cross"))  # type: ignore[arg-type]
    near = nearest(config, known)
    raise UserError(
        f"no task is called encode_dream/{config}; write encode_dream/SOURCE-FACTOR, with SOURCE "
        f"of {', '.join(SOURCES)} and FACTOR of {', '.join(factors())}, and -within or -family "
        f"behind it{near if near.startswith('; nearest') else ''}"
    )


def _exists(asked: Assignment) -> bool:
    try:
        _check(asked)
    except UserError:
        return False
    return True


def _check(asked: Assignment) -> None:
    """Refuses a task of which nothing is known, or that has nothing to train on."""
    name, _ = f"encode_dream/{asked.config}", asked.targets
    if asked.source == "uniform":  # its files say
        return
    found = {target for target, _ in asked.pairs}
    if asked.factor not in found:
        raise UserError(f"{name}: of {asked.factor} nothing is known in the cells that it asks for")
    if not found - set(asked.held_out_targets):
        raise UserError(f"{name}: nothing is known of the relatives of {asked.factor}")
    asked.held_out_cells(asked.pairs)
