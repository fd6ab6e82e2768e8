"""The program as a user meets it: help, lists, exit statuses, bad input, one real run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pybigtools
import pytest

from tfbs.__main__ import VERBS, main
from tfbs.benchmark.record import read_record
from tfbs.benchmark.runtime import DETERMINISTIC_OPS, differences

SMALL = ["--set", "num_filters=2", "--set", "dense_units=4", "--set", "epochs=1"]
RUN = ["run", "--task", "synthetic_code/small", "--architecture", "cnn_local", *SMALL,
       "--protocol", "quick-1"]  # fmt: skip
MAPS = ("ohe.npz", "shap.npz", "explanation.json", "logos-1.png")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A working directory with data and runs of its own."""
    folder = tmp_path_factory.mktemp("home")
    previous = Path.cwd()
    os.chdir(folder)
    os.environ["TFBS_DATA_DIR"] = str(folder / "data")
    yield folder
    os.chdir(previous)
    del os.environ["TFBS_DATA_DIR"]


def call(capsys, *words: str) -> tuple[int, str, str]:
    status = main(list(words))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_help_names_every_verb_without_importing_tensorflow():
    program = (
        "import sys; from tfbs.__main__ import main; main(['--help']); "
        "print('tensorflow' in sys.modules, 'mlflow' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("False False False\n")
    assert all(f"  {verb} " in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", list(VERBS))
def test_no_verb_imports_tensorflow_before_its_threads_are_set(verb):
    program = (
        f"import sys; from tfbs.__main__ import main; main(['{verb}', '--help']); "
        "print([name for name in ('tensorflow', 'keras', 'mlflow') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("\n[]\n")


def test_a_mistyped_verb_is_told_the_nearest(capsys):
    status, _, error = call(capsys, "reprot", "x")
    assert status == 2 and error == "error: no verb is called 'reprot'; nearest: report\n"


@pytest.mark.parametrize("verb", list(VERBS))
def test_every_verb_explains_itself(verb, capsys):
    status, out, _ = call(capsys, verb, "--help")
    assert status == 0 and "Usage: tfbs" in out


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("tasks", "synthetic_code"),
        ("architectures", "cnn_dist"),
        ("regimes", "pgd_2019"),
        ("metrics", "auroc_pgd_0.1"),
        ("attributions", "saliency_corrected"),
        ("experiments", "spacing"),
        ("nulls", "dinucleotide_shuffle"),
        ("protocols", "full-1"),
        ("suites", "quickstart"),
    ],
)
def test_lists_are_readable_by_people_and_machines(kind, name, home, capsys):
    status, out, _ = call(capsys, "list", kind, "--json")
    entries = json.loads(out)
    assert status == 0 and name in [entry["name"] for entry in entries]
    assert all(entry["description"] for entry in entries)
    assert f"{name} " in call(capsys, "list", kind)[1]


def test_a_run_prints_its_record_and_nothing_else_and_is_not_done_twice(home, capsys):
    status, out, err = call(capsys, *RUN, "--json")
    record = json.loads(out)
    assert status == 0 and record["spec"]["protocol"] == "quick-1"
    assert "finished" in err
    started = time.monotonic()
    status, again, err = call(capsys, *RUN, "--json")
    assert "already finished" in err and json.loads(again) == record
    assert time.monotonic() - started < 20
    (home / "record.json").write_text(out)


def test_a_record_is_repeated_and_compared(home, capsys):
    assert main([*RUN]) == 0
    capsys.readouterr()
    record = json.loads(call(capsys, *RUN, "--json")[1])
    path = home / "before.json"
    path.write_text(json.dumps(record))
    status, out, err = call(capsys, "run", "--from", str(path))
    assert status == 0 and "equal in everything but cost and environment" in err
    assert "auroc" in out
    for metric in record["metrics"]:
        if metric["name"] == "auroc":
            metric["value"] = 0.123
    path.write_text(json.dumps(record))
    read_record(path)  # still valid: only a repetition finds it out
    status, _, err = call(capsys, "run", "--from", str(path))
    assert status == 1 and "differs in metrics" in err and "auroc: recorded 0.123" in err


def test_a_record_of_deterministic_operations_is_repeated_with_them(home, capsys, monkeypatch):
    monkeypatch.setenv(DETERMINISTIC_OPS, "0")
    record = json.loads(call(capsys, *RUN, "--json")[1])
    record["environment"] |= {"gpus": ["NVIDIA H200"], "deterministic_ops": True}
    record["metrics"][0]["value"] = 0.123
    path = home / "before.json"
    path.write_text(json.dumps(record))
    status, out, err = call(capsys, "run", "--from", str(path), "--json")
    assert status == 1 and "recorded on NVIDIA H200, now on a CPU" in err
    assert json.loads(out)["environment"]["deterministic_ops"]


@pytest.mark.parametrize(
    ("was", "is_", "said"),
    [
        ({"threads": 2, "gpus": []}, {"threads": 2, "gpus": []}, []),
        ({"threads": 2}, {"threads": 4}, ["recorded with --threads 2, now with 4"]),
        ({"gpus": ["A"]}, {"gpus": ["B", "B"]}, ["recorded on A, now on B, B"]),
        (
            {"gpus": ["A"], "deterministic_ops": False},
            {"gpus": ["A"], "deterministic_ops": True},
            ["on a GPU only runs with --deterministic-ops give the same bits"],
        ),
        (
            {"gpus": ["A"], "deterministic_ops": True},
            {"gpus": ["A"], "deterministic_ops": True},
            [],
        ),
    ],
)
def test_environments_that_may_make_runs_differ_are_named(was, is_, said):
    assert list(differences(was, is_)) == said


@pytest.fixture
def run_id(home, capsys):
    record = json.loads(call(capsys, *RUN, "--json")[1])
    return record["id"][:12]


def test_a_run_is_explained_in_files_that_others_read(home, run_id, capsys):
    words = ["explain", run_id, "--method", "deepshap", "--compare", "ism", "--number", "4"]
    status, out, err = call(capsys, *words, "--logos", "1", "--to", "maps")
    assert status == 0 and "deepshap: sums of contributions are off by" in err
    folder = home / "maps"
    assert out.split() == [f"maps/{name}" for name in MAPS]
    assert {path.name for path in folder.iterdir()} == set(MAPS)
    letters = np.load(folder / "ohe.npz")["arr_0"]
    maps = np.load(folder / "shap.npz")["arr_0"]
    assert letters.shape == maps.shape == (4, 4, 200)
    assert (letters.sum(axis=1) == 1).all() and np.abs(maps).max() > 0
    card = json.loads((folder / "explanation.json").read_text())
    assert card["method"] == "deepshap" and card["targets"] == ["regulatory_code"] * 4
    assert (folder / "logos-1.png").read_bytes().startswith(b"\x89PNG")


def test_two_runs_are_explained_by_their_mean(home, run_id, capsys):
    other = json.loads(call(capsys, *RUN, "--seed", "1", "--json")[1])["id"][:12]
    maps = []
    for runs in ([run_id], [other], [run_id, other]):
        words = ["explain", *runs, "--method", "saliency", "--number", "3", "--logos", "0"]
        assert call(capsys, *words, "--to", "some")[0] == 0
        maps.append(np.load(home / "some" / "shap.npz")["arr_0"])
    np.testing.assert_allclose(maps[2], (maps[0] + maps[1]) / 2, atol=1e-7)


def test_sequences_of_a_file_are_explained_where_they_lie(home, run_id, capsys):
    fasta = home / "two.fa"
    fasta.write_text(f">chr1:1000-1200\n{'ACGT' * 50}\n>chr1:1100-1300\n{'GATTACA' * 28}ACGT\n")
    words = ["explain", run_id, "--method", "saliency", "--sequences", str(fasta), "--to", "own"]
    assert call(capsys, *words)[0] == 0
    letters, maps = (np.load(home / "own" / f"{n}.npz")["arr_0"] for n in ("ohe", "shap"))
    contributions = (letters * maps).sum(axis=1)
    with pybigtools.open(str(home / "own" / "contributions.bw")) as reader:
        found = reader.values("chr1", 1000, 1300, fillna=None)
    np.testing.assert_allclose(found[:100], contributions[0, :100], rtol=1e-4, atol=1e-7)
    both = (contributions[0, 100:] + contributions[1, :100]) / 2
    np.testing.assert_allclose(found[100:200], both, rtol=1e-4, atol=1e-7)
    fasta.write_text(">short\nACGT\n")
    status, _, err = call(capsys, *words)
    assert status == 2 and "sequence short has 4 nucleotides, the model takes 200" in err
    for bad, said in (
        (["--method", "deepshop"], "nearest: deepshap"),
        (["--target", "9"], "no target '9'.*0 to 0"),
        (["--sequences", "none.fa"], "none.fa: no such file"),
        (["--method", "attention"], "has no attention layer"),
    ):
        status, out, err = call(capsys, "explain", run_id, "--number", "2", *bad)
        assert (status, out) == (2, "") and re.search(said, err), (bad, err)


def test_global_importance_is_found_with_nothing_but_a_run(home, run_id, capsys):
    words = ["gia", run_id, "--samples", "2", "--to", "importance"]
    status, out, err = call(capsys, *words)
    folder = home / "importance"
    names = ("motif", "necessity", "position", "copies", "spacing")
    assert status == 0 and f"gia {run_id}: " in err
    assert {path.name for path in folder.iterdir()} == {
        "gia.json", *(f"{name}.{ending}" for name in names for ending in ("csv", "png"))
    }  # fmt: skip
    card = json.loads((folder / "gia.json").read_text())
    assert card["run"].startswith(run_id) and card["target"] == "regulatory_code"
    motifs = [one["motif"] for one in card["analyses"][0]["findings"]]
    assert motifs[:5] == [
        "CEBPB MA0466.2", "Gabpa MA0062.2", "MAX MA0058.3", "SP1 MA0079.3", "YY1 MA0095.2",
    ] and len(motifs) == 55  # fmt: skip
    assert "SP1 MA0079.3" in out and all(f"importance/{name}.png" in out for name in names)


def test_global_importance_is_asked_for_in_a_file_or_by_options(home, run_id, capsys):
    fasta, spec = home / "nulls.fa", home / "own.yaml"
    fasta.write_text("".join(f">{n}\n{'ACGT' * 50}\n" for n in range(5)))
    spec.write_text("experiments:\n- {experiment: copies, name: many, most: 2, gap: 3}\n")
    words = ["gia", run_id, "--experiment", "motif", "--spec", str(spec), "--null", "real"]
    words += ["--sequences", str(fasta), "--motif", "TGASTCA", "--motif", "MA0079.3"]
    assert call(capsys, *words, "--samples", "3", "--to", "asked")[0] == 0
    card = json.loads((home / "asked" / "gia.json").read_text())
    assert [(one["name"], one["null"]) for one in card["analyses"]] == [
        ("motif", "real"), ("many", "real"),
    ]  # fmt: skip
    assert [one["motif"] for one in card["analyses"][0]["findings"]] == ["TGASTCA", "SP1 MA0079.3"]
    assert len(card["analyses"][1]["findings"]) == 4
    for bad, said in (
        (["--experiment", "spaces"], "no experiment is called 'spaces'; nearest: spacing"),
        (["--null", "nulls.fa"], "goes to --sequences, with --null real"),
        (["--null", "uniforn"], "nearest: uniform"),
        (["--motif", "TGAXTCA"], "letter 'X' at position 4"),
        (["--rule"], "states no rule: leave --rule out"),
        (["--target", "SP1"], "no target 'SP1'"),
        (["--spec", "none.yaml"], "none.yaml: no such file"),
        (["--sequences", "none.fa"], "none.fa: no such file"),
    ):
        status, out, err = call(capsys, "gia", run_id, "--to", "bad", *bad)
        assert (status, out) == (2, "") and re.search(said, err), (bad, err)
    assert not (home / "bad").exists()


def test_filters_of_a_run_are_tabled_written_and_drawn(home, run_id, capsys):
    words = ["filters", run_id, "--number", "300", "--to", "own-filters"]
    status, out, err = call(capsys, *words, "--motif", "SP1", "--protocol", "ghotra2021")
    assert status == 0 and "300 test sequences, 519 motifs of JASPAR2016" in err
    assert "layer motifs: 2 filters that see 19 nt, windows of 20" in out
    assert re.search(r"the task's motifs \(TPR\) +\d of 2", out)
    lines = (home / "own-filters" / "filters.csv").read_text().splitlines()
    assert len(lines) == 3 and lines[0].startswith("filter,consensus,columns,windows,motif,name")
    for name in re.findall(r"own-filters/(\S+)", out):
        assert (home / "own-filters" / name).is_file()
    for bad, said in (
        (["--protocol", "koo"], "no filter protocol is called 'koo'.*koo2021"),
        (["--database", "JASPAR2"], "JASPAR2: cannot be read as a MEME file"),
        (["--motif", "SP0"], "the database has no motif 'SP0'"),
        (["--layer", "motif"], "no layer 'motif'; nearest: motifs"),
        (["--layer", "9"], "2 convolutions, so no layer 9"),
        (["--target", "9"], "no target '9'"),
    ):
        status, out, err = call(capsys, *words, *bad)
        assert (status, out) == (2, "") and re.search(said, err), (bad, err)


def test_bad_words_for_modisco_are_refused_before_anything_runs(home, run_id, capsys, monkeypatch):
    for bad, said in (
        (["--method", "deepshop"], "nearest: deepshap"),
        (["--database", "none.meme"], "none.meme: cannot be read"),
        (["--target", "9"], "no target '9'"),
    ):
        status, out, err = call(capsys, "modisco", run_id, "--number", "2", *bad)
        assert (status, out) == (2, "") and re.search(said, err), (bad, err)
    monkeypatch.setattr("tfbs.extras.find_spec", lambda _: None)
    status, out, err = call(capsys, "modisco", run_id)
    assert (status, out) == (2, "") and "needs the extra modisco" in err


BAD = {
    "an unknown task": (
        ["run", "--task", "synthetic_cod", "--architecture", "cnn_local"],
        "'synthetic_cod'.*nearest: .*synthetic_code",
    ),
    "an unknown architecture": (
        ["run", "--task", "synthetic_code/small", "--architecture", "cnn_locl"],
        "no architecture is called 'cnn_locl'; nearest: cnn_local",
    ),
    "an unknown regime": (
        ["run", "--task", "synthetic_code/small", "--architecture", "cnn_local", "--regime", "pdg"],
        "no regime is called 'pdg'; nearest: pgd",
    ),
    "an unknown protocol": (
        ["run", "--task", "synthetic_code/small", "--architecture", "cnn_local",
         "--protocol", "full"],
        "no protocol is called 'full'; nearest: full-4, full-3, full-2",
    ),
    "a setting that does not exist": (
        [*RUN, "--set", "num_filter=3"],
        "has no setting 'num_filter'; nearest: num_filters",
    ),
    "a setting of the wrong type": (
        [*RUN[:5], "--set", "num_filters=many"],
        "num_filters='many' is not valid: input should be a valid integer",
    ),
    "a setting out of range": (
        [*RUN[:5], "--set", "dropout=1.5"],
        "dropout=1.5 is not valid: input should be less than 1",
    ),
    "a setting given twice": ([*RUN, "--set", "epochs=2"], "--set epochs is given twice"),
    "no architecture": (["run", "--task", "synthetic_code/small"], "--architecture is missing"),
    "a floor under attack": (
        ["run", "--task", "synthetic_code/small", "--architecture", "gc_logistic",
         "--regime", "pgd"],
        "fitted by scikit-learn: regime pgd does not apply",
    ),
    "a sequence too short for the architecture": (
        ["run", "--task", "synthetic_code/small", "--architecture", "cnn_local",
         "--set", "pool_size=150"],
        "cnn_local needs sequences of at least 300 nucleotides .*, the task has 200",
    ),
    "a missing record": (["run", "--from", "nowhere.json"], "nowhere.json: no such record"),
    "a record and settings": (
        ["run", "--from", "nowhere.json", "--task", "synthetic_code"],
        "no such record|--from takes everything from the record",
    ),
    "an unknown suite": (["suite", "quikstart"], "no suite is called 'quikstart'.*quickstart"),
    "an unknown verb": (["rnu"], "no verb is called 'rnu'; nearest: run"),
    "an unknown option": (["run", "--tsk", "x"], "No such option '?--tsk"),
    "a missing data file": (
        ["data", "build", "sequences", "--name", "x", "--input", "nowhere.tsv"],
        "nowhere.tsv",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_status_2(case, home, capsys):
    words, message = BAD[case]
    before = sorted(home.glob("data/*/*"))
    status, out, err = call(capsys, *words)
    assert status == 2 and not out
    assert re.search(message, err), err
    if err.startswith("error"):
        assert err.count("\n") == 1
    assert sorted(home.glob("data/*/*")) == before


def test_a_fault_of_ours_is_exit_status_1_with_a_hint(home, capsys, monkeypatch):
    def broken(*_):
        raise RuntimeError("out of cheese")

    monkeypatch.setattr("tfbs.benchmark.cli.list._LISTS", {"metrics": broken})
    status, _, err = call(capsys, "list", "metrics")
    assert status == 1
    assert err == "failed: RuntimeError: out of cheese (--debug shows more)\n"
    status, _, err = call(capsys, "--debug", "list", "metrics")
    assert status == 1 and "Traceback" in err


def test_tensorflow_says_nothing_on_stderr(home):
    done = subprocess.run(
        [sys.executable, "-m", "tfbs", *RUN, "--output", str(home / "other")],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONSAFEPATH": "1"},
        check=True,
    )
    lines = done.stderr.strip().splitlines()
    ours = ("synthetic_code/small cnn_local", "building: ", "mapping ", "next: ")
    assert lines and all(line.startswith(ours) for line in lines), lines
