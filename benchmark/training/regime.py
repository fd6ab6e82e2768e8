"""What a regime is, and the list of them."""

from __future__ import annotations

import functools
import hashlib
import inspect
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from tfbs.architectures import Architecture
from tfbs.architectures.parameters import search_space
from tfbs.benchmark.spec import FITTED
from tfbs.datasets.task import Task
from tfbs.errors import Refused
from tfbs.parameters import Json, canonical, defaults, resolve
from tfbs.registry import Registry
from tfbs.source import source_digest

PLAIN = "standard"
"""What an augmentation alone is added to."""

PLUS = "+"
"""Joins a procedure and augmentations in a regime's name."""


class Procedure:
    """What every regime's dataclass inherits."""

    def prepare_task(self, task: Task, seed: int) -> Task:
        """Returns the task that is trained and evaluated on; a control may change it.

        Args:
            task: As it was built.
            seed: The run's seed.
        """
        return task


@dataclass(frozen=True)
class Regime:
    """A named training procedure with its parameters.

    Attributes:
        kind: A frozen keyword-only dataclass, a `Procedure`, whose fields are the parameters;
            networks are trained by subclasses of `Standard`.
        source: The paper.
        preset: Defaults that differ from the fields of `kind`.
        summary: One line, where a preset needs another than the docstring of `kind`.
        augmentation: Whether it only changes what training is shown, so that it can be added
            to a regime that says how to learn from it.
        last: Whether it comes after other augmentations, as noise on whatever they show.
    """

    kind: type
    source: str = ""
    preset: dict[str, Json] = field(default_factory=dict)
    summary: str = ""
    augmentation: bool = False
    last: bool = False

    @property
    def description(self) -> str:
        """One line on what it does."""
        return self.summary or (inspect.getdoc(self.kind) or "").partition("\n")[0]

    def defaults(self) -> dict[str, Json]:
        """Returns all parameters at their defaults."""
        return {**defaults(self.kind), **{name: canonical(v) for name, v in self.preset.items()}}

    @property
    def search_space(self) -> dict[str, dict[str, Json]]:
        """What a search tries of each parameter; see `parameters.search_space`."""
        return search_space(self.kind)

    def resolve(self, name: str, overrides: Mapping[str, Json]) -> dict[str, Json]:
        """Returns all parameters with `overrides` applied.

        Raises:
            UserError: If a name, a type or a range is wrong.
        """
        values = resolve(self.kind, {**self.preset, **overrides}, f"regime {name}")
        self.make(values)  # the dataclass may refuse a combination
        return values

    def make(self, parameters: Mapping[str, Json]) -> Any:
        """Returns the procedure with these parameters."""
        return self.kind(**parameters)

    def check_architecture(self, name: str, architecture: Architecture) -> None:
        """Refuses pairs that make no sense.

        Raises:
            Refused: If a floor is asked to train by gradients, or a network by scikit-learn.
        """
        fitted = architecture.fit is not None
        if fitted and name != FITTED:
            raise Refused(
                f"architecture {architecture.name} is fitted by scikit-learn: "
                f"regime {name} does not apply to it"
            )
        if not fitted and name == FITTED:
            raise Refused(
                f"regime {FITTED} is for floors: architecture {architecture.name} needs a "
                "training regime such as standard"
            )


class Regimes(Registry[Regime]):
    """The regimes by name; `pgd+rc_augmentation` is a procedure with an augmentation added.

    At most one part may say how to learn (what loss, on which perturbed inputs), any number may
    augment the input. Settings of all parts are in one list: no two parts share a name but for
    those of `standard`, whose defaults are the procedure's.
    """

    def __init__(self) -> None:
        super().__init__("regime", Regime)

    def __getitem__(self, name: str) -> Regime:
        """Returns the regime called `name`, of which every part must be known.

        Raises:
            UserError: If a part is unknown.
            Refused: If the parts do not go together.
        """
        parts = self.canonical(name).split(PLUS)
        found = [super(Regimes, self).__getitem__(part) for part in parts]
        return found[0] if len(found) == 1 else _composed(found)

    def source_hash(self, name: str) -> str | None:
        """Returns the sha256 of the files of the parts that are named by their path, if any.

        Raises:
            UserError: If a file was edited since it was imported.
        """
        digests = [
            source_digest(super(Regimes, self).__getitem__(part).kind, f"regime {part}") or ""
            for part in self.canonical(name).split(PLUS)
            if ":" in part
        ]
        if len(digests) > 1:
            return hashlib.sha256("".join(digests).encode()).hexdigest()
        return digests[0] if digests else None

    def canonical(self, name: str) -> str:
        """Returns the one name of a combination: the procedure, then augmentations by name.

        Raises:
            UserError: If a part is unknown.
            Refused: If the parts do not go together.
        """
        parts = name.split(PLUS)
        if len(parts) == 1:
            return name
        if FITTED in parts:
            raise Refused(f"regime {name}: {FITTED} fits floors and shows them nothing else")
        if len(set(parts)) < len(parts):
            raise Refused(f"regime {name} names a part twice")
        augmentations = sorted(part for part in parts if self[part].augmentation)
        procedures = [part for part in parts if part not in augmentations]
        if len(procedures) > 1:
            raise Refused(
                f"regime {name}: {' and '.join(procedures)} each say how to learn; at most one "
                f"may, the others must be of {', '.join(self.augmentations())}"
            )
        return PLUS.join([part for part in procedures if part != PLAIN] + augmentations)

    def augmentations(self) -> list[str]:
        """Returns the names of the regimes that can be added to others."""
        return [name for name in self if self[name].augmentation]


def _composed(parts: list[Regime]) -> Regime:
    """Returns the first regime with the others' augmentations; its presets and defaults hold."""
    preset: dict[str, Json] = {}
    for part in reversed(parts):
        preset |= part.preset
    # each augments what those after it have made of the sequences
    ordered = sorted(parts, key=lambda part: (part.augmentation, not part.last))
    return Regime(
        _merged(tuple(part.kind for part in ordered)),
        source="; ".join(part.source for part in parts if part.source),
        preset=preset,
        summary=" + ".join(part.description for part in parts),
        augmentation=all(part.augmentation for part in parts),
    )


@functools.cache
def _merged(kinds: tuple[type, ...]) -> type:
    """Returns a dataclass that inherits from all; the first one's defaults hold.

    Raises:
        TypeError: If two of them have a parameter of one name that no common base has.
    """
    needed = [
        kind
        for kind in dict.fromkeys(kinds)
        if not any(other is not kind and issubclass(other, kind) for other in kinds)
    ]
    if len(needed) == 1:
        return needed[0]
    for one, other in itertools.combinations(needed, 2):
        common = next(base for base in one.__mro__ if issubclass(other, base))
        inherited = {each.name for each in fields(common)}
        twice = {each.name for each in fields(one)} & {each.name for each in fields(other)}
        if twice > inherited:
            raise TypeError(f"{one} and {other} both have {sorted(twice - inherited)}")
    merged = type("And".join(kind.__name__ for kind in needed), tuple(needed), {})
    return dataclass(frozen=True, kw_only=True)(merged)


REGIMES = Regimes()


def default_regime(architecture: Architecture) -> str:
    """Returns the regime of a run that names none."""
    return PLAIN if architecture.fit is None else FITTED


def register(
    name: str, *, source: str = "", augmentation: bool = False, last: bool = False
) -> Callable[[type], type]:
    """Returns a decorator that registers a procedure's dataclass as a regime."""

    def file(kind: type) -> type:
        REGIMES.add(name, Regime(kind, source, augmentation=augmentation, last=last))
        return kind

    return file
