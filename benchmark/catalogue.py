"""The pages of regimes and of protocols, from their registries."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

from tfbs.architectures.cards import describe_search, describe_value
from tfbs.benchmark.protocol import PROTOCOLS, Protocol, Stress
from tfbs.benchmark.training import REGIMES
from tfbs.benchmark.training.regime import PLAIN, Regime

_REGIMES = """\
# Regimes

Written by `tfbs list regimes --markdown`. A regime is a procedure of training; those marked *added*
augment the input and go with any other: `--regime pgd+rc_augmentation`. `--set name=value` changes
a setting, which makes another run. All but `scikit_learn` have the settings of `standard`; listed
are those that are their own, or differ.

"""

_PROTOCOLS = """\
# Protocols

Written by `tfbs list protocols --markdown`. A protocol says how thoroughly a run is evaluated:
`--protocol NAME`. Its name is part of a run's identity, and what a name measures never changes.
Which metrics each has measured is on the page of metrics. `tfbs list filter-protocols` has those of
`tfbs filters`, which have no part in a run.

"""


def regimes_page() -> str:
    """Returns the Markdown page of every regime: what it does, its own settings and its source."""
    names = [PLAIN, *(name for name in REGIMES if name != PLAIN)]
    return _REGIMES + "\n".join(_regime(name, REGIMES[name]) for name in names)


def _regime(name: str, regime: Regime) -> str:
    lines = [f"## {name}\n", regime.description + (" *Added.*" if regime.augmentation else "")]
    if regime.source:
        lines[-1] += f" Source: {regime.source}."
    shared = {} if name == PLAIN else REGIMES[PLAIN].defaults()
    own = {k: v for k, v in regime.defaults().items() if k not in shared or shared[k] != v}
    if own:
        space, words = regime.search_space, _all_attributes(regime.kind)
        lines += [
            "",
            "| setting | default | a search tries | meaning |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| `{key}` | {describe_value(value)} | {describe_search(space.get(key))} "
            f"| {words.get(key, '')} |"
            for key, value in own.items()
        ]
    return "\n".join(lines) + "\n"


def protocols_page() -> str:
    """Returns the Markdown page of every protocol, and what each of their settings means."""
    parts = [_PROTOCOLS + "\n".join(_protocol(name, PROTOCOLS[name]) for name in PROTOCOLS)]
    for title, kind in (("settings", Protocol), ("settings of `stress`", Stress)):
        listed = [f"* `{name}`: {text}" for name, text in _attributes(kind).items()]
        parts.append("\n".join([f"## The {title}\n", *listed]) + "\n")
    return "\n".join(parts)


def _protocol(name: str, protocol: Protocol) -> str:
    lines = [f"## {name}\n", f"{protocol.description}\n", "| setting | value |", "| --- | --- |"]
    for field in fields(protocol):
        value = getattr(protocol, field.name)
        if field.name == "description" or value in ((), None, False):
            continue
        if isinstance(value, Stress):
            value = [f"{own.name} {_value(getattr(value, own.name))}" for own in fields(value)]
            lines.append(f"| `{field.name}` | {'; '.join(value)} |")
        else:
            lines.append(f"| `{field.name}` | {_value(value)} |")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    return "yes" if value is True else f"{value:,}" if isinstance(value, int) else str(value)


def _all_attributes(kind: type) -> dict[str, str]:
    """Returns what `_attributes` finds of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        found |= _attributes(base)
    return found


def _attributes(kind: type) -> dict[str, str]:
    """Returns the attributes of a class by name, as its Google-style docstring describes them."""
    text = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if match := re.match(r" {4}(\w+): (.*)", line):
            name, found[match[1]] = match[1], match[2]
        elif line.startswith(" " * 8):
            found[name] += f" {line.strip()}"
    return found
