"""A small genome of the shape of the challenge: seven chromosomes, a factor in four cell types.

The factor binds where its motif stands and the cell is accessible.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pybigtools

from tfbs.datasets.alphabet import decode
from tfbs.datasets.encode_dream.hg19 import Reference

CHROMOSOMES = ("chr1", "chr2", "chr3", "chr8", "chr10", "chr11", "chr21")
LENGTHS = {name: 24_000 + 700 * index for index, name in enumerate(CHROMOSOMES)}
HELD_OUT = {"chr1", "chr8", "chr21"}
FACTOR = "EGR1"
RELATIVE = "CTCF"
"""Of the same family; binds at every other site."""
CELLS = ("GM12878", "H1-hESC", "HCT116", "MCF-7")
FINAL = "liver"
LEADERBOARD = "K562"
MOTIF = np.array([3, 2, 0, 1, 2, 3, 1, 0, 3, 3, 1, 2], "uint8")
SITES = 24
"""Motifs on each chromosome."""

EXCLUDED = ("chr2", 9_000, 9_600)


def genome() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Returns codes and the starts of motifs by chromosome."""
    rng = np.random.default_rng(7)
    codes, sites = {}, {}
    for name, length in LENGTHS.items():
        codes[name] = rng.integers(0, 4, length).astype("uint8")
        sites[name] = np.sort(rng.choice(np.arange(900, length - 900, 700), SITES, replace=False))
        for start in sites[name]:
            codes[name][start : start + len(MOTIF)] = MOTIF
    return codes, sites


def reference(codes: dict[str, np.ndarray]) -> Reference:
    md5 = {
        name: hashlib.md5(decode(own).encode(), usedforsecurity=False).hexdigest()
        for name, own in codes.items()
    }
    return Reference("a small genome", md5, LENGTHS)


def open_sites(cell: str, sites: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the sites that are accessible in a cell: two of three."""
    rng = np.random.default_rng(len(cell) + ord(cell[0]))
    return {name: own[rng.random(len(own)) < 0.67] for name, own in sites.items()}


def write_all(folder: Path) -> None:
    """Writes genome, exclusion list, peaks and DNase under the challenge's names."""
    codes, sites = genome()
    fasta = "".join(f">{name}\n{decode(own)}\n" for name, own in codes.items())
    (folder / "hg19.fa").write_text(fasta + ">chrY\nACGT\n")
    chromosome, start, end = EXCLUDED
    excluded = folder / "wgEncodeDacMapabilityConsensusExcludable.bed.gz"
    excluded.write_bytes(gzip.compress(f"{chromosome}\t{start}\t{end}\n".encode()))
    for cell in (*CELLS, LEADERBOARD, FINAL):
        own = open_sites(cell, sites)
        write_peaks(folder, FACTOR, cell, own)
        write_peaks(folder, RELATIVE, cell, {name: starts[::2] for name, starts in own.items()})
        values = [(name, int(s) - 150, int(s) + 160, 6.0) for name in LENGTHS for s in own[name]]
        pybigtools.open(str(folder / f"DNASE.{cell}.fc.signal.bigwig"), "w").write(LENGTHS, values)


def write_peaks(folder: Path, factor: str, cell: str, sites: dict[str, np.ndarray]) -> None:
    """Writes conservative and relaxed peaks; of held-out chromosomes under another name."""
    for kind, width, columns in (("conservative.train", 90, 10), ("relaxed", 160, 20)):
        lines = {False: [], True: []}
        for name, own in sites.items():
            for s in own:
                fields = [name, s - width, s + width, ".", 0, ".", 1, -1, -1, width + 6]
                fields += [0] * (columns - len(fields))
                lines[name in HELD_OUT].append("\t".join(map(str, fields)))
        path = folder / f"ChIPseq.{cell}.{factor}.{kind}.narrowPeak.gz"
        path.write_bytes(gzip.compress("\n".join(lines[False]).encode() + b"\n"))
        whole = folder / f"whole.{factor}.{cell}.{kind}.narrowPeak"
        whole.write_text("\n".join(lines[False] + lines[True]) + "\n")
