"""What a record's architecture and regime are called: their names, with settings worth saying."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tfbs.benchmark.record import Record
from tfbs.benchmark.spec import RunSpec
from tfbs.errors import UserError

Settings = Mapping[str, object]
Usual = Callable[[Record], tuple[Settings, Settings]]
"""Returns the settings of a record's architecture and regime that go without saying."""


def row_key(record: Record, usual: Usual) -> tuple[str, str, str]:
    """Returns task, architecture and regime of a record, with their unusual settings."""
    spec = record["spec"]
    architecture, regime = usual(record)
    return (
        RunSpec.from_json(spec).task_name,
        spec["architecture"]["name"]
        + _bracketed(changed(spec["architecture"]["hyperparameters"], architecture)),
        spec["regime"]["name"]
        + _bracketed(changed(spec["regime"]["parameters"], regime) | spec.get("numerics", {})),
    )


def registered_settings(record: Record) -> tuple[Settings, Settings]:
    """Returns the defaults of a record's architecture and regime; imports all of them.

    Where one is not installed here, all of its settings count as usual.
    """
    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES

    architecture, regime = record["spec"]["architecture"], record["spec"]["regime"]
    try:
        hyperparameters = ARCHITECTURES[architecture["name"]].resolve({})
    except UserError:
        hyperparameters = architecture["hyperparameters"]
    try:
        parameters = REGIMES[regime["name"]].defaults()
    except UserError:
        parameters = regime["parameters"]
    return hyperparameters, parameters


def shared_settings(records: Iterable[Record]) -> Usual:
    """Returns as usual what all records of an architecture, or of a regime, have in common.

    Needs no registry, so it is fast and knows architectures that are not installed.
    """
    common: dict[tuple[str, str], dict[str, object]] = {}
    for record in records:
        for part, key in (("architecture", "hyperparameters"), ("regime", "parameters")):
            name, values = record["spec"][part]["name"], record["spec"][part][key]
            known = common.setdefault((part, name), dict(values))
            for setting in [s for s in known if values.get(s) != known[s] or s not in values]:
                del known[setting]
    return lambda record: (
        common["architecture", record["spec"]["architecture"]["name"]],
        common["regime", record["spec"]["regime"]["name"]],
    )


def changed(values: Settings, usual: Settings) -> dict[str, object]:
    """Returns the settings that are not the usual ones."""
    return {
        name: value for name, value in values.items() if name not in usual or usual[name] != value
    }


def _bracketed(settings: Settings) -> str:
    words = [f"{key}={value}" for key, value in settings.items()]
    return f"[{', '.join(words)}]" if words else ""
