"""A process that does not outlive the one that started it."""

from __future__ import annotations

import os
import threading


def end_with_parent() -> None:
    """Ends this process when its standard input does.

    That is to be a pipe which the parent keeps open and never writes to: it ends with the parent,
    however that ends.
    """
    threading.Thread(target=_wait, daemon=True).start()


def _wait() -> None:
    while os.read(0, 1024):  # not sys.stdin, whose lock would abort a normal exit
        pass
    os._exit(1)
