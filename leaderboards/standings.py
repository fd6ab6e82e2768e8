"""What a board shows, as plain values: `ranking` fills them, pages and tables read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tfbs.parameters import Json

SCHEMA = 1
FAMILY = "family/"
"""Begins the part of a ladder's key behind its axis, where it is of a family of factors."""


@dataclass(frozen=True)
class Score:
    """One number of one entry.

    Attributes:
        metric: Registered name, or `overall`.
        value: Mean over seeds; None where there is none.
        low: Lower end of the 95 % interval, or None.
        high: Upper end.
        seeds: How many the value is a mean over.
        reason: Why there is no value, or what the interval leaves out; else empty.
    """

    metric: str
    value: float | None
    low: float | None = None
    high: float | None = None
    seeds: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """An entry in a ladder.

    Attributes:
        slug: Of the entry.
        score: Its score there.
        rank_low: Best rank that it may have, from 1; 0 for floors, which are not ranked.
        rank_high: Worst rank that it may have; 0 for floors.
        tie_group: From 1 for those that nothing separates from the leader; None where too few
            seeds tell nothing.
        seeds: The score of every seed.
        paired: Whether the comparison is of the same examples.
        beats: Slugs below it in this ladder that it is told apart from.
    """

    slug: str
    score: Score
    rank_low: int
    rank_high: int
    tie_group: int | None
    seeds: tuple[float, ...]
    paired: bool = True
    beats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """One ranking.

    Attributes:
        key: Unique on the board: `overall`, `prediction`, `prediction/TASK`,
            `prediction/family/FAMILY` and so on.
        heading: For people.
        metric: That it ranks by, or `overall`.
        higher_is_better: The direction.
        places: Best first.
        not_ranked: Why, by slug.
        resolvable: The smallest gap between neighbours that would have been told apart, or None.
        separable: Neighbours that are told apart, and neighbours.
        floors: Floors and ceilings by their scores; never ranked among entries.
        warning: What a reader must know, or empty.
    """

    key: str
    heading: str
    metric: str
    higher_is_better: bool
    places: tuple[Place, ...]
    not_ranked: Mapping[str, str] = field(default_factory=dict)
    resolvable: float | None = None
    separable: tuple[int, int] = (0, 0)
    floors: tuple[Place, ...] = ()
    warning: str = ""


@dataclass(frozen=True)
class Curve:
    """A line of a plot.

    Attributes:
        name: What it shows, as `training/loss` or `robustness/pgd`.
        line: Which run or setting.
        x_label: Of the x axis.
        y_label: Of the y axis.
        x: Rising.
        y: As many; None where undefined.
    """

    name: str
    line: str
    x_label: str
    y_label: str
    x: tuple[float, ...]
    y: tuple[float | None, ...]


@dataclass(frozen=True)
class Logo:
    """A motif or a map, to be drawn as letters.

    Attributes:
        name: What it is.
        kind: `motif` (probabilities) or `map` (signed importance of the letters of a sequence).
        values: `(length, 4)` in the order A, C, G, T.
    """

    name: str
    kind: str
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Card:
    """An entry, for its page. Text in it may be a stranger's: show it as text.

    Attributes:
        slug: Of its folder.
        name: As the submitter calls it.
        team: Who submitted it.
        description: A sentence or two.
        architecture: Registered name.
        regime: Registered name.
        family: Of the architecture, or empty.
        paper: Where the architecture comes from, or empty.
        is_floor: Whether it is a floor or a ceiling.
        trust: As in `verdict.LEVELS`.
        note: Why it is trusted less than it might be.
        on_front: Whether it is an entry, and no other is as good on all axes and better on one.
        stale: Why its numbers are of other data, metrics or protocols than the board's; else empty.
        scores: By key of a ladder, and of every metric by `TASK/METRIC`.
        cost: Parameters, macs, training seconds and the like: mean over its runs.
        gates: Sanity gates, see `gates.gates_of`.
        specs: Of its runs, by id.
        command: That reproduces it.
        curves: Of training and robustness.
        logos: Of filters and maps, where they were handed in.
        log: Of the verification, line by line.
        verified: When, ISO 8601; empty where it was not.
        floors_ahead: Names of floors that are as good on all axes and better on one.
    """

    slug: str
    name: str
    team: str
    description: str
    architecture: str
    regime: str
    family: str
    paper: str
    is_floor: bool
    trust: str
    note: str
    on_front: bool
    stale: str
    scores: Mapping[str, Score]
    cost: Mapping[str, float]
    gates: Mapping[str, str]
    specs: Mapping[str, Any]
    command: str
    curves: tuple[Curve, ...] = ()
    logos: tuple[Logo, ...] = ()
    log: tuple[str, ...] = ()
    verified: str = ""
    floors_ahead: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskCard:
    """A task of the suite.

    Attributes:
        name: `DATASET/CONFIG`.
        version: Of the data; empty where no entry was verified yet.
        fingerprint: Of the data that entries are ranked on; empty likewise.
        splits: Examples of each.
        ceilings: What the truth itself scores, by metric; empty where a task does not tell.
        families: Of the transcription factors it is about.
        floor_ties: The warnings of its ladders, as `AXIS: NAME ties the best entry`, joined by
            semicolons; empty where the best entries beat all floors.
        missing_floors: Kinds of floors that no entry has been accepted for.
    """

    name: str
    version: str
    fingerprint: str
    splits: Mapping[str, int]
    ceilings: Mapping[str, float]
    families: tuple[str, ...]
    floor_ties: str = ""
    missing_floors: tuple[str, ...] = ()


@dataclass(frozen=True)
class SuiteBoard:
    """All rankings of one version of a suite.

    Attributes:
        suite: Its name.
        version: Of it.
        description: Of it.
        protocol: That it measures by; of several, all by name.
        tasks: Of it.
        ladders: The overall one first.
        cards: Of all entries that could be read, ranked or not, by slug.
        problems: What could not be read, one sentence each.
    """

    suite: str
    version: int
    description: str
    protocol: str
    tasks: tuple[TaskCard, ...]
    ladders: tuple[Ladder, ...]
    cards: tuple[Card, ...]
    problems: tuple[str, ...]

    def ladder(self, key: str) -> Ladder:
        """Returns a ranking by its key.

        Raises:
            KeyError: If there is none.
        """
        return {ladder.key: ladder for ladder in self.ladders}[key]

    def card(self, slug: str) -> Card:
        """Returns an entry by its slug.

        Raises:
            KeyError: If there is none.
        """
        return {card.slug: card for card in self.cards}[slug]

    def to_json(self) -> dict[str, Json]:
        """Returns the board as JSON types."""
        return {"schema": SCHEMA, **asdict(self)}
