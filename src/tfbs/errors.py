"""The one exception that means "the user's input is wrong"."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """Bad input: one line that names what was wrong, with its value, and what to do.

    The command line prints the message without a traceback and exits with status 2.
    """


class Refused(UserError):
    """A well-formed request for a combination that does not make sense, with the reason."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Returns a clause that names the known words closest to `name`.

    Args:
        name: What the user wrote.
        known: What would have been right.

    Returns:
        The closest, after "; nearest", or every known name where none is close.
    """
    words = sorted(known)
    close = difflib.get_close_matches(name, words, n=3, cutoff=0.5)
    if close:
        return f"; nearest: {', '.join(close)}"
    return f"; known: {', '.join(words) or 'none'}"
