"""Whatever a file holds, readers return something or say in one line what is wrong with it."""

from __future__ import annotations

import copy
import gzip
import io
import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.benchmark.test_report import make_record

from tfbs.benchmark.explain.big_wig import read_sizes
from tfbs.benchmark.explain.gia.spec import read_experiments
from tfbs.benchmark.record import read_record
from tfbs.benchmark.suite import Suite, read_suite
from tfbs.benchmark.sweep.space import read_space
from tfbs.datasets.encode_dream.label_files import read_cells
from tfbs.datasets.genome_bins.folds import resolve_folds
from tfbs.datasets.genome_files import read_genome
from tfbs.datasets.interval_files import read_intervals
from tfbs.datasets.sequences.one_hot_files import read_one_hot
from tfbs.datasets.sequences.sequence_files import read_fasta
from tfbs.datasets.sequences.sequence_tables import read_table
from tfbs.datasets.sequences.simdata_files import read_simdata
from tfbs.datasets.tracks import read_track
from tfbs.errors import UserError
from tfbs.leaderboards.arrays_file import pack_arrays, unpack_arrays
from tfbs.leaderboards.external import read_external
from tfbs.leaderboards.manifest import read_manifest
from tfbs.leaderboards.safe_arrays import read_array
from tfbs.leaderboards.task_file import read_task_file
from tfbs.leaderboards.untrusted import Unusable
from tfbs.leaderboards.verdict import read_verdict
from tfbs.meme import read_meme

EXAMPLES = 40
"""Files that each reader is given; as many again for those with a good file to spoil."""
SLOW = 20.0
"""Seconds; a reader that takes longer hangs."""

LENGTHS = {"chr1": 1000, "chr2": 50}
MATRIX = {"name": "s", "version": 1, "description": "d", "matrix": [
    {"tasks": ["t"], "architectures": ["a", {"name": "b", "set": {"x": 1}}], "seeds": [0, 1]}],
    "claims": [{"says": "More.", "tasks": ["t"], "metrics": ["auroc"],
                "higher": {"architecture": "a"}, "than": {"architecture": "b"}}]}  # fmt: skip
SUITE = Suite.model_validate(MATRIX)


def read_space_of(path: Path):
    return read_space(path, {"x": 1.0, "y": 2})


def read_foreign_run(path: Path):
    return read_external(path.parent, SUITE, {}, path.parent)


READERS = {
    "a.fa": lambda path: read_fasta(path, 1),
    "a.fa.gz": lambda path: read_fasta(path, 0),
    "genome.fa": read_genome,
    "genome.2bit": read_genome,
    "a.bed": lambda path: read_intervals(path, LENGTHS),
    "a.narrowPeak.gz": lambda path: read_intervals(path, LENGTHS),
    "a.bedgraph": lambda path: read_track(path, LENGTHS),
    "a.bw": lambda path: read_track(path, LENGTHS),
    "a.tsv": read_table,
    "a.csv.gz": read_table,
    "a.simdata": read_simdata,
    "a.h5": read_one_hot,
    "labels.tsv": read_cells,
    "a.chrom.sizes": read_sizes,
    "a.meme": read_meme,
    "folds.json": lambda path: resolve_folds(path, LENGTHS),
    "record.json": lambda path: read_record(path.parent),
    "suite.yaml": lambda path: read_suite(str(path)),
    "space.yaml": read_space_of,
    "experiments.yaml": read_experiments,
    "run.json": read_foreign_run,
    "manifest.json": lambda path: read_manifest(path.parent),
    "verdict.json": read_verdict,
    "task.json": read_task_file,
    "a.npy": lambda path: read_array(path.read_bytes(), path.name),
    "a.npz": lambda path: unpack_arrays(path.read_bytes(), path.name),
}

SUITE_NAME = {"name": "s", "version": 1}
GOOD_JSON = {
    "folds.json": {"valid": ["chr1"], "test": ["chr2"], "train": []},
    "record.json": make_record(),
    "suite.yaml": MATRIX,
    "space.yaml": {"x": {"low": 1.0, "high": 2.0, "log": True}, "y": [1, 2], "z": None},
    "experiments.yaml": {"experiments": [
        {"experiment": "position", "motifs": ["MA0079.3"], "step": 5},
        {"experiment": "gc", "name": "gc-high", "shares": [1, 0.5], "sites": "drawn"}]},
    "run.json": {"task": "t", "seed": 0, "architecture": "net", "hyperparameters": {"x": 1},
                 "parameters": 5, "software": "mine"},
    "manifest.json": {"schema": 1, "suite": SUITE_NAME, "runs": ["0" * 64],
                      "entry": {"name": "N", "team": "T", "description": ""},
                      "files": {"runs/0/record.json": {"bytes": 1, "sha256": "0" * 64}}},
    "verdict.json": {"status": "agrees", "trust": "re-scored", "asked": "re-scored",
                     "suite": SUITE_NAME, "entry": None, "scores": {"a": [{"value": 0.5}]}},
    "task.json": {"schema": 2, "name": "t", "version": "1", "fingerprint": "0" * 64,
                  "protocol": "quick-1", "splits": {"test": 2}, "headlines": {"p": "auroc"},
                  "ceilings": {"auroc": 0.9}, "ceilings_version": 1,
                  "target_ceilings": {"JUN": 0.9}, "targets": ["JUN"],
                  "families": {"JUN": "bZIP"}, "arrays": "0" * 64},
}  # fmt: skip


def npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.arange(6, dtype="float32").reshape(2, 3))
    return stream.getvalue()


GOOD_BYTES = {
    "a.fa": b">a b\nACGTN\n>b\nAC\nGT\n",
    "a.fa.gz": b">a\nACGT\n",
    "genome.fa": b">chr1\nACGT\n>chr2\nAC\nGT\n",
    "a.bed": b"track name=x\nchr1\t10\t20\nchr2\t0\t50\n",
    "a.narrowPeak.gz": b"chr1\t10\t20\tp\t1\t.\t5.5\t5\t5\t4\n",
    "a.bedgraph": b"chr1\t0\t10\t1.5\nchr1\t10\t30\t2\n",
    "a.tsv": b"sequence\tlabel\nACGT\t1\nACGA\t0\n",
    "a.csv.gz": b"seq,label\nACGT,1\nACGA,-1\n",
    "a.simdata": b"seqName\tsequence\tembeddings\tx\ns0\tACGTACGT\tpos-3_ELF1-TAC\t1\n",
    "labels.tsv": b"chr\tstart\tstop\tA549\nchr1\t0\t200\tB\n",
    "a.chrom.sizes": b"chr1\t1000\nchr2\t50\n",
    "a.meme": b"MEME version 5\nALPHABET= ACGT\nMOTIF m M\n"
    b"letter-probability matrix: alength= 4 w= 2\n0.1 0.2 0.3 0.4\n1 0 0 0\n",
    "a.npy": npy(),
    "a.npz": pack_arrays({"a": np.arange(6, dtype="int8"), "b": np.ones((2, 2))}),
}

WORDS = st.sampled_from(
    [
        "chr1", "chr2", "chrUn", "0", "1", "-1", "7", "49", "1e9", "99999999999999999999", "nan",
        "inf", "-", ".", "+", "ACGT", "ACGTN", "acgu", "ACGX", "é", "\ufeff", "\x00", "", ">", ">a",
        ">a b", "#", "track", "browser", "sequence", "label", "seq", "Bound", "name", "B", "U", "A",
        "embeddings", "pos-3_ELF1", "start", "stop", "{", "}", "[", "]", ":", '"id"', "null", "- a",
        "name: x", "version: 1", "matrix:", "!!python/object:os.system", "&a", "*a", "2.5", '"',
        "2001-13-99", "? [a]", "<<", "!!float x", "MOTIF", "ALPHABET= ACGT", "MEME version 4",
        "letter-probability matrix:", "0.25", "experiments:", "x:", "low: 1", "²", "٣",
    ]
)  # fmt: skip
LINES = st.lists(st.lists(WORDS, max_size=7), max_size=8)
TEXT = st.builds(
    lambda lines, separator, end: end.join(separator.join(line) for line in lines).encode(),
    LINES,
    st.sampled_from(["\t", " ", ",", ""]),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
DEEP = st.sampled_from([b"[" * 3_000, b'{"a":' * 3_000, b"- " * 2_000 + b"a", b"9" * 5_000])
CONTENT = st.one_of(TEXT, st.binary(max_size=60), DEEP)
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), WORDS, st.just([]), st.just({}),
    st.just({"name": []}), st.just([[[]]]), st.just("x" * 5_000), st.just(10**30),
)  # fmt: skip


@st.composite
def cut_or_changed(draw, good: bytes) -> bytes:
    """A good file, of which pieces are cut out, doubled or overwritten."""
    found = bytearray(good)
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(found)))
        end = draw(st.integers(begin, min(len(found), begin + 12)))
        piece = st.one_of(st.just(b""), st.binary(max_size=4), WORDS.map(str.encode))
        found[begin:end] = draw(st.one_of(piece, st.just(bytes(found[begin:end]) * 2)))
    return bytes(found)


@st.composite
def with_something_odd(draw, good: dict) -> bytes:
    """A good JSON file, in which one value, whatever it holds, or one name is another."""
    value = copy.deepcopy(good)
    inside = value
    while True:
        key = draw(st.sampled_from(sorted(inside) if isinstance(inside, dict) else
                                   range(len(inside))))  # fmt: skip
        if not isinstance(inside[key], dict | list) or not inside[key] or draw(st.booleans()):
            break
        inside = inside[key]
    if isinstance(inside, dict) and draw(st.integers(0, 3)) == 0:
        inside[draw(WORDS)] = inside.pop(key)
    else:
        inside[key] = draw(ODD)
    return json.dumps(value).encode()


def spoilt(name: str) -> st.SearchStrategy[bytes]:
    """Files of a kind that are nearly good."""
    return with_something_odd(GOOD_JSON[name]) if name in GOOD_JSON else cut_or_changed(
        GOOD_BYTES[name]
    )  # fmt: skip


def read_or_refuse(name: str, folder: Path, content: bytes) -> bool:
    """Writes a file and reads it; returns whether it was taken."""
    path = folder / name
    path.write_bytes(content)
    started = time.monotonic()
    try:
        READERS[name](path)
    except (UserError, Unusable) as error:
        message = str(error)
        assert message and "\n" not in message.strip() and len(message) < 600
        return False
    finally:
        assert time.monotonic() - started < SLOW
    return True


MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("name", READERS)
@MANY
@given(content=CONTENT, broken=st.booleans())
def test_a_reader_returns_or_says_what_is_wrong(name, tmp_path, content, broken):
    if name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
        content = content[: len(content) // 2] if broken else content
    read_or_refuse(name, tmp_path, content)


def packed(name: str, content: bytes) -> bytes:
    return gzip.compress(content, mtime=0) if name.endswith(".gz") else content


@pytest.mark.parametrize("name", [*GOOD_JSON, *GOOD_BYTES])
@MANY
@given(data=st.data())
def test_a_good_file_that_was_spoilt_is_read_or_refused(name, tmp_path, data):
    read_or_refuse(name, tmp_path, packed(name, data.draw(spoilt(name))))


@pytest.mark.parametrize("name", [*GOOD_JSON, *GOOD_BYTES])
def test_what_is_spoilt_was_good(name, tmp_path):
    good = GOOD_BYTES.get(name) or json.dumps(GOOD_JSON.get(name)).encode()
    taken = read_or_refuse(name, tmp_path, packed(name, good))
    assert taken or name in ("run.json", "folds.json")  # of no task, and with an empty split
