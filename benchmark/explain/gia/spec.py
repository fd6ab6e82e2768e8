"""Experiments that a YAML file declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tfbs.benchmark.explain.gia.experiment import EXPERIMENTS, Experiment
from tfbs.datasets.text_files import check_file
from tfbs.errors import UserError
from tfbs.yaml_text import read_yaml

_KEY = "experiment"


def read_experiments(path: Path) -> list[Experiment]:
    """Returns the experiments of a YAML file.

    The file holds a list `experiments`; each entry names its `experiment`, and its settings.

    Args:
        path: Of the file.

    Raises:
        UserError: If it is no such file; names file, and line or entry and key.
    """
    check_file(path)
    content, _ = read_yaml(path)
    if not isinstance(content, dict) or set(content) != {"experiments"}:
        raise UserError(f"{path}: one key is needed, 'experiments', with a list of experiments")
    entries = content["experiments"]
    if not isinstance(entries, list) or not entries:
        raise UserError(f"{path}: experiments must be a list with at least one entry")
    return [_parse(entry, f"{path}: experiments.{i}") for i, entry in enumerate(entries)]


def make_experiment(kind: str, /, **settings: Any) -> Experiment:
    """Returns an experiment by its name, with settings of its own.

    Raises:
        UserError: If there is none of that name, or it has no such setting.
    """
    return _parse({_KEY: kind, **settings}, kind)


def _parse(entry: object, where: str) -> Experiment:
    if not isinstance(entry, dict) or not isinstance(entry.get(_KEY), str):
        raise UserError(f"{where}: each entry is a mapping that names its 'experiment'")
    kind = EXPERIMENTS[entry[_KEY]]
    try:
        return kind.model_validate({key: own for key, own in entry.items() if key != _KEY})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{where}.{place}: {first['msg']}, got {first['input']!r}") from error
