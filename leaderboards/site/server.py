"""Shows a site to browsers of this machine."""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import signal
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tfbs.errors import UserError

LOOPBACK = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Gives out files of one folder, lists none, and says nothing."""

    def list_directory(self, path: object) -> io.BytesIO | None:
        self.send_error(HTTPStatus.NOT_FOUND, "File not found")
        return None

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def site_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Returns a server of a folder's files that only this machine reaches; it holds its port.

    Args:
        folder: Of a site.
        port: 0 takes any that is free.

    Raises:
        UserError: If the port is taken or not allowed.
    """
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        return ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        reasons = {errno.EADDRINUSE: "is taken", errno.EACCES: "is not allowed"}
        if error.errno not in reasons:
            raise
        raise UserError(
            f"--port {port}: {reasons[error.errno]}; name another, or 0 for any that is free"
        ) from error


@contextlib.contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Lets SIGTERM end what is within as Ctrl-C does, so that its temporary folders go with it."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
