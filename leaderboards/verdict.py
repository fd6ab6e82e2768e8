"""What the host says of a submission, as JSON that names the submission by its hash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tfbs.errors import UserError
from tfbs.files import write_whole
from tfbs.leaderboards.manifest import EntryName, SuiteName
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.untrusted import Unusable, parse_json, read_bytes

LEVELS = ("claimed", "re-scored", "re-evaluated", "re-trained")
"""How far a submission is trusted, the least first."""

Trust = Literal["claimed", "re-scored", "re-evaluated", "re-trained"]
Status = Literal["agrees", "differs", "unusable"]
EXIT = {"agrees": 0, "differs": 1, "unusable": 2}
LARGEST = 64 << 20


class Recipe(BaseModel):
    """What the host knows of a registered architecture.

    Attributes:
        family: The branch of the field that it belongs to.
        source: Author, year and DOI of its paper.
        fitted: Whether it is a floor, whose fit does not depend on the seed.
    """

    model_config = ConfigDict(extra="forbid")

    family: str
    source: str
    fitted: bool


class Verdict(BaseModel):
    """What the host found.

    Attributes:
        schema_version: Of this file; `schema` in JSON.
        status: `agrees`; `differs` where a number or a suspicion stands against the submission;
            `unusable` where it cannot be read.
        trust: How far the submission is trusted; None where it is unusable.
        asked: How far it was looked into.
        suite: That it was judged for.
        entry: Who entered what, where that could be read.
        manifest: sha256 of the submission's manifest: of no other is this the verdict.
        problems: Why it is unusable.
        differences: Numbers that did not come out again.
        suspicions: What a reviewer has to look at.
        cleared: Why a reviewer let the suspicions pass.
        unchecked: Recorded metrics that the arrays do not tell, by run; they need weights.
        scores: Metrics as they came out here, by run.
        cost: Parameters and multiply-accumulates as they came out here, by run.
        examples: sha256 of the npz file beside it, of the numbers per example that pair entries;
            None where nothing was kept.
        recipe: Family and paper of the architecture, and whether it is fitted once for all seeds.
        metrics: Version of each headline metric.
        sandbox: Which walls stood.
        environment: Of the machine.
        code: Of tfbs.
        date: UTC, ISO 8601.
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    status: Status
    trust: Trust | None
    asked: Trust
    suite: SuiteName
    entry: EntryName | None = None
    manifest: str | None = None
    problems: list[str] = []
    differences: list[str] = []
    suspicions: list[str] = []
    cleared: str | None = None
    unchecked: dict[str, int] = {}
    scores: dict[str, list[dict[str, Any]]] = {}
    cost: dict[str, dict[str, Any]] = {}
    examples: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None
    recipe: Recipe | None = None
    metrics: dict[str, int] = {}
    sandbox: dict[str, str] = {}
    environment: dict[str, Any] = {}
    code: dict[str, Any] = {}
    date: str = ""

    @property
    def exit_status(self) -> int:
        """0 agrees, 1 differs, 2 unusable."""
        return EXIT[self.status]


def write_verdict(path: Path, verdict: Verdict) -> None:
    """Writes a verdict, atomically."""
    text = json.dumps(verdict.model_dump(by_alias=True), indent=1, sort_keys=True) + "\n"
    write_whole(path, text)


def read_verdict(path: Path) -> Verdict:
    """Returns the verdict in a file.

    Raises:
        UserError: If there is none, or it is not valid.
    """
    try:
        content = read_bytes(path.parent, path.name, LARGEST)
        return Verdict.model_validate(parse_json(content, path.name, LARGEST))
    except (Unusable, ValidationError) as error:
        raise UserError(f"{path}: not a verdict: {plain(error)}") from error
