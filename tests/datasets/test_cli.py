"""`tfbs data` as a user meets it."""

import gzip
import json

import pytest
from click.testing import CliRunner

from tfbs.__main__ import main
from tfbs.datasets.cli import data

SEQUENCES = ["data", "build", "sequences", "--name", "mine"]


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A working folder with good and bad files."""
    monkeypatch.chdir(tmp_path)
    sequences = [f"{'ACGT' * 5}{a}{b}{c}" for a in "ACGT" for b in "ACGT" for c in "ACGT"]
    rows = [f"{sequence}\t{i % 2}" for i, sequence in enumerate(sequences)]
    texts = {
        "good.tsv": "\n".join(["seq\tlabel", *rows]),
        "letter.tsv": "\n".join(["seq\tlabel", *rows[:3], "ACGTJ\t1"]),
        "label.tsv": "\n".join(["seq\tlabel", *rows[:3], "ACGT\t7"]),
        "continuous.tsv": "seq\tlabel\nACGT\t0.5\n",
        "positive.tsv": "seq\tlabel\nACGT\t1\nTTTT\t1\n",
        "two.tsv": "seq\tlabel\nACGT\t1\nTTTA\t0\n",
        "good.fa": "".join(f">s{i}\n{sequence}\n" for i, sequence in enumerate(sequences)),
        "empty.fa": "",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    packed = gzip.compress(texts["good.fa"].encode())
    (tmp_path / "cut.fa.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "other.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["--input", "none.tsv"], ["none.tsv: no such file"]),
        (["--positives", "empty.fa", "--negatives", "good.fa"], ["empty.fa: the file is empty"]),
        (["--positives", "cut.fa.gz", "--negatives", "shuffle"], ["cut.fa.gz", "cut short"]),
        (["--input", "letter.tsv"], ["letter.tsv, line 5", "'J' at position 5"]),
        (["--input", "label.tsv"], ["label.tsv, line 5", "'7'"]),
        (["--input", "continuous.tsv"], ["continuous.tsv, line 2", "regression is not supported"]),
        (["--input", "positive.tsv"], ["positive.tsv: one class only", "is 1", "shuffle"]),
        (["--input", "two.tsv"], ["two.tsv: one class only", "split"]),
        (["--input", "other.h5"], ["other.h5: not a readable HDF5 file"]),
        (
            ["--input", "good.tsv", "--test-chromosomes", "chr1"],
            ["'line_2' carries no coordinates"],
        ),
        (["--input", "good.tsv", "--label-column", "bound"], ["good.tsv, line 1", "'bound'"]),
        (["--input", "good.fa"], ["good.fa: FASTA carries no labels"]),
        ([], ["no files given"]),
    ],
)
def test_bad_input_is_one_clear_line_and_changes_nothing(files, data_dir, capsys, arguments, parts):
    before = sorted(path.name for path in files.iterdir())
    assert main([*SEQUENCES, *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    errors = [line for line in said.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert said.err.splitlines()[-1] == errors[0]
    assert all(part in errors[0] for part in parts)
    assert not data_dir.exists()
    assert sorted(path.name for path in files.iterdir()) == before


def test_a_task_is_built_and_shown(files, data_dir, capsys):
    assert main([*SEQUENCES, "--input", "good.tsv", "--length", "21", "--seed", "3"]) == 0
    built = capsys.readouterr()
    assert "sequences/mine 1.0.0: 64 sequences of 21 nucleotides from good.tsv" in built.out
    assert "64 longer ones cut to their middle" in built.out
    assert "read 64 sequences from good.tsv" in built.err

    assert main(["data", "info", "sequences/mine"]) == 0
    assert capsys.readouterr().out == built.out
    assert main(["data", "info", "sequences/mine", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert sum(split["n"] for split in facts["splits"].values()) == 64
    assert sum(split["positives"]["label"] for split in facts["splits"].values()) == 32
    assert facts["length"] == 21
    assert facts["metadata"]["sources"][0]["file"] == "good.tsv"
    assert len(facts["fingerprint"]) == 64


def test_info_of_a_synthetic_task(built_dir):
    arguments = ["info", "synthetic_code/small", "--json", "--data-dir", str(built_dir)]
    shown = CliRunner().invoke(data, arguments, catch_exceptions=False)
    facts = json.loads(shown.stdout)
    assert facts["ground_truth"] is True
    assert {name: split["n"] for name, split in facts["splits"].items()} == {
        "train": 2_800,
        "valid": 400,
        "test": 800,
    }
    assert "10.1038/s42256-020-00291-x" in facts["citation"]


def test_building_what_is_built_only_shows_it(built_dir):
    arguments = ["build", "synthetic_code/small", "--data-dir", str(built_dir)]
    shown = CliRunner().invoke(data, arguments, catch_exceptions=False)
    assert shown.exit_code == 0
    assert "train          2,800 examples" in shown.stdout
    (line,) = shown.stderr.splitlines()
    assert line.startswith("next: tfbs run --task synthetic_code/small --architecture NAME")


def test_an_unknown_task_is_refused_with_near_names(data_dir, capsys):
    assert main(["data", "build", "synthetic_cod"]) == 2
    assert "no task is called 'synthetic_cod'; nearest: synthetic_code" in capsys.readouterr().err
    assert main(["data", "info", "synthetic_code/hard"]) == 2
    assert "build it with: tfbs data build synthetic_code/hard" in capsys.readouterr().err
    assert not data_dir.exists()


def test_help_lists_every_task():
    shown = CliRunner().invoke(data, ["build", "--help"])
    assert {"sequences", "synthetic_code", "synthetic_code/hard"} <= set(shown.output.split())
    shown = CliRunner().invoke(data, ["build", "sequences", "--help"])
    assert "--name irf1 --input IRF1.h5" in shown.output
