"""The settings of an entry, one line each, whatever its seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfbs.leaderboards.standings import Card


def settings(card: Card) -> dict[str, str]:
    """Returns the settings of an entry by name, as text.

    A setting that differs between tasks has one line per task. Seeds, and what belongs to the data,
    are not settings.
    """
    by_name: dict[str, dict[str, str]] = {}
    for _, spec in sorted(card.specs.items()):
        for name, value in _flat(spec).items():
            by_name.setdefault(name, {})[task_name(spec)] = value
    tasks = {task_name(spec) for spec in card.specs.values()}
    found = {}
    for name, values in sorted(by_name.items()):
        if len(set(values.values())) == 1 and set(values) == tasks:
            found[name] = next(iter(values.values()))
        else:
            found |= {f"{name} on {task}": value for task, value in sorted(values.items())}
    return found


def task_name(spec: Mapping[str, Any]) -> str:
    """Returns what the task of a spec is called."""
    task = spec.get("task", {})
    name, config = str(task.get("name", "?")), str(task.get("config") or "")
    return f"{name}/{config}" if config not in ("", "default") else name


def runs(card: Card) -> list[tuple[str, str, str]]:
    """Returns task, seed and id of every run, in this order."""
    found = [(task_name(spec), str(spec.get("seed", "?")), run) for run, spec in card.specs.items()]
    return sorted(found, key=lambda run: (run[0], len(run[1]), run[1], run[2]))


def _flat(spec: Mapping[str, Any]) -> dict[str, str]:
    found = {"protocol": str(spec.get("protocol", "?"))}
    for part, inner in (("architecture", "hyperparameters"), ("regime", "parameters")):
        described = spec.get(part, {})
        found[part] = str(described.get("name", "?"))
        found |= {f"{part}.{key}": _text(v) for key, v in described.get(inner, {}).items()}
    return found | {f"numerics.{key}": _text(v) for key, v in spec.get("numerics", {}).items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
