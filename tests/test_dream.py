"""The whole way of the challenge on a small genome: build, train, submit, score."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from tests.dream_genome import (
    CELLS,
    FACTOR,
    FINAL,
    HELD_OUT,
    RELATIVE,
    genome,
    reference,
    write_all,
)

from tfbs.__main__ import main
from tfbs.benchmark.tracking import Store
from tfbs.datasets.encode_dream import assignment, sources
from tfbs.datasets.encode_dream.encode_dream_dataset_builder import Builder
from tfbs.datasets.task import load_built_task, load_cell

NETWORK = ["--architecture", "siamese_cnn", "--protocol", "quick-1"]
SETTINGS = {
    "num_filters": 8,
    "dense_units": 8,
    "context": 400,
    "kernel_size": 12,
    "epochs": 12,
    "learning_rate": 0.01,
    "batch_size": 64,
    "negatives_per_positive": 3,
}


@pytest.fixture(scope="module")
def small():
    """The challenge on the small genome."""
    codes, _ = genome()
    small_peaks = {(name, cell): ("", "") for name in (FACTOR, RELATIVE) for cell in CELLS}
    with pytest.MonkeyPatch.context() as patch:
        for config in Builder.BUILDER_CONFIGS:
            patch.setattr(config, "reference", reference(codes))
        for module in (assignment, sources):
            patch.setattr(module, "open_peaks", lambda: small_peaks)
        patch.setattr(sources, "EXCLUDED_FILE", replace(sources.EXCLUDED_FILE, digest=""))
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory, small):
    """Folders with files, data and runs; label files are made of peaks of all chromosomes."""
    root = tmp_path_factory.mktemp("dream")
    files = root / "files"
    files.mkdir()
    write_all(files)
    build = ["data", "build", "genome_bins", "--name", "whole", "--genome", str(files / "hg19.fa")]
    for cell in (*CELLS, FINAL):
        for kind, option in (("conservative.train", "--peaks"), ("relaxed", "--relaxed")):
            build += [
                option,
                f"{FACTOR}/{cell}={files / f'whole.{FACTOR}.{cell}.{kind}.narrowPeak'}",
            ]
    folds = root / "folds.json"
    folds.write_text(json.dumps({"valid": ["chr11"], "test": sorted(HELD_OUT)}))
    build += ["--folds", str(folds), "--grid", "dream", "--hold-out-cell", FINAL]
    build += ["--exclude", str(files / "wgEncodeDacMapabilityConsensusExcludable.bed.gz")]
    data = ["--data-dir", str(root / "data")]
    fasta = files / "hg19.fa"
    fasta.write_text(fasta.read_text().replace(">chrY\nACGT\n", ""))
    assert main([*build, *data]) == 0
    assert main(["dream", "labels", "genome_bins/whole", "--to", str(files), *data]) == 0
    return root


def lines_of(path):
    return gzip.decompress(path.read_bytes()).decode().splitlines()


def options(place, *names):
    known = {"data": "data-dir", "runs": "output", "files": "source"}
    return [word for name in names for word in (f"--{known[name]}", str(place / name))]


@pytest.fixture(scope="module")
def official(place):
    assert (
        main(["data", "build", "encode_dream/official-EGR1", *options(place, "data", "files")]) == 0
    )
    return load_built_task("encode_dream/official-EGR1", place / "data")


@pytest.fixture(scope="module")
def run_id(place, official, tmp_path_factory):
    settings = [word for k, v in SETTINGS.items() for word in ("--set", f"{k}={v}")]
    command = ["run", "--task", official.name, *NETWORK, *settings, "--set", "prior.tracks=late"]
    records = tmp_path_factory.mktemp("records")
    assert main([*command, *options(place, "data", "runs"), "--records", str(records)]) == 0
    (record,) = records.glob("*/record.json")
    return json.loads(record.read_text())["id"]


def test_the_label_files_have_the_official_names_and_form(place):
    names = {f"{FACTOR}.{kind}.labels.tsv.gz" for kind in ("train", "val", "train_wc", "test")}
    assert names == {path.name for path in (place / "files").glob("*.labels.tsv.gz")}
    lines = lines_of(place / "files" / f"{FACTOR}.train.labels.tsv.gz")
    assert lines[0] == "\t".join(["chr", "start", "stop", *CELLS])
    assert lines[1].startswith("chr10\t600\t800\t")
    letters = {letter for line in lines[1:] for letter in line.split("\t")[3:]}
    assert letters == {"U", "B", "A"}
    assert not {line.split("\t")[0] for line in lines[1:]} & HELD_OUT


def test_official_labels_are_those_of_the_peaks(place, official):
    whole = load_built_task("genome_bins/whole", place / "data")
    for cell in (*CELLS, FINAL):
        ours, theirs = (load_cell(task, cell, place / "data") for task in (official, whole))
        assert ours.grid.chromosomes == theirs.grid.chromosomes
        assert ours.ladder == ("chr1", "chr8", "chr21")
        everything = slice(0, len(ours.grid))
        if cell != FINAL:
            np.testing.assert_array_equal(ours.label[everything], theirs.label[everything])
        else:  # the labels of its training chromosomes are for the within-cell round
            found = ours.label[everything]
            names = np.array(ours.grid.chromosomes)[ours.grid.chromosome(everything)]
            known = np.isin(names, sorted(HELD_OUT))
            np.testing.assert_array_equal(found[known], theirs.label[everything][known])
            assert (found[~known] == -1).all()


def test_cells_of_later_rounds_are_held_out(official):
    assert official.splits["test_cell"].grid.cells == ("K562", "liver")
    assert official.splits["train"].grid.cells == CELLS[:4]
    assert official.tracks == ("DNase",)
    assert official.metadata["notes"][0].startswith("official: the challenge's own labels")
    unknown = [note for note in official.metadata["notes"] if "EGR1/K562" in note]
    assert unknown and "are not given on chr1" in unknown[0]


def test_the_open_peaks_know_nothing_of_the_held_out_chromosomes(place, capsys):
    command = ["data", "build", "encode_dream/open-EGR1", *options(place, "data", "files")]
    assert main(command) == 0
    assert "UNKNOWN" in capsys.readouterr().out
    task = load_built_task("encode_dream/open-EGR1", place / "data")
    assert task.splits["test"].grid.chromosomes == ("chr10",)
    assert task.splits["test_cell"].grid.cells == ("MCF-7",)
    cell = load_cell(task, "MCF-7", place / "data")
    rows = np.flatnonzero(
        np.isin(
            np.array(cell.grid.chromosomes)[cell.grid.chromosome(slice(0, len(cell.grid)))],
            cell.ladder,
        )
    )
    assert set(cell.ladder) == HELD_OUT and (cell.label[rows] == -1).all()
    score = ["dream", "score", "x/F.EGR1.MCF-7.tab.gz", "--task", task.name]
    assert main([*score, *options(place, "data")]) == 2
    assert "knows no bound bin of EGR1 in MCF-7" in capsys.readouterr().err


def test_of_a_family_the_factor_is_held_out_and_predicted_by_its_relative(place, capsys):
    command = ["data", "build", "encode_dream/open-EGR1-family", *options(place, "data", "files")]
    assert main(command) == 0
    task = load_built_task("encode_dream/open-EGR1-family", place / "data")
    assert set(task.targets) == {RELATIVE, FACTOR}
    for split, known in (("train", RELATIVE), ("test", RELATIVE), ("test_tf", FACTOR)):
        bound = (task.splits[split].label == 1).any(axis=0)
        assert [task.targets[index] for index in np.flatnonzero(bound)] == [known]


def test_a_submission_is_written_and_scored(place, official, run_id, tmp_path, capsys):
    submit = ["dream", "submit", run_id[:10], "--cell", FINAL, "--to", str(tmp_path)]
    assert main([*submit, *options(place, "data", "runs")]) == 0
    path = tmp_path / "F.EGR1.liver.tab.gz"
    assert capsys.readouterr().out.splitlines()[-1] == str(path)
    lines = lines_of(path)
    cell = load_cell(official, FINAL, place / "data")
    assert len(lines) == len(cell.grid)
    assert [line.split("\t")[0] for line in lines] == sorted(line.split("\t")[0] for line in lines)

    score = ["dream", "score", str(path), "--json"]
    assert main([*score, *options(place, "data")]) == 0
    by_task = json.loads(capsys.readouterr().out)["files"][0]
    assert by_task["round"] == "F" and by_task["cell"] == FINAL
    assert by_task["measures"]["auroc"] > 0.9
    assert by_task["measures"]["auprc_interpolated"] > 5 * by_task["bound"] / len(cell.grid)

    split = official.splits["test_cell"]  # the same numbers from the arrays of the run
    rows = split.grid.cell(slice(0, len(split))) == 1
    label = split.label[rows, 0]
    table = {tuple(line.split("\t")[:2]): float(line.split("\t")[3]) for line in lines}
    names = np.array(split.grid.chromosomes)[split.grid.chromosome(slice(0, len(split)))[rows]]
    starts = split.grid.start(slice(0, len(split)))[rows]
    values = np.array([table[name, str(start)] for name, start in zip(names, starts, strict=True)])
    logit = Store(place / "runs").folder(run_id) / "arrays" / "test_cell_logits.npy"
    np.testing.assert_allclose(values, expit(np.load(logit)[rows, 0].astype(float)), rtol=1e-5)
    known = label >= 0
    expected = roc_auc_score(label[known], values[known])
    assert by_task["measures"]["auroc"] == pytest.approx(expected, abs=1e-12)
    assert by_task["bound"] == int((label == 1).sum())


def test_unscored_bins_may_be_left_out(place, run_id, tmp_path, capsys):
    submit = [
        "dream",
        "submit",
        run_id[:10],
        "--scored-only",
        "--round",
        "B",
        "--to",
        str(tmp_path),
    ]
    assert main([*submit, *options(place, "data", "runs"), "--cell", FINAL]) == 0
    lines = lines_of(tmp_path / "B.EGR1.liver.tab.gz")
    other = [float(line.split("\t")[3]) for line in lines if line.split("\t")[0] not in HELD_OUT]
    scored = [float(line.split("\t")[3]) for line in lines if line.split("\t")[0] in HELD_OUT]
    assert set(other) == {0.0} and min(scored) > 0
    submit = ["dream", "submit", run_id[:10], "--cell", "K562", "--to", str(tmp_path)]
    assert main([*submit, *options(place, "data", "runs")]) == 0
    ladder = lines_of(tmp_path / "L.EGR1.K562.tab.gz")
    assert len(ladder) == len(scored)


def test_evaluation_survives_cells_of_which_nothing_is_known(place, run_id, official):
    record = Store(place / "runs").find(run_id)
    found = {
        metric["name"]: metric["value"]
        for metric in record["metrics"]
        if metric["split"] == "test_cell" and metric["design"] == "all"
    }
    assert found["auroc"] > 0.9 and found["auprc_interpolated"] > 0.1


def test_what_is_missing_is_said_at_once(place, tmp_path, capsys):
    command = ["data", "build", "encode_dream/official-MAX", "--source", str(tmp_path)]
    assert main([*command, *options(place, "data")]) == 2
    said = capsys.readouterr().err
    assert main(["data", "build", "encode_dream/official-MAX", *options(place, "data")]) == 2
    said += capsys.readouterr().err
    assert said.count("hg19.2bit") == 2
    for name in ("hg19.2bit", "MAX.train.labels.tsv.gz", "DNASE.liver.fc.signal.bigwig", "syn"):
        assert name in said
