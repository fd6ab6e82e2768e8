"""A sweep goes on in a database and behind a gRPC proxy as in a journal file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from tests.benchmark.sweep.scene import Killed

from tfbs.benchmark.sweep.storage import open_storage, storage_address
from tfbs.errors import UserError

PROXY = """
import sys, optuna
storage = optuna.storages.RDBStorage(sys.argv[1])
optuna.storages.run_grpc_proxy_server(storage, host="127.0.0.1", port=int(sys.argv[2]))
"""


def test_addresses(tmp_path):
    assert storage_address(None, tmp_path) == str(tmp_path / "sweeps" / "journal.log")
    assert storage_address("postgresql://h/d", tmp_path) == "postgresql://h/d"
    assert storage_address("/a/b.log", tmp_path) == "/a/b.log"


def test_a_storage_that_does_not_open_says_which():
    with pytest.raises(UserError, match=r"--storage sqlite:////nowhere/at/all\.db"):
        open_storage("sqlite:////nowhere/at/all.db")


@pytest.fixture
def database(tmp_path):
    return f"sqlite:///{tmp_path}/trials.db"


def broken_and_resumed(scene):
    recipe = scene.recipe()
    with pytest.raises(Killed):
        scene.sweep(recipe, 8, die_at=5)
    return scene.sweep(recipe, 8)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of SQLAlchemy and gRPC
def test_a_database(scene, database):
    scene.address = database
    study = broken_and_resumed(scene)
    assert [trial.state.name for trial in study.get_trials()] == ["COMPLETE"] * 8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_proxy_of_a_database(scene, database):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    proxy = subprocess.Popen(
        [sys.executable, "-c", PROXY, database, str(port)],
        env=os.environ | {"PYTHONSAFEPATH": "1"},
    )
    try:
        scene.address = f"grpc://127.0.0.1:{port}"
        trials = broken_and_resumed(scene).get_trials()
    finally:
        proxy.kill()
        proxy.wait()
    assert [trial.state.name for trial in trials] == ["COMPLETE"] * 8
