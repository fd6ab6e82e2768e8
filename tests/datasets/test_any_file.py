"""Whatever a file holds, readers return something or say in one line what is wrong with it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tfbs.benchmark.explain.big_wig import read_sizes
from tfbs.benchmark.record import read_record
from tfbs.benchmark.suite import read_suite
from tfbs.datasets.encode_dream.label_files import read_cells
from tfbs.datasets.genome_files import read_genome
from tfbs.datasets.interval_files import read_intervals
from tfbs.datasets.sequences.one_hot_files import read_one_hot
from tfbs.datasets.sequences.sequence_files import read_fasta
from tfbs.datasets.sequences.sequence_tables import read_table
from tfbs.datasets.sequences.simdata_files import read_simdata
from tfbs.datasets.tracks import read_track
from tfbs.errors import UserError

LENGTHS = {"chr1": 1000, "chr2": 50}
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
    "record.json": lambda path: read_record(path.parent),
    "suite.yaml": lambda path: read_suite(str(path)),
}

WORDS = st.sampled_from(
    [
        "chr1", "chr2", "chrUn", "0", "1", "-1", "7", "49", "1e9", "99999999999999999999", "nan",
        "inf", "-", ".", "+", "ACGT", "ACGTN", "acgu", "ACGX", "é", "\ufeff", "\x00", "", ">", ">a",
        ">a b", "#", "track", "browser", "sequence", "label", "seq", "Bound", "name", "B", "U", "A",
        "embeddings", "pos-3_ELF1", "start", "stop", "{", "}", "[", "]", ":", '"id"', "null", "- a",
        "name: x", "version: 1", "matrix:", "!!python/object:os.system", "&a", "*a", "2.5", '"',
    ]
)  # fmt: skip
LINES = st.lists(st.lists(WORDS, max_size=7), max_size=8)
TEXT = st.builds(
    lambda lines, separator, end: end.join(separator.join(line) for line in lines).encode(),
    LINES,
    st.sampled_from(["\t", " ", ",", ""]),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
)
CONTENT = st.one_of(TEXT, st.binary(max_size=60))


@pytest.mark.parametrize("name", READERS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=CONTENT, broken=st.booleans())
def test_a_reader_returns_or_says_what_is_wrong(name, tmp_path, content, broken):
    path: Path = tmp_path / name
    if name.endswith(".gz"):
        content = gzip.compress(content, mtime=0)
        content = content[: len(content) // 2] if broken else content
    path.write_bytes(content)
    try:
        READERS[name](path)
    except UserError as error:
        message = str(error)
        assert message and "\n" not in message.strip() and len(message) < 600
