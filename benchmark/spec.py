"""What identifies a run, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Self

from tfbs.errors import UserError, nearest
from tfbs.parameters import Json

if TYPE_CHECKING:
    from tfbs.benchmark.numerics import Numerics
    from tfbs.datasets.task import Task


FITTED = "scikit_learn"
"""The regime of every floor: its own fit, without gradients and whatever the seed."""


@dataclass(frozen=True)
class RunSpec:
    """Everything that decides a run's numbers, and nothing else.

    Workers, paths, executor and tracking server are not in it.

    Attributes:
        task: `name`, `config`, `version`, `fingerprint` of the data.
        architecture: `name`, all resolved `hyperparameters` with the priors that are switched,
            and for one named by its path the sha256 of its file as `source`.
        regime: `name` and all resolved `parameters`.
        seed: Seed of all random streams.
        protocol: Name and version of the evaluation protocol.
        numerics: The switches of `Numerics` that are on; left out where none is.
    """

    task: dict[str, Json]
    architecture: dict[str, Json]
    regime: dict[str, Json]
    seed: int
    protocol: str
    numerics: dict[str, Json] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The sha256 of the canonical JSON, 64 hexadecimal digits."""
        return hashlib.sha256(canonical_json(self.to_json()).encode()).hexdigest()

    def to_json(self) -> dict[str, Json]:
        """Returns the spec as JSON types."""
        value = asdict(self)
        if not self.numerics:
            del value["numerics"]
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Self:
        """Returns the spec that `to_json` wrote.

        Raises:
            UserError: If fields are missing or unknown.
        """
        expected = set(cls.__dataclass_fields__)
        if set(value) | {"numerics"} != expected:
            raise UserError(
                f"a spec has the fields {sorted(expected)}, this one has {sorted(value)}"
            )
        return cls(**value)  # type: ignore[arg-type]

    @property
    def task_name(self) -> str:
        """What `--task` calls the task: `dataset` or `dataset/config`."""
        config = self.task["config"]
        bare = config in ("", "default")
        return str(self.task["name"]) if bare else f"{self.task['name']}/{config}"

    @property
    def priors(self) -> tuple[str, ...]:
        """The priors that are on, as `--set` takes them: `"prior.rc=shared"`."""
        from tfbs.architectures.priors import PREFIX

        settings = self.architecture["hyperparameters"]
        assert isinstance(settings, dict)  # noqa: S101  (a spec is resolved)
        return tuple(
            f"{name}={value}" for name, value in settings.items() if name.startswith(PREFIX)
        )

    def __str__(self) -> str:
        network = " ".join((str(self.architecture["name"]), *self.priors))
        return f"{self.task_name} {network} {self.regime['name']} seed {self.seed}"


def canonical_json(value: Json | Mapping[str, Json]) -> str:
    """Returns JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def resolve_spec(
    task: Task,
    architecture: str,
    regime: str | None = None,
    seed: int = 0,
    overrides: Mapping[str, Json] | None = None,
    protocol: str | None = None,
    numerics: Numerics | None = None,
) -> RunSpec:
    """Returns the full spec of a run: every default looked up, every override placed.

    Args:
        task: The loaded task.
        architecture: Registered name or `package.module:name`.
        regime: Registered name, or several joined by `+`; by default the architecture's own:
            `standard` for networks, `scikit_learn` for floors.
        seed: Seed of all random streams.
        overrides: Settings by name. A bare name goes to whichever of architecture and regime
            has it; `architecture.NAME` and `regime.NAME` say it outright.
        protocol: Evaluation protocol; the full one by default.
        numerics: How training computes; by default in float32, without XLA, on one device.

    Raises:
        UserError: If a name is unknown or ambiguous, a value wrong, or the two do not combine.
    """
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.protocol import DEFAULT_PROTOCOL, PROTOCOLS
    from tfbs.benchmark.training import REGIMES, default_regime

    protocol = protocol or DEFAULT_PROTOCOL
    PROTOCOLS[protocol]  # refused here if unknown

    chosen = ARCHITECTURES[architecture]
    regime = REGIMES.canonical(regime or default_regime(chosen))
    procedure = REGIMES[regime]
    procedure.check_architecture(regime, chosen)
    fitted = chosen.fit is not None  # without gradients: nothing to switch
    parts = _distribute(
        overrides or {},
        {"architecture": chosen.settings, "regime": set(procedure.defaults())},
        f"architecture {architecture} with regime {regime}",
    )
    return RunSpec(
        task={
            "name": task.dataset,
            "config": task.config,
            "version": task.version,
            "fingerprint": task.fingerprint,
        },
        architecture={
            "name": architecture,
            "hyperparameters": chosen.resolve(parts["architecture"]),
            **_digest(chosen.source_hash),
        },
        regime={
            "name": regime,
            "parameters": procedure.resolve(regime, parts["regime"]),
            **_digest(REGIMES.source_hash(regime)),
        },
        seed=seed,
        protocol=protocol,
        numerics={} if numerics is None or fitted else numerics.to_json(),
    )


def _digest(source: str | None) -> dict[str, Json]:
    """Returns the `source` of what is named by its path, so that an edit shows."""
    return {} if source is None else {"source": source}


def _distribute(
    overrides: Mapping[str, Json], known: dict[str, set[str]], owner: str
) -> dict[str, dict[str, Json]]:
    """Returns the overrides by the part they belong to."""
    parts: dict[str, dict[str, Json]] = {part: {} for part in known}
    for key, value in overrides.items():
        prefix, dot, name = key.partition(".")
        if dot and prefix in known:
            parts[prefix][name] = value
            continue
        if dot and prefix != "prior":
            raise UserError(
                f"--set {key}: no part is called {prefix!r}{nearest(prefix, {*known, 'prior'})}"
            )
        owners = [part for part, names in known.items() if key in names]
        if len(owners) > 1:
            ways = " or ".join(f"{part}.{key}" for part in owners)
            raise UserError(f"--set {key} is ambiguous: write {ways}")
        if not owners:
            everything = set().union(*known.values())
            raise UserError(f"{owner} has no setting {key!r}{nearest(key, everything)}")
        parts[owners[0]][key] = value
    return parts
