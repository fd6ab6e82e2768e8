"""A versioned matrix of runs, read from YAML."""

from __future__ import annotations

import importlib.resources
import itertools
import reprlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tfbs.benchmark.line import Line
from tfbs.benchmark.numerics import Numerics
from tfbs.benchmark.protocol import DEFAULT_PROTOCOL
from tfbs.benchmark.spec import RunSpec, canonical_json, resolve_spec
from tfbs.datasets.task import Task
from tfbs.errors import Refused, UserError, nearest
from tfbs.yaml_text import parse_yaml, read_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Choice(_Strict):
    """An architecture, a regime or a prior with settings of its own."""

    name: str
    set: dict[str, Any] = {}


class Block(_Strict):
    """A cross product of tasks, architectures, priors, regimes and seeds.

    A prior is any group of settings with a name; its settings go before those of the architecture
    and the regime. Floors ignore `priors` and `regimes`: they are run once per task, with the first
    seed. A `protocol` stands in the place of the suite's, for tasks that ask for another; boards
    rank the suite's.
    """

    tasks: Annotated[list[str], Field(min_length=1)]
    architectures: Annotated[list[Choice | str], Field(min_length=1)]
    priors: Annotated[list[Choice], Field(min_length=1)] = [Choice(name="none")]
    regimes: Annotated[list[Choice | str], Field(min_length=1)] = ["standard"]
    seeds: Annotated[list[int], Field(min_length=1)] = [0]
    set: dict[str, Any] = {}
    protocol: str | None = None


class Side(_Strict):
    """One side of a comparison; what is left out is the same on both."""

    architecture: str | None = None
    regime: str | None = None
    set: dict[str, Any] = {}
    metric: str | None = None


class Claim(_Strict):
    """A sentence of which the runs are to tell whether it is true.

    It is a cross product of comparisons: on each task, of each architecture, by each metric.

    Attributes:
        says: The sentence.
        tasks: On which it is tried.
        architectures: Whose runs are compared; may be left out where both sides name one.
        metrics: By which; may be left out where both sides name one.
        higher: Of which more is expected.
        than: Of which less is.
    """

    says: str
    tasks: Annotated[list[str], Field(min_length=1)]
    architectures: list[Choice | str] = []
    metrics: list[str] = []
    higher: Side
    than: Side

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        for side in (self.higher, self.than):
            if not (side.architecture or self.architectures):
                raise ValueError("a side of the claim has no architecture")
            if not (side.metric or self.metrics):
                raise ValueError("a side of the claim has no metric")
        return self

    def pairs(self) -> list[tuple[Line, Line]]:
        """Returns the comparisons: the line that is expected to be higher, and the other."""
        shared = itertools.product(
            self.tasks, map(_choice, self.architectures or [""]), self.metrics or [""]
        )
        return [(_line(self.higher, *common), _line(self.than, *common)) for common in shared]


def _line(side: Side, task: str, architecture: Choice, metric: str) -> Line:
    return Line(
        task,
        side.architecture or architecture.name,
        {**architecture.set, **side.set},
        side.metric or metric,
        side.regime,
    )


class Suite(_Strict):
    """A named matrix of runs.

    Attributes:
        name: What `tfbs suite` calls it.
        version: Leaderboards rank one version.
        description: One line.
        protocol: Evaluation protocol of all runs whose block names no other.
        minimum_seeds: Seeds of every task that a leaderboard asks of an entry; of a floor one.
        matrix: Blocks, run in order.
        claims: What the runs are to tell.
    """

    name: str
    version: Annotated[int, Field(ge=1)]
    description: str
    protocol: str = DEFAULT_PROTOCOL
    minimum_seeds: Annotated[int, Field(ge=1)] = 3
    matrix: Annotated[list[Block], Field(min_length=1)]
    claims: list[Claim] = []

    @property
    def tasks(self) -> list[str]:
        """Names of the tasks, in order, each once."""
        return list(dict.fromkeys(task for block in self.matrix for task in block.tasks))

    @property
    def protocols(self) -> list[str]:
        """Names of the protocols of its runs, in order, each once."""
        return list(dict.fromkeys(block.protocol or self.protocol for block in self.matrix))

    def protocol_of(self, task: str) -> str:
        """Returns the protocol that a leaderboard measures a task by: that of its first block.

        Args:
            task: Name of one of the suite's tasks; of another the suite's own protocol is returned.
        """
        own = (block.protocol for block in self.matrix if task in block.tasks)
        return next(own, None) or self.protocol

    def specs(self, load: Callable[[str], Task], numerics: Numerics | None = None) -> list[RunSpec]:
        """Returns the runs in order, each once.

        Args:
            load: Returns a task by name; called once per name.
            numerics: How all of them compute.

        Raises:
            UserError: If a name is unknown or a combination is refused.
        """
        tasks: dict[str, Task] = {}
        specs: dict[str, RunSpec] = {}
        for block in self.matrix:
            for name in block.tasks:
                if name not in tasks:
                    tasks[name] = load(name)
                protocol = block.protocol or self.protocol
                for spec in _block_specs(block, tasks[name], protocol, numerics):
                    specs.setdefault(spec.id, spec)
        return list(specs.values())


def _block_specs(
    block: Block, task: Task, protocol: str, numerics: Numerics | None
) -> list[RunSpec]:
    from tfbs.architectures import ARCHITECTURES

    chosen = list(map(_choice, block.architectures))
    if block.set and all(ARCHITECTURES[each.name].fit is not None for each in chosen):
        floors = ", ".join(each.name for each in chosen)
        raise UserError(
            f"the settings of a block are of its networks, {floors} are floors: give one its own "
            "by {name: NAME, set: {...}}"
        )
    specs = []
    for architecture in chosen:
        if ARCHITECTURES[architecture.name].fit is not None:
            seed, settings = block.seeds[0], architecture.set
            specs.append(resolve_spec(task, architecture.name, None, seed, settings, protocol))
            continue
        for prior, regime, seed in itertools.product(
            block.priors, map(_choice, block.regimes), block.seeds
        ):
            overrides = {**block.set, **architecture.set, **regime.set, **prior.set}
            specs.append(
                resolve_spec(
                    task, architecture.name, regime.name, seed, overrides, protocol, numerics
                )
            )
    return specs


def check_priors(specs: Iterable[RunSpec], load: Callable[[str], Task]) -> None:
    """Refuses runs whose priors do not go with their architecture or task.

    Each network with a prior is built once, whatever its seeds and regimes.

    Args:
        specs: The runs.
        load: Returns a task by name.

    Raises:
        Refused: With the first such run and the reason.
    """
    from tfbs.architectures import ARCHITECTURES

    checked = set()
    for spec in specs:
        hyperparameters: Any = spec.architecture["hyperparameters"]
        key = canonical_json({"task": spec.task, "architecture": spec.architecture})
        if not spec.priors or key in checked:
            continue
        checked.add(key)
        task = load(spec.task_name)
        try:
            ARCHITECTURES[str(spec.architecture["name"])].build(
                task.length, len(task.targets), hyperparameters, len(task.tracks)
            )
        except UserError as error:
            raise Refused(f"run {spec}: {error}") from error


def _choice(value: Choice | str) -> Choice:
    return Choice(name=value) if isinstance(value, str) else value


def shipped_suites() -> dict[str, Suite]:
    """Returns the suites that come with the package, by name."""
    folder = importlib.resources.files("tfbs.benchmark").joinpath("suites")
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    suites = [
        _validate(parse_yaml(entry.read_text(encoding="utf-8"), entry.name), entry.name)
        for entry in files
    ]
    return {suite.name: suite for suite in sorted(suites, key=lambda suite: suite.name)}


def read_suite(name: str) -> Suite:
    """Returns a shipped suite by name, or the one in a YAML file.

    Raises:
        UserError: If there is no such suite or file, or the YAML is wrong; the message names
            file, line and key.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise UserError(f"{path}: no such suite file")
        return _validate(read_yaml(path)[0], str(path))
    shipped = shipped_suites()
    if name not in shipped:
        raise UserError(
            f"no suite is called {name!r}{nearest(name, shipped)}; or name a .yaml file"
        )
    return shipped[name]


def _validate(content: object, where: str) -> Suite:
    try:
        return Suite.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "top level"
        raise UserError(
            f"{where}: {place}: {first['msg']}, got {reprlib.repr(first['input'])}"
        ) from error
