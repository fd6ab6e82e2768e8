"""Walls around a process that reads what strangers wrote.

Every wall that the system has is put up, and which ones stand is reported: on Linux a network
namespace of its own and Landlock's rules for files and TCP; everywhere a Python audit hook, which
stops Python code but not a C library. Limits of memory work on Linux.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import resource
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read file, read folder
_FILE_ONLY = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
_TCP = 3
_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn",
    "os.kill", "os.setxattr", "ftplib.", "http.client.", "smtplib.", "urllib.", "webbrowser.",
    "pickle.find_class", "ctypes.call_function",
)  # fmt: skip
_WRITING = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "shutil.move",
)  # fmt: skip

_OF_TWO_PATHS = ("os.rename", "os.link", "os.symlink", "shutil.move")
"""Their second argument is where something new appears."""


@dataclass(frozen=True)
class Limits:
    """What a verification may take.

    Attributes:
        seconds: Of the wall clock, and as many of every core.
        memory: Bytes beyond those that are taken before the submission is looked at.
        file: Largest file that is written, in bytes.
        open_files: At a time.
    """

    seconds: int = 1800
    memory: int = 4 << 30
    file: int = 256 << 20
    open_files: int = 256


def limit_resources(limits: Limits) -> None:
    """Limits time, files and core dumps of this process; memory comes later."""
    cores = os.cpu_count() or 1
    _limit(resource.RLIMIT_CPU, limits.seconds * cores)
    _limit(resource.RLIMIT_FSIZE, limits.file)
    _limit(resource.RLIMIT_NOFILE, limits.open_files)
    _limit(resource.RLIMIT_CORE, 0)


def limit_memory(limits: Limits) -> str:
    """Limits what this process allocates from now on; returns how, for the verdict.

    Libraries that are loaded map gigabytes that they never touch, so the limit is one of private
    data, and on top of what is taken already.
    """
    taken = _private_data()
    if taken is None:
        return "none: this system does not limit private data"
    _limit(resource.RLIMIT_DATA, taken + limits.memory)
    return f"RLIMIT_DATA: {limits.memory:,} bytes beyond {taken:,}"


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (allowed, allowed))


def _private_data() -> int | None:
    """Returns the bytes of private data of this process; None where there is no /proc."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:"))


def leave_network() -> str:
    """Moves this process into a network namespace of its own; returns what came of it.

    Only a process of one thread can, so it is the first thing to do.
    """
    if sys.platform != "linux":
        return "no namespace on this system"
    user, group = os.getuid(), os.getgid()
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(_CLONE_NEWUSER | _CLONE_NEWNET):
        return f"no namespace: {os.strerror(ctypes.get_errno())}"
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    except OSError as error:
        return f"namespace, without a user: {error.strerror}"
    return "namespace without interfaces"


def fence_files(readable: Iterable[Path], writable: Iterable[Path]) -> str:
    """Lets this process read and write below some folders only; returns what came of it.

    Threads that already run are not fenced, so it comes before anything that starts threads.

    Args:
        readable: Folders and files.
        writable: Folders, also readable.
    """
    if sys.platform != "linux":
        return "no Landlock on this system"
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return f"no Landlock: {os.strerror(ctypes.get_errno())}"
    everything = (1 << 13) - 1
    everything |= (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0)
    attributes = struct.pack("QQ", everything, _TCP if version >= 4 else 0)
    size = 16 if version >= 4 else 8
    ruleset = library.syscall(_CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return f"no Landlock: {os.strerror(ctypes.get_errno())}"
    for path, rights in [(p, _READ) for p in readable] + [(p, everything) for p in writable]:
        _allow(library, ruleset, path, rights)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done = library.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    if done:
        return f"no Landlock: {os.strerror(ctypes.get_errno())}"
    return f"Landlock {version}" + (", TCP too" if version >= 4 else "")


def _allow(library: Any, ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not there: nothing to allow
    try:
        kept = rights if path.is_dir() else rights & _FILE_ONLY
        rule = struct.pack("=Qi", kept, handle)
        library.syscall(_ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(handle)


def watch(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Refuses from now on what no verification needs, whatever part of Python asks for it.

    Sockets, other processes, classes from pickles, and files outside of the folders raise
    `PermissionError`. It cannot be taken back.

    Args:
        readable: Folders and files.
        writable: Folders, also readable.
    """
    may_write = tuple(os.path.realpath(path) for path in writable)
    may_read = (*may_write, *(os.path.realpath(path) for path in readable))

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_REFUSED) and event != "socket.gethostname":
            raise PermissionError(f"refused while a submission is verified: {event}")
        if event == "open":
            path, mode, flags = arguments
            writing = any(c in str(mode or "") for c in "wax+") or _writes(flags)
            _check(event, path, may_write if writing else may_read)
        elif event.startswith(_WRITING):
            for path in arguments[: 2 if event in _OF_TWO_PATHS else 1]:
                _check(event, path, may_write)

    sys.addaudithook(refuse)


def _writes(flags: object) -> bool:
    opening = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return isinstance(flags, int) and bool(flags & opening)


def _check(event: str, path: object, allowed: tuple[str, ...]) -> None:
    if not isinstance(path, str | bytes | os.PathLike):
        return  # an open file
    real = os.path.realpath(os.fsdecode(path))
    if not any(real == each or real.startswith(each.rstrip("/") + "/") for each in allowed):
        raise PermissionError(f"refused while a submission is verified: {event} {real}")
