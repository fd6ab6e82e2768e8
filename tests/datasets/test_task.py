"""The door to the data: arrays, fingerprint, probe sets, what is refused."""

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tfbs.datasets.arrays import read_arrays
from tfbs.datasets.catalogue import TASKS, TaskEntry
from tfbs.datasets.prepare import prepare
from tfbs.datasets.probe import probe_set
from tfbs.datasets.storage import default_data_dir
from tfbs.datasets.synthetic_code import law
from tfbs.datasets.task import TASK_PATHS, list_tasks, load_built_task, load_task, silent
from tfbs.errors import UserError

SMALL = "synthetic_code/small"


@pytest.fixture(scope="module")
def task(built_dir):
    return load_task(SMALL, built_dir)


def test_arrays_hold_what_the_law_drew(task):
    """Every sequence, label and information row, by id, against the generator itself."""
    code = law.draw_code(4_000, law.read_background("distinct"), 22)
    seen = 0
    for split in task.splits.values():
        rows = [int(name.removeprefix("sequence_")) for name in split.ids]
        assert np.array_equal(split.sequence, code.planted.sequence[rows])
        assert np.array_equal(split.label, code.label[rows])
        assert np.array_equal(split.information, code.planted.information[rows])
        seen += len(rows)
    assert seen == 4_000


def test_shapes_and_types_are_those_of_the_interface(task):
    assert {name: len(split) for name, split in task.splits.items()} == {
        "train": 2_800,
        "valid": 400,
        "test": 800,
    }
    for split in task.splits.values():
        assert split.sequence.shape == (len(split), task.length)
        assert split.label.shape == (len(split), len(task.targets))
        assert (split.sequence.dtype, split.label.dtype) == (np.uint8, np.int8)
        assert split.information.dtype == np.float32
        assert split.ids.dtype.kind == "U"
        assert isinstance(split.sequence, np.memmap)


def test_the_fingerprint_is_that_of_the_stored_arrays(task, built_dir, tmp_path):
    again = load_task(SMALL, built_dir)
    assert again.fingerprint == task.fingerprint
    rebuilt = load_task(SMALL, tmp_path)
    assert rebuilt.fingerprint == task.fingerprint


def test_a_later_load_is_fast_and_imports_no_tensorflow(built_dir):
    script = (
        "import sys, time; from pathlib import Path; from tfbs.datasets.task import load_task\n"
        f"start = time.perf_counter(); load_task({SMALL!r}, Path({str(built_dir)!r}))\n"
        "print(time.perf_counter() - start)\n"
        "assert not {'tensorflow', 'tensorflow_datasets'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 0.3


def test_a_killed_build_is_swept_up_and_done_again(built_dir, tmp_path, monkeypatch):
    """Arrays that were half-written do not count, and go with the next build."""
    shutil.copytree(built_dir / "synthetic_code", tmp_path / "synthetic_code")
    folder = tmp_path / "synthetic_code" / "small" / "1.0.0"
    (folder / "arrays").rename(folder / ".arrays-left")
    (folder / ".arrays-left" / "task.json").unlink()
    assert not next(t for t in list_tasks(tmp_path) if t.name == SMALL).built
    task = load_task(SMALL, tmp_path)
    assert len(task.splits["test"]) == 800
    assert not list(folder.glob(".arrays-*"))


def test_an_unknown_task_is_refused_with_near_names(data_dir):
    with pytest.raises(UserError, match="no task is called 'synthetic_cod'; nearest: synthetic"):
        load_task("synthetic_cod")
    assert not data_dir.exists()


def test_a_task_from_files_that_is_not_built_names_the_command(data_dir):
    with pytest.raises(UserError, match="tfbs data build sequences --name mine"):
        load_task("sequences/mine")
    assert not data_dir.exists()


def test_info_does_not_build(data_dir):
    with pytest.raises(UserError, match=r"is not built in .*: tfbs data build synthetic_code"):
        load_built_task("synthetic_code")
    assert not data_dir.exists()


def test_the_default_config_has_one_name(built_dir, monkeypatch):
    monkeypatch.setattr("tfbs.datasets.task._is_built", lambda *_: True)
    monkeypatch.setattr("tfbs.datasets.task.read_task", lambda entry, _: entry)
    assert load_built_task("synthetic_code/default", built_dir) is TASKS["synthetic_code"]


def test_a_task_of_another_package_is_named_by_its_path(built_dir, monkeypatch, tmp_path):
    (tmp_path / "somebody.py").write_text(
        "from tfbs.datasets.catalogue import TASKS\n"
        "ENTRY = TASKS['synthetic_code/small']\n"
        "WRONG = 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(TASK_PATHS, "")
    assert load_task("somebody:ENTRY", built_dir).name == SMALL
    with pytest.raises(UserError, match="'somebody:WRONG' is not a TaskEntry"):
        load_task("somebody:WRONG", built_dir)


def test_runs_find_a_task_that_was_named_by_its_path(built_dir, monkeypatch, tmp_path):
    """Also in other processes: a run knows dataset and config of its task alone."""
    (tmp_path / "anybody.py").write_text(
        "import dataclasses\n"
        "from tfbs.datasets.catalogue import TASKS\n"
        "ENTRY = dataclasses.replace(TASKS['synthetic_code/small'], dataset='my_code')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv(TASK_PATHS, "")
    shutil.copytree(built_dir / "synthetic_code", tmp_path / "data" / "my_code")
    with pytest.raises(UserError, match="no task is called 'my_code/small'"):
        load_task("my_code/small", tmp_path / "data")
    task = load_task("anybody:ENTRY", tmp_path / "data")
    assert task.name == "my_code/small"
    code = (
        "import sys; from pathlib import Path; from tfbs.datasets.task import load_task; "
        "print(load_task('my_code/small', Path(sys.argv[1])).fingerprint)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "data")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.strip() == task.fingerprint, done.stderr


def test_every_task_is_listed_with_description_and_citation(built_dir):
    listings = {listing.name: listing for listing in list_tasks(built_dir)}
    assert {"synthetic_code", "synthetic_code/hard", SMALL} <= set(listings)
    assert all(listing.description and listing.citation for listing in listings.values())
    assert listings[SMALL].built
    assert not listings["synthetic_code/hard"].built


def test_every_entry_knows_its_builders_version_and_config():
    for name in TASKS:
        entry = TASKS[name]
        assert isinstance(entry, TaskEntry)
        module, _, attribute = entry.builder.partition(":")
        builder = getattr(importlib.import_module(module), attribute)
        assert str(builder.VERSION) == entry.version
        assert entry.config in (builder.builder_configs or {"": None})


def test_a_dataset_without_the_features_of_a_task_is_refused(tmp_path):
    import tensorflow_datasets as tfds

    builder = tfds.testing.DummyDataset(data_dir=tmp_path)
    version = Path(builder.data_path)
    with pytest.raises(UserError, match="is no task: it lacks the feature 'sequence'"):
        prepare(lambda: builder, version, "a dataset of other things", silent)
    assert not [*version.glob("arrays"), *version.glob(".arrays-*")]


def test_the_data_folder_comes_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "tfds"))
    monkeypatch.delenv("TFBS_DATA_DIR", raising=False)
    assert default_data_dir() == tmp_path / "tfds"
    monkeypatch.setenv("TFBS_DATA_DIR", str(tmp_path / "tfbs"))
    assert default_data_dir() == tmp_path / "tfbs"


def test_the_probe_set_depends_on_ids_alone():
    ids = np.array([f"sequence_{i}" for i in range(500)])
    chosen = probe_set(ids, 50)
    shuffled = np.random.default_rng(0).permutation(500)
    assert ids[shuffled][probe_set(ids[shuffled], 50)].tolist() == ids[chosen].tolist()
    plain = sorted(ids.tolist(), key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    assert ids[chosen].tolist() == plain[:50]


def test_a_smaller_probe_set_is_the_beginning_of_a_larger_one():
    ids = np.array([f"sequence_{i}" for i in range(100)])
    assert probe_set(ids, 10).tolist() == probe_set(ids, 30)[:10].tolist()
    assert len(probe_set(ids, 1_000)) == 100


def test_a_probe_set_keeps_to_its_candidates():
    ids = np.array([f"sequence_{i}" for i in range(100)])
    where = np.arange(100) % 2 == 0
    chosen = probe_set(ids, 20, where=where)
    assert where[chosen].all()
    assert chosen.tolist() == [i for i in probe_set(ids, 100) if where[i]][:20]


def test_tfds_loads_by_name_whichever_is_imported_first(built_dir):
    for imports in (
        "import tfbs.datasets; import tensorflow_datasets as tfds",
        "import tensorflow_datasets as tfds; import tfbs.datasets",
    ):
        script = f"{imports}; print(tfds.builder({SMALL!r}, data_dir={str(built_dir)!r}).name)"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "synthetic_code"


def test_tfds_reads_examples_with_every_motif(built_dir):
    import tensorflow_datasets as tfds

    code = law.draw_code(4_000, law.read_background("distinct"), 22)
    records = tfds.load(SMALL, split="test[:20]", data_dir=built_dir)
    for example in records.as_numpy_iterator():
        placed = code.planted.motifs[int(example["id"].decode().removeprefix("sequence_"))]
        truth = example["ground_truth"]["motifs"]
        assert truth["start"].tolist() == [motif.start for motif in placed]
        assert truth["end"].tolist() == [motif.end for motif in placed]
        assert truth["strand"].tolist() == [motif.strand for motif in placed]
        assert [name.decode() for name in truth["matrix_id"]] == [m.matrix_id for m in placed]


def test_reading_arrays_takes_milliseconds(built_dir):
    start = time.perf_counter()
    read_arrays(built_dir / "synthetic_code" / "small" / "1.0.0")
    assert time.perf_counter() - start < 0.3
