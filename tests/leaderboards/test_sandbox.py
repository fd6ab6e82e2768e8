"""The walls hold: a process behind them tries what a hostile submission would like to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

TRIES = """
import json, os, sys
from pathlib import Path
from tfbs.leaderboards import sandbox
import socket, subprocess, pickle

work, outside, limited, hooked = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
readable = [Path(p) for p in json.loads(sys.argv[5])]
walls = []
sandbox.limit_resources(sandbox.Limits(seconds=60, file=1 << 20, open_files=64))
if limited == "yes":
    walls = [sandbox.leave_network(), sandbox.fence_files(readable, [work, Path("/dev/null")])]
sandbox.limit_memory(sandbox.Limits(memory=64 << 20))
if hooked == "yes":
    sandbox.watch(readable, [work, Path("/dev/null")])

payload = b"cposix\\nsystem\\n(S'true'\\ntR."

deeds = {
    "write inside": lambda: (work / "x").write_text("x"),
    "write outside": lambda: (outside / "y").write_text("y"),
    "read outside": lambda: (outside / "secret").read_text(),
    "remove outside": lambda: (outside / "secret").unlink(),
    "move outside": lambda: (work / "x").replace(outside / "moved"),
    "link outside": lambda: (outside / "link").symlink_to(work / "x"),
    "through a link": lambda: (work / "link").read_text(),
    "network": lambda: socket.create_connection(("127.0.0.1", int(sys.argv[6])), 2).close(),
    "too large a file": lambda: (work / "z").write_bytes(bytes(2 << 20)),
    "too much memory": lambda: bytearray(512 << 20),
    "too many files": lambda: [os.open("/dev/null", os.O_RDONLY) for _ in range(100)],
}
if hooked == "yes":
    deeds["another process"] = lambda: subprocess.run(["true"])
    deeds["shell"] = lambda: os.system("true")
    deeds["pickle"] = lambda: pickle.loads(payload)
results = {}
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for name, deed in deeds.items():
    try:
        deed()
        results[name] = "done"
    except (OSError, MemoryError) as error:
        results[name] = type(error).__name__
os.write(1, json.dumps([walls, results]).encode())
os._exit(0)
"""


@pytest.fixture
def attempt(tmp_path):
    """Returns what becomes of each deed behind the system's walls, the audit hook, or both."""
    import socket

    work, outside = tmp_path / "work", tmp_path / "outside"
    work.mkdir()
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (work / "link").symlink_to(outside / "secret")
    server = socket.create_server(("127.0.0.1", 0))
    readable = ["/usr", "/lib", "/lib64", "/etc", "/proc", sys.prefix, sys.base_prefix, *sys.path]

    def run(limited: str, hooked: str):
        done = subprocess.run(
            [sys.executable, "-c", TRIES, str(work), str(outside), limited, hooked,
             json.dumps([path for path in readable if path]), str(server.getsockname()[1])],
            capture_output=True, text=True, timeout=60,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    yield run
    server.close()


RESOURCES = {
    "too large a file": "OSError",
    "too much memory": "MemoryError",
    "too many files": "OSError",
}


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces and Landlock are Linux's")
def test_the_systems_walls_hold_by_themselves(attempt):
    walls, results = attempt("yes", "no")
    if not walls[1].startswith("Landlock"):
        pytest.skip(f"this kernel has {walls[1]}")
    assert results["write inside"] == "done"
    for deed in (
        "write outside", "read outside", "remove outside", "link outside", "through a link",
    ):  # fmt: skip
        assert results[deed] == "PermissionError", deed
    assert results["network"] in ("PermissionError", "OSError", "ConnectionRefusedError")
    assert {name: results[name] for name in RESOURCES} == RESOURCES


def test_the_audit_hook_holds_by_itself(attempt):
    _, results = attempt("no", "yes")
    assert results["write inside"] == "done"
    refused = {name for name, outcome in results.items() if outcome == "PermissionError"}
    assert refused == {
        "write outside", "read outside", "remove outside", "move outside", "link outside",
        "through a link", "network", "another process", "shell", "pickle",
    }  # fmt: skip


def test_without_walls_the_same_deeds_are_done(attempt):
    """Or else the tests above would show nothing."""
    _, results = attempt("no", "no")
    done = {name for name, outcome in results.items() if outcome == "done"}
    assert done >= {"write outside", "read outside", "remove outside", "network"}
