"""Where the trials of a sweep are kept: a journal file, a database, or a gRPC proxy of one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tfbs.errors import UserError
from tfbs.faults import fault_of

if TYPE_CHECKING:
    from optuna.storages import BaseStorage

JOURNAL = "journal.log"
_GRPC = re.compile(r"grpc://(?P<host>[^:/]+):(?P<port>\d+)/?")


def storage_address(storage: str | None, output: Path) -> str:
    """Returns a storage as every worker can open it: a URL, or the absolute path of a journal.

    Args:
        storage: What the user named; None for `sweeps/journal.log` in `output`.
        output: The folder of the run store.
    """
    if storage is None:
        return str((output / "sweeps" / JOURNAL).resolve())
    return storage if "://" in storage else str(Path(storage).resolve())


def open_storage(address: str) -> BaseStorage:
    """Returns the Optuna storage of an address.

    Args:
        address: `grpc://host:port`, another URL as SQLAlchemy reads it, or the path of a journal
            file, which is made where it is missing.

    Raises:
        UserError: If it cannot be opened.
    """
    import optuna
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        if found := _GRPC.fullmatch(address):
            return _open_proxy(found["host"], int(found["port"]))
        if "://" in address:
            return optuna.storages.RDBStorage(address)
        Path(address).parent.mkdir(parents=True, exist_ok=True)
        _drop_half_a_line(Path(address))
        return optuna.storages.JournalStorage(JournalFileBackend(address))
    except (OSError, ImportError, ValueError, RuntimeError, _sqlalchemy_error()) as error:
        line = fault_of(error) or " ".join(str(error).split())
        raise UserError(f"--storage {address}: {line}") from error


def _drop_half_a_line(journal: Path) -> None:
    """Takes from a journal what a full disk left of its last line: the next would be lost too."""
    from optuna.storages.journal import JournalFileSymlinkLock

    if not journal.exists():
        return
    lock = JournalFileSymlinkLock(str(journal))  # that of the backend
    lock.acquire()
    try:
        with journal.open("r+b") as file:
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
    finally:
        lock.release()


def _open_proxy(host: str, port: int) -> BaseStorage:
    import warnings

    import grpc
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        proxy = optuna.storages.GrpcStorageProxy(host=host, port=port)
    try:
        proxy.wait_server_ready(timeout=30)
    except grpc.FutureTimeoutError as error:
        raise RuntimeError("no answer in 30 s") from error
    return proxy


def _sqlalchemy_error() -> type[Exception]:
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError
