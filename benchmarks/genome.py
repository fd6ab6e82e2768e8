"""What genome tasks cost: `python benchmarks/genome.py`.

Training on windows cut on the fly against windows in memory, and labelling bins against `bedtools
intersect` (Debian's package), which must find as many bound; before them, bytes of the stored
sequence against materialised windows. On a random genome of 4 Mb with a peak every 10 kb; with
`--source` on `yeast_chipexo`, with `--peaks`, `--genome-sizes` and `--chromosomes` labelling also
on a large chromosome. Two threads.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import numpy as np
from paired import compared, leave_out, say
from steps import batches_of, built, stepping, trainer_of

THREADS = 2
BIN, STEP = 200, 50
CHROMOSOMES, MEGABASES, PEAK_EVERY = ("chr1", "chr2", "chr3", "chr4"), 1, 10_000
STEPS = 32
LEAST = 0.95
"""Of the speed that is left."""


@click.command(help=__doc__)
@click.option("--source", type=click.Path(path_type=Path), help="Public files of yeast_chipexo.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Where tasks are prepared.")
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
@click.option("--peaks", type=click.Path(path_type=Path), help="narrowPeak of a larger genome.")
@click.option("--genome-sizes", type=click.Path(path_type=Path), help="Its chromosomes' lengths.")
@click.option("--chromosomes", default="chr10", show_default=True, help="Which, with commas.")
def main(
    source: Path | None,
    data_dir: Path | None,
    repetitions: int,
    peaks: Path | None,
    genome_sizes: Path | None,
    chromosomes: str,
) -> None:
    """Prints one line per figure."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    from tfbs.datasets.task import load_task

    with tempfile.TemporaryDirectory() as name:
        if source:
            task = load_task("yeast_chipexo", data_dir, source=source, progress=print)
            calls = sorted(source.rglob("Sua7_CX.bed"))[0]
        else:
            data_dir = Path(name)
            task, calls = random_task(data_dir)
        storage(task, data_dir)
        feeding(task, repetitions)
        labelling(task.name, calls, _lengths(task), repetitions)
    if peaks and genome_sizes:
        rows = (line.split("\t")[:2] for line in genome_sizes.read_text().splitlines())
        sizes = {name: int(size) for name, size in rows if name in chromosomes.split(",")}
        labelling(chromosomes, peaks, sizes, repetitions)


def random_task(folder: Path):
    """Returns a task of a random genome, and the path of its peaks."""
    from tfbs.datasets.alphabet import BASES
    from tfbs.datasets.genome_bins.build import build_genome_bins
    from tfbs.datasets.genome_bins.inputs import Sources

    rng = np.random.default_rng(0)
    genome, peaks = folder / "genome.fa", folder / "peaks.bed"
    letters = np.frombuffer(BASES.encode(), "S1")
    size = MEGABASES * 1_000_000
    with genome.open("w") as fasta, peaks.open("w") as bed:
        for chromosome in CHROMOSOMES:
            text = letters[rng.integers(0, 4, size)].tobytes().decode()
            fasta.write(f">{chromosome}\n{text}\n")
            for start in np.sort(rng.integers(0, size - BIN, size // PEAK_EVERY)):
                bed.write(f"{chromosome}\t{start}\t{start + BIN}\n")
    sources = Sources(genome=genome, peaks={("factor", ""): peaks})
    return build_genome_bins("random", sources, data_dir=folder), peaks


def storage(task, data_dir: Path | None) -> None:
    """Compares what is stored of the sequence with one byte per letter of every window."""
    from tfbs.datasets.storage import default_data_dir, version_folder

    folder = version_folder(data_dir or default_data_dir(), task.dataset, task.config, task.version)
    mapped = sum(path.stat().st_size for path in folder.rglob("*-codes.npy"))
    records = sum(path.stat().st_size for path in folder.glob("*.tfrecord*"))
    windows = sum(len(split) for split in task.splits.values()) * task.length
    print(f"bytes of the mapped sequence / of windows: {mapped / windows:.4f} ({mapped:,})")
    print(
        f"bytes of that and of all records (labels and tracks too) / of windows: "
        f"{(mapped + records) / windows:.4f} ({mapped + records:,} of {windows:,})"
    )


def feeding(task, repetitions: int) -> None:
    """Compares training on windows cut on the fly with training on windows in memory."""
    from tfbs.datasets.split import Split

    lazy = task.splits["train"]
    memory = Split(lazy.ids, np.ascontiguousarray(lazy.sequence[:]), np.asarray(lazy.label))
    takes = []
    for split in (memory, lazy):
        model = built("siamese_cnn", task.length, len(task.targets), {"context": 220})
        takes.append(stepping(trainer_of(model), batches_of(model, split)))
    from_memory, cut = takes
    found = compared(lambda: from_memory(STEPS), lambda: cut(STEPS), repetitions)
    what = f"siamese_cnn, {task.length:,} nucleotides: training speed, windows on the fly"
    say(f"{what} / in memory", found, found.wanted(least=LEAST))


def _lengths(task) -> dict[str, int]:
    """Returns a length for each chromosome that ends with its last bin."""
    sizes: dict[str, int] = {}
    for split in task.splits.values():
        grid = split.grid
        for chromosome, start, count in grid.runs:
            end = int(start + (count - 1) * grid.step + grid.bin)
            name = grid.chromosomes[chromosome]
            sizes[name] = max(sizes.get(name, 0), end)
    return sizes


def labelling(name: str, peaks: Path, sizes: dict[str, int], repetitions: int) -> None:
    """Compares labels made by us and by bedtools: bound where a peak touches it.

    Both read the same peaks; the bins are a file for bedtools, sorted so that it can sweep, and
    step and width for us. Its counts are thrown away, our labels stay in memory.
    """
    if shutil.which("bedtools") is None:
        leave_out("bedtools is not installed (Debian: apt install bedtools)")
    from tfbs.datasets.genome_bins.labels import LabelRule, label_bins
    from tfbs.datasets.interval_files import read_intervals

    rule = LabelRule("any")
    starts = {name: np.arange(0, length - BIN + 1, STEP) for name, length in sorted(sizes.items())}
    with tempfile.TemporaryDirectory() as folder:
        bins, bed = Path(folder) / "bins.bed", Path(folder) / "peaks.bed"
        with bins.open("w") as file:
            for chromosome, own in starts.items():
                file.writelines(f"{chromosome}\t{s}\t{s + BIN}\n" for s in own.tolist())
        known = _write_peaks(peaks, sizes, bed)

        def label() -> int:
            found = read_intervals(bed, sizes).chromosomes
            return sum(
                int(
                    (
                        label_bins((own, own + BIN), found.get(c), None, rule, has_relaxed=False)
                    ).sum()
                )
                for c, own in starts.items()
            )

        command = ["bedtools", "intersect", "-sorted", "-u", "-a", bins, "-b", bed]
        theirs = subprocess.run(command, capture_output=True, check=True).stdout.count(b"\n")
        if label() != theirs:
            sys.exit(f"{name}: {label():,} bound bins, bedtools finds {theirs:,}")
        found = compared(
            label,
            lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True),
            repetitions,
        )
    bins = sum(map(len, starts.values()))
    what = f"labelling {bins:,} bins of {name} by {known:,} peaks"
    say(f"{what}, tfbs / bedtools", found, f"{theirs:,} bound by both")


def _write_peaks(path: Path, sizes: dict[str, int], bed: Path) -> int:
    """Writes the distinct peaks on these chromosomes, under their names, sorted."""
    from tfbs.datasets.chromosomes import AUTO
    from tfbs.datasets.interval_files import read_intervals

    found = read_intervals(path, sizes, AUTO).chromosomes
    lines = [
        f"{name}\t{start}\t{end}\n"
        for name in sorted(found)
        for start, end in zip(found[name].starts, found[name].ends, strict=True)
    ]
    bed.write_text("".join(lines))
    return len(lines)


if __name__ == "__main__":
    main()
