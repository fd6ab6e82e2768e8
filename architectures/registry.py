"""What an architecture is, and the list of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

from tfbs.architectures.inputs import with_plain_input
from tfbs.architectures.parameters import search_space
from tfbs.architectures.priors import PREFIX, Priors
from tfbs.architectures.receptive_field import ReceptiveField
from tfbs.errors import Refused, UserError
from tfbs.parameters import Json, defaults, resolve
from tfbs.registry import Registry
from tfbs.source import source_digest

if TYPE_CHECKING:
    import keras
    import numpy as np

Family = Literal[
    "CNN", "CNN-RNN", "dilated", "residual", "dense", "attention", "biophysical", "floor", "other"
]
LONGEST_TRIED = 8192


@dataclass(frozen=True)
class LabelledSequences:
    """What a floor is fitted on.

    Attributes:
        sequence: `(examples, length)` uint8 codes.
        label: `(examples, targets)` int8, -1 where unknown.
    """

    sequence: np.ndarray
    label: np.ndarray


class Fit(Protocol):
    """Sets the weights of a floor's model in closed form or by scikit-learn."""

    def __call__(
        self,
        model: keras.Model,
        train: LabelledSequences,
        valid: LabelledSequences,
        seed: int,
        /,
        **hyperparameters: Json,
    ) -> dict[str, Json]:
        """Fits `model` in place and returns what was chosen, for the record."""
        ...


@dataclass(frozen=True)
class Architecture:
    """A named builder of Keras models from one-hot DNA to logits.

    Attributes:
        name: What the command line calls it.
        builder: `(length, num_targets, *, hyperparameters) -> keras.Model`, from
            `(batch, length, 4)` to `(batch, num_targets)` logits.
        family: The branch of the field it belongs to.
        source: Author, year and DOI of the paper.
        deviations: How it differs from that source, one sentence each.
        fit: For floors only: fits the model without a training regime.
        receptive_field: Nucleotides that one position sees, at the defaults, before positions
            are pooled over the sequence or flattened; `"whole sequence"` for recurrence,
            attention and floors that count; None where it is not declared.
        summary: One line, where one builder is registered under several names.
    """

    name: str
    builder: Callable[..., keras.Model]
    family: Family = "other"
    source: str = ""
    deviations: tuple[str, ...] = ()
    fit: Fit | None = None
    receptive_field: ReceptiveField | None = None
    summary: str = ""

    @property
    def description(self) -> str:
        """The summary, or the first line of the builder's docstring."""
        return self.summary or (inspect.getdoc(self.builder) or "").partition("\n")[0]

    @property
    def search_space(self) -> dict[str, dict[str, Json]]:
        """What a search tries of each hyperparameter; see `parameters.search_space`."""
        return search_space(self.builder)

    @property
    def source_hash(self) -> str | None:
        """The sha256 of the file that an architecture named by its path comes from, else None.

        A registered one is identified by its name and the version of its package.

        Raises:
            UserError: If the file was edited since it was imported.
        """
        if ":" not in self.name:
            return None
        return source_digest(self.builder, f"architecture {self.name}")

    @property
    def settings(self) -> set[str]:
        """The names of all hyperparameters, a network's priors among them."""
        own = set(defaults(self.builder))
        return own if self.fit else own | {f"{PREFIX}{name}" for name in defaults(Priors)}

    def resolve(self, overrides: dict[str, Json]) -> dict[str, Json]:
        """Returns all hyperparameters with `overrides` applied, and the priors that are switched.

        A prior at its default is left out: a new prior leaves the identity of older runs alone.

        Raises:
            UserError: If a name or a type is wrong.
        """
        own, priors = _parted(overrides)
        owner = f"architecture {self.name}"
        values = resolve(self.builder, own, owner)
        if self.fit is None:
            found, off = resolve(Priors, priors, f"{owner}, prior"), defaults(Priors)
            switched = {name: value for name, value in found.items() if value != off[name]}
            return values | {f"{PREFIX}{name}": value for name, value in switched.items()}
        if priors:
            raise Refused(f"{owner} is a floor: {PREFIX}{min(priors)} does not apply to it")
        return values

    def build(
        self,
        length: int,
        num_targets: int,
        hyperparameters: dict[str, Json],
        num_tracks: int = 0,
    ) -> keras.Model:
        """Returns a new model from `(batch, length, 4)` to `(batch, num_targets)` logits.

        Args:
            length: Of the sequences.
            num_targets: Label columns.
            hyperparameters: Those that are not at their defaults, or all.
            num_tracks: Tracks of the task; a prior may make them a second input.

        Raises:
            UserError: If sequences of `length` are too short for it, naming the shortest
                length that would do; or if the model has several inputs.
            Refused: If a prior does not apply.
        """
        complete, priors = _parted(self.resolve(hyperparameters))
        network = self._network(length, num_targets, complete)
        return _with_priors(network, Priors(**priors), num_tracks)  # type: ignore[arg-type]

    def _network(self, length: int, num_targets: int, complete: dict[str, Json]) -> keras.Model:
        try:
            model = self.builder(length, num_targets, **complete)
        except ValueError as error:
            if isinstance(error, UserError):
                raise
            shortest = self._shortest_length(length, num_targets, complete)
            if shortest is None:
                raise
            raise self._too_short(length, shortest) from error
        if _has_empty_layer(model):
            shortest = self._shortest_length(length, num_targets, complete)
            raise self._too_short(length, shortest or LONGEST_TRIED)
        return with_plain_input(model, length, f"architecture {self.name}")

    def _too_short(self, length: int, shortest: int) -> UserError:
        return UserError(
            f"architecture {self.name} needs sequences of at least {shortest} nucleotides "
            f"with these hyperparameters, the task has {length}"
        )

    def _shortest_length(
        self, length: int, num_targets: int, hyperparameters: dict[str, Json]
    ) -> int | None:
        """Returns the shortest length above `length` that can be built, or None."""

        def fits(candidate: int) -> bool:
            try:
                model = self.builder(candidate, num_targets, **hyperparameters)
            except ValueError:
                return False
            return not _has_empty_layer(model)

        low, high = length, max(2 * length, 16)
        while not fits(high):
            low, high = high, 2 * high
            if high > LONGEST_TRIED:
                return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if fits(middle) else (middle, high)
        return high


@dataclass
class ArchitectureRegistry:
    """The architectures by name; a plain builder function is accepted by path."""

    entries: Registry[Architecture] = field(default_factory=lambda: Registry("architecture"))

    def __getitem__(self, name: str) -> Architecture:
        found: object = self.entries[name]
        if isinstance(found, Architecture):  # by a path it is not what it is called elsewhere
            return replace(found, name=name) if ":" in name else found
        if callable(found):
            return Architecture(name, found)
        raise UserError(f"architecture {name!r} is not a function that builds a Keras model")

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(self.entries)


ARCHITECTURES = ArchitectureRegistry()


def register(
    name: str,
    *,
    family: Family,
    source: str,
    deviations: tuple[str, ...] = (),
    fit: Fit | None = None,
    receptive_field: ReceptiveField | None = None,
    summary: str = "",
) -> Callable[[Callable[..., keras.Model]], Callable[..., keras.Model]]:
    """Returns a decorator that registers a builder; see `Architecture` for the arguments."""

    def file(builder: Callable[..., keras.Model]) -> Callable[..., keras.Model]:
        entry = Architecture(
            name, builder, family, source, deviations, fit, receptive_field, summary
        )
        ARCHITECTURES.entries.add(name, entry)
        return builder

    return file


def _parted(hyperparameters: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """Returns a builder's own hyperparameters, and the priors without their prefix."""
    own = {k: value for k, value in hyperparameters.items() if not k.startswith(PREFIX)}
    priors = {
        key.removeprefix(PREFIX): value
        for key, value in hyperparameters.items()
        if key.startswith(PREFIX)
    }
    return own, priors


def _with_priors(network: keras.Model, priors: Priors, num_tracks: int) -> keras.Model:
    """Returns the network with its priors.

    Raises:
        Refused: If one does not apply, or a wide first pool leaves later layers no position.
    """
    try:
        model = priors.apply(network, num_tracks)
    except ValueError as error:
        if isinstance(error, UserError) or priors.first_pool is None:
            raise
        raise _too_wide(network, priors) from error
    if priors.first_pool is not None and _has_empty_layer(model):
        raise _too_wide(network, priors)
    return model


def _too_wide(network: keras.Model, priors: Priors) -> Refused:
    return Refused(
        f"prior.first_pool={priors.first_pool} leaves later layers of {network.name} no position"
    )


def _has_empty_layer(model: keras.Model) -> bool:
    return any(
        dimension is not None and dimension <= 0
        for layer in model.layers
        for tensor in _outputs(layer)
        for dimension in tensor.shape
    )


def _outputs(layer: keras.Layer) -> list[keras.KerasTensor]:
    output = layer.output
    return output if isinstance(output, list) else [output]
