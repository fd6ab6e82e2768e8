"""What the machine does to us is said in one line, with what to do; status 2, nothing half-made."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy
from tests.benchmark.test_executors import TINY

from tfbs.__main__ import main
from tfbs.benchmark.executors import Job, Place, carry_out
from tfbs.benchmark.executors.local import LocalExecutor
from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.sweep.storage import open_storage
from tfbs.benchmark.tracking import REASON_TAG, Store
from tfbs.errors import UserError
from tfbs.faults import fault_of


def wrapped(inner: BaseException) -> BaseException:
    """An error as a library raises it from another one."""
    try:
        raise RuntimeError("writing did not work") from inner
    except RuntimeError as error:
        return error


def in_sqlite(path: Path, deed) -> BaseException:
    """What SQLAlchemy raises where a deed on a database fails."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.1})
    with pytest.raises(sqlalchemy.exc.DatabaseError) as caught, engine.begin() as connection:
        deed(connection)
    engine.dispose()
    return caught.value


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "", "/a/b"), "/a/b: the disk is full; free some space and"),
        (OSError(errno.EROFS, "", "/a/b"), "/a/b: the disk is read-only; name a place"),
        (OSError(errno.EACCES, "", "/from", None, "/to"), "/to: no permission; name another"),
        (OSError(errno.EDQUOT, ""), "the disk quota is used up"),
        (wrapped(OSError(errno.ENOSPC, "", "x")), "x: the disk is full"),
        (
            RuntimeError("ResourceExhaustedError: /d/x.tfrecord; No space left on device"),
            "/d/x.tfrecord: the disk is full",
        ),
        (wrapped(sqlite3.OperationalError("near: syntax error")), None),
        (OSError(errno.ENOENT, "", "x"), None),
        (RuntimeError("the loss is nan"), None),
    ],
)
def test_faults_are_told_from_other_errors(error, said):
    found = fault_of(error)
    assert found is None if said is None else found.startswith(said)


def test_databases_say_what_is_wrong_with_them(tmp_path):
    path = tmp_path / "a.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    insert = sqlalchemy.text("INSERT INTO t VALUES (1)")
    locked = in_sqlite(path, lambda connection: connection.execute(insert))
    assert fault_of(wrapped(locked)).startswith("the database is locked by another program")
    holder.close()
    path.write_bytes(bytes(range(256)) * 40)
    assert fault_of(in_sqlite(path, lambda c: c.execute(insert))).startswith("is no database")


@pytest.fixture(params=["full", "read-only"])
def bad_disk(request, tmp_path):
    """A folder on a disk of its own that takes nothing, and what is to be said of it."""
    place = tmp_path / "disk"
    place.mkdir()
    options = "size=16k" if request.param == "full" else "ro"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of its own can be mounted by root alone")
    if request.param == "full":
        (place / "big").write_bytes(bytes(12_288))
    yield place, f"the disk is {request.param}"
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def one_line(capsys) -> str:
    """The last line on stderr; none may be of a traceback."""
    lines = capsys.readouterr().err.strip().splitlines()
    assert not any("Traceback" in line for line in lines)
    assert len(lines[-1]) < 600
    return lines[-1]


def left(place: Path) -> list[str]:
    """Files with something in them; a lock has nothing."""
    return [path.name for path in place.rglob("*") if path.is_file() and path.stat().st_size]


def test_a_build_on_a_bad_disk(bad_disk, tmp_path, capsys):
    place, said = bad_disk
    rng = np.random.default_rng(0)
    (tmp_path / "p.fa").write_text(
        "".join(f">p{i}\n{''.join(rng.choice(list('ACGT'), 60))}\n" for i in range(60))
    )
    words = ["--positives", str(tmp_path / "p.fa"), "--negatives", "shuffle"]
    place_words = ["--data-dir", str(place / "data")]
    assert main(["data", "build", "sequences", "--name", "m", *words, *place_words]) == 2
    assert said in one_line(capsys)
    assert left(place) in (["big"], [])


def test_a_site_on_a_bad_disk(bad_disk, tmp_path, capsys):
    place, said = bad_disk
    (tmp_path / "board" / "entries" / "mock-1" / "broken").mkdir(parents=True)
    words = ["--board", str(tmp_path / "board"), "--to", str(place / "site")]
    assert main(["leaderboard", "render", *words]) == 2
    assert said in one_line(capsys)
    assert left(place) in (["big"], [])


def test_a_run_store_on_a_bad_disk(bad_disk):
    place, said = bad_disk
    with pytest.raises(UserError, match=rf"run store sqlite:.*{said}"):
        Store(place / "runs")
    assert not (place / "runs" / "mlflow.db").exists()


def test_records_and_journals_on_a_bad_disk(bad_disk):
    place, said = bad_disk
    if said.endswith("full"):
        pytest.skip("an empty folder and an empty file fit")
    with pytest.raises(UserError, match=r"--records .*: "):
        RecordFolder(place / "records").prepare()
    with pytest.raises(UserError, match=rf"--storage .*{said}"):
        open_storage(str(place / "sweeps" / "journal.log"))


def test_a_full_disk_stops_a_suite_at_once_and_its_runs_are_done_later(
    planted_task, tmp_path, monkeypatch
):
    specs = [
        resolve_spec(planted_task, "cnn_local", None, seed, TINY, "quick-1") for seed in (0, 1)
    ]
    store = Store(tmp_path / "runs")
    place = Place(tmp_path / "runs", None, None, None, threads=2)
    upload = type(store._client).log_artifacts

    def full(self, run_id, folder, name):
        upload(self, run_id, folder, name)
        raise OSError(errno.ENOSPC, "No space left on device", f"{name}/x.npy")

    def go_on():
        waiting = iter([Job(spec) for spec in specs])
        executor = LocalExecutor(place, store, lambda name: planted_task)
        told = []
        carry_out(lambda: next(waiting, None), executor, told.append, lambda job, event: None)
        return [outcome.status for outcome in told]

    with monkeypatch.context() as patch:
        patch.setattr(type(store._client), "log_artifacts", full)
        with pytest.raises(UserError, match=r"arrays/x\.npy: the disk is full.*seed 0 was not"):
            go_on()
    (run,) = store._search("attributes.status = 'FAILED'")
    assert "No space left" in run.data.tags[REASON_TAG]
    assert [store.find(spec.id) for spec in specs] == [None, None]
    assert go_on() == ["finished", "finished"]
    assert [store.find(spec.id)["id"] for spec in specs] == [spec.id for spec in specs]
    assert not list((tmp_path / "runs").glob(".*unfinished*"))


def test_a_store_whose_first_use_was_cut_off_opens_again(tmp_path, monkeypatch):
    from tfbs.benchmark import tracking

    def cut_off(uri):
        Path(uri.removeprefix("sqlite:///")).write_bytes(b"half a schema")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tracking, "_connect", cut_off)
        with pytest.raises(KeyboardInterrupt):
            Store(tmp_path)
    assert Store(tmp_path).sweep_up() == 0


def test_a_journal_that_a_full_disk_cut_off_goes_on(tmp_path):
    import optuna

    journal = tmp_path / "journal.log"
    study = optuna.create_study(study_name="s", storage=open_storage(str(journal)))
    study.tell(study.ask(), 1.0)
    whole = journal.read_bytes()
    study.tell(study.ask(), 2.0)
    journal.write_bytes(journal.read_bytes()[: len(whole) + 9])
    again = optuna.load_study(study_name="s", storage=open_storage(str(journal)))
    again.tell(again.ask(), 3.0)
    third = optuna.load_study(study_name="s", storage=open_storage(str(journal)))
    assert [trial.value for trial in third.trials] == [1.0, 3.0]
