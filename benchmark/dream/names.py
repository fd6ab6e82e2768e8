"""Names of submission files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tfbs.datasets.encode_dream.pairs import round_of
from tfbs.errors import UserError

Letter = Literal["F", "L", "B"]
LETTERS: dict[Letter, str] = {
    "L": "leaderboard: the bins of the held-out chromosomes",
    "F": "final round: every bin, scored on the held-out chromosomes",
    "B": "within cell type: every bin, scored on the held-out chromosomes",
}

_NAME = re.compile(
    r"(?:(?P<team>[^.]+)\.(?P<submission>[^.]+)\.)?"
    r"(?P<letter>[FBL])\.(?P<factor>[^.]+)\.(?P<cell>[^.]+)\.tab(?:\.gz)?"
)


@dataclass(frozen=True)
class SubmissionName:
    """What the name of a file says.

    Attributes:
        letter: The round.
        factor: The factor.
        cell: The cell type.
        entrant: Team and submission where the name says so, else empty.
    """

    letter: Letter
    factor: str
    cell: str
    entrant: str = ""

    @property
    def file(self) -> str:
        """The name that the challenge asked for.

        Raises:
            UserError: If factor or cell hold what would part the name otherwise.
        """
        for word in (self.factor, self.cell):
            if set(word) & set("./\\"):
                raise UserError(
                    f"{word!r} cannot be part of the name of a submission: no dots or slashes; "
                    "build the task under another name of it"
                )
        return f"{self.letter}.{self.factor}.{self.cell}.tab.gz"


def parse_name(path: Path) -> SubmissionName:
    """Returns what a file's name says.

    Raises:
        UserError: If it is not `F.FACTOR.CELL.tab.gz`, L or B in the place of F, with
            `TEAM.SUBMISSION.` before it or not.
    """
    found = _NAME.fullmatch(path.name)
    if found is None:
        raise UserError(
            f"{path}: {path.name!r} is not the name of a submission, which is "
            "[TEAM.SUBMISSION.]F.FACTOR.CELL.tab.gz, or L or B in the place of F"
        )
    team = found["team"]
    return SubmissionName(
        found["letter"],  # type: ignore[arg-type]
        found["factor"],
        found["cell"],
        f"{team}.{found['submission']}" if team else "",
    )


def letter_of(factor: str, cell: str, *, trained_on: bool) -> Letter:
    """Returns the letter of a pair's round; F where the challenge did not ask for it.

    Args:
        factor: The factor.
        cell: The cell type.
        trained_on: Whether the model was trained on other chromosomes of this cell.
    """
    asked = round_of(factor, cell)
    if asked == "leaderboard":
        return "L"
    return "B" if asked == "final" and trained_on else "F"
