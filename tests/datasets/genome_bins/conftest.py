"""A genome of three chromosomes with peaks of two factors in two cell types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pybigtools
import pytest

from tfbs.datasets.alphabet import decode
from tfbs.datasets.genome_bins.inputs import Sources

LENGTHS = {"chr1": 30_000, "chr2": 20_000, "chr3": 12_000, "chr4": 9_000}


@pytest.fixture(scope="session")
def genome():
    rng = np.random.default_rng(0)
    return {name: rng.integers(0, 4, size).astype("uint8") for name, size in LENGTHS.items()}


def narrow_peak(path: Path, spans) -> Path:
    lines = (
        f"{name}\t{start}\t{end}\t.\t0\t.\t1\t-1\t-1\t{(end - start) // 3}"
        for name, start, end in spans
    )
    path.write_text("\n".join(lines) + "\n")
    return path


def spans_of(seed: int, names=tuple(LENGTHS), count: int = 12):
    rng = np.random.default_rng(seed)
    return [
        (name, int(start), int(start) + int(width))
        for name in names
        for start, width in zip(
            rng.integers(0, LENGTHS[name] - 400, count), rng.integers(80, 400, count), strict=True
        )
    ]


@pytest.fixture(scope="session")
def files(tmp_path_factory, genome) -> Sources:
    folder = tmp_path_factory.mktemp("genome")
    fasta = folder / "genome.fa"
    fasta.write_text("".join(f">{name}\n{decode(codes)}\n" for name, codes in genome.items()))
    peaks = {}
    for seed, pair in enumerate([("A", "k"), ("B", "k"), ("A", "h"), ("B", "h")]):
        peaks[pair] = narrow_peak(folder / f"{'_'.join(pair)}.narrowPeak", spans_of(seed))
    tracks = {}
    for cell in "kh":
        path = folder / f"{cell}.bw"
        values = [
            (name, start, start + 500, float(1 + index + (cell == "h")))
            for name in ("chr1", "chr2", "chr3")
            for index, start in enumerate(range(0, LENGTHS[name] - 600, 1000))
        ]
        pybigtools.open(str(path), "w").write(LENGTHS, values)
        tracks["ATAC", cell] = path
    exclude = folder / "exclude.bed"
    exclude.write_text("chr1\t5000\t5600\nchr3\t0\t300\n")
    return Sources(fasta, peaks, tracks=tracks, exclude=(exclude,))
