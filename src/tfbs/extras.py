"""Packages that only some commands need."""

from __future__ import annotations

from importlib.util import find_spec

from tfbs.errors import UserError


def need_extra(package: str, extra: str, what: str) -> None:
    """Refuses where a package of an extra is not installed.

    Args:
        package: As it is imported.
        extra: Of this package, that has it.
        what: Asks for it.

    Raises:
        UserError: That says how to install it.
    """
    if find_spec(package) is None:
        raise UserError(
            f"{what} needs the extra {extra}: in a clone, "
            f"pip install -c constraints.txt -e '.[{extra}]'"
        )
