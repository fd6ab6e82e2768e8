"""Reads YAML that a user wrote, or says in one line what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tfbs.errors import UserError


def read_yaml(path: Path) -> tuple[Any, dict[str, int]]:
    """Returns what a YAML file holds, and the line of every key of its top level.

    Args:
        path: Of an existing file.

    Raises:
        UserError: If it is not YAML in UTF-8; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: byte {error.start}: not text in UTF-8") from error
    content = parse_yaml(text, str(path))
    pairs = yaml.compose(text).value if isinstance(content, dict) else []
    return content, {str(key.value): key.start_mark.line + 1 for key, _ in pairs}


def parse_yaml(text: str, where: str) -> Any:
    """Returns what YAML says.

    Args:
        text: Of a file.
        where: How to name it in an error.

    Raises:
        UserError: If it is not YAML.
    """
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        raise UserError(f"{where}{line}: not YAML: {problem}") from error
    except (ValueError, TypeError, RecursionError) as error:  # a date that is none, a deep nest
        raise UserError(f"{where}: not YAML: {' '.join(str(error).split())}") from error
