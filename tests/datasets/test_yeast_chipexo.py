"""The yeast task from real files: what it holds, and what wrong files get."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import requests
from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

from tfbs.__main__ import main
from tfbs.datasets.downloads import fetch, registered
from tfbs.datasets.task import load_task
from tfbs.datasets.yeast_chipexo.sources import FACTORS, all_files
from tfbs.datasets.yeast_chipexo.yeast_chipexo_dataset_builder import Builder
from tfbs.errors import UserError


@pytest.fixture(scope="session")
def yeast_files(shared_data):
    folder = shared_data / "yeast"
    if not folder.is_dir():
        pytest.skip("the yeast files are not here")
    return folder


@pytest.fixture(scope="session")
def yeast(yeast_files, tmp_path_factory):
    return load_task("yeast_chipexo", tmp_path_factory.mktemp("yeast"), source=yeast_files)


def test_the_splits_are_whole_chromosomes_and_every_bin_is_there(yeast):
    names = {name: set(split.grid.chromosomes) for name, split in yeast.splits.items()}
    assert names["test"] == {"chrIV", "chrXII", "chrXVI"}
    assert names["valid"] == {"chrVII", "chrXV"}
    assert len(names["train"]) == 11 and not names["train"] & (names["test"] | names["valid"])
    assert (yeast.length, yeast.targets, yeast.tracks) == (1000, FACTORS, ("ATAC",))
    # 12.07 Mb at a step of 50, without what the exclusion list touches
    assert sum(map(len, yeast.splits.values())) == 228_284


def test_bound_bins_hold_a_call_and_none_is_unknown_by_construction(yeast, yeast_files):
    """Against the text of the calls: a bin is bound where a call lies in it."""
    calls: dict[str, list[int]] = {}
    (file,) = yeast_files.rglob("Reb1_CX.bed")
    for line in file.read_text().splitlines():
        name, start, _ = line.split("\t")[:3]
        calls.setdefault(name, []).append(int(start))
    test = yeast.splits["test"]
    label = test.label[:, FACTORS.index("Reb1")]
    everything = slice(0, len(test))
    chromosome, start = test.grid.chromosome(everything), test.grid.start(everything)
    for index, name in enumerate(test.grid.chromosomes):
        found = calls[{"chrIV": "chr4", "chrXII": "chr12", "chrXVI": "chr16"}[name]]
        own = start[chromosome == index][:, None]
        inside = ((own <= np.array(found)) & (np.array(found) < own + 200)).any(axis=1)
        np.testing.assert_array_equal(label[chromosome == index] == 1, inside)


def test_the_atac_track_is_higher_where_reb1_binds(yeast):
    test = yeast.splits["test"]
    label = test.label[:, FACTORS.index("Reb1")]
    rows = [np.flatnonzero(label == value)[:500] for value in (1, 0)]
    bound, unbound = (np.nanmean(test.tracks[row][:, 400:600, 0].astype("float32")) for row in rows)
    assert bound > 1.2 * unbound


def manager(folder):
    return SimpleNamespace(_manual_dir=folder)


def test_a_missing_file_is_named_with_its_address(tmp_path):
    with pytest.raises(UserError, match=r"lacks single_sequences\.2bit \(from https://"):
        fetch(manager(tmp_path), registered(Builder.url_infos, all_files()))


def test_another_file_under_the_name_is_refused(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Abf1_CX.bed").write_text("chr1\t1\t2\n")
    with pytest.raises(UserError, match=r"Abf1_CX\.bed: its sha256 is [0-9a-f]{64}, not bfa8454f"):
        fetch(manager(tmp_path), registered(Builder.url_infos, ("Abf1_CX.bed",)))


def test_without_network_it_says_which_files_to_get(tmp_path):
    def download(addresses):
        raise requests.ConnectionError("no route to host")

    offline = SimpleNamespace(_manual_dir=tmp_path / "none", download=download)
    with pytest.raises(UserError, match=r"no route to host.*--source DIR: single_sequences\.2bit"):
        fetch(offline, registered(Builder.url_infos, all_files()))


def test_a_download_of_other_content_is_said_to_be_one(tmp_path):
    def download(addresses):
        raise NonMatchingChecksumError("Artifact https://x, downloaded to /y, has wrong checksum")

    changed = SimpleNamespace(_manual_dir=tmp_path / "none", download=download)
    with pytest.raises(UserError, match=r"another content than registered.*wrong checksum"):
        fetch(changed, registered(Builder.url_infos, ("Abf1_CX.bed",)))


def test_a_damaged_source_leaves_nothing_behind(yeast_files, tmp_path, capsys):
    source = tmp_path / "source"
    shutil.copytree(yeast_files, source)
    (file,) = source.rglob("Ume6_CX.bed")
    file.write_bytes(file.read_bytes()[:-40])
    data = tmp_path / "data"
    command = ["data", "build", "yeast_chipexo", "--source", str(source), "--data-dir", str(data)]
    assert main(command) == 2
    assert "Ume6_CX.bed: its sha256 is" in capsys.readouterr().err
    assert not [*data.rglob("*.tfrecord*"), *data.rglob("dataset_info.json")]


def test_a_source_that_is_no_folder_is_refused(tmp_path, capsys):
    command = ["suite", "yeast", "--source", str(tmp_path / "none")]
    command += ["--data-dir", str(tmp_path / "data"), "--output", str(tmp_path / "runs")]
    assert main(command) == 2
    assert f"--source {tmp_path / 'none'}: no such folder" in capsys.readouterr().err
