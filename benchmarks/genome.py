"""What genome tasks cost: `python benchmarks/genome.py --source DIR`.

Stored sequence against materialised windows, training on windows cut on the fly against windows in
memory, and labelling against `bedtools intersect`, all on `yeast_chipexo`; with `--peaks`,
`--genome-sizes` and `--chromosomes` the last also on a large chromosome. Needs bedtools (Debian's
package).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
import numpy as np
from paired import paired, seconds

THREADS = 2
BIN, STEP = 200, 50


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

    task = load_task("yeast_chipexo", data_dir, source=source, progress=print)
    storage(task, data_dir)
    if source:
        calls = sorted(source.rglob("Sua7_CX.bed"))[0]
        labelling("yeast", calls, _lengths(task), repetitions)
    if peaks and genome_sizes:
        rows = (line.split("\t")[:2] for line in genome_sizes.read_text().splitlines())
        sizes = {name: int(size) for name, size in rows if name in chromosomes.split(",")}
        labelling(chromosomes, peaks, sizes, repetitions)
    feeding(task, repetitions)


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

    def speed(train) -> float:
        return _train(train, task)

    for split in (lazy, memory):  # compile and warm the caches
        speed(split)
    ratio, first, second = paired(lambda: speed(lazy), lambda: speed(memory), repetitions)
    print(
        f"training speed, windows on the fly / in memory: {ratio} "
        f"(medians {first:,.0f} and {second:,.0f} examples per second)"
    )
    read, cut = (
        paired(
            lambda: seconds(lambda: _read(lazy)),
            lambda: seconds(lambda: _read(memory)),
            repetitions,
        )[0],
        len(lazy),
    )
    print(f"reading {cut:,} windows in batches alone, time on the fly / in memory: {read}")


def _train(train, task) -> float:
    import keras

    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES
    from tfbs.benchmark.training.fit import fit

    keras.utils.set_random_seed(0)
    model = ARCHITECTURES["siamese_cnn"].build(task.length, len(task.targets), {"context": 220})
    standard = REGIMES["standard"]
    procedure = standard.make(standard.resolve("standard", {"epochs": 1}))
    valid = task.splits["valid"]
    return fit(model, procedure, train, valid, 0, lambda *_: None).examples_per_second


def _read(split) -> int:
    order = np.random.default_rng(0).permutation(len(split))
    return sum(
        int(split.sequence[order[start : start + 256]].sum()) for start in range(0, len(order), 256)
    )


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
        sys.exit("bedtools is not installed (Debian: apt install bedtools)")
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
        ratio, first, second = paired(
            lambda: seconds(label),
            lambda: seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)),
            repetitions,
        )
    print(
        f"labelling {sum(map(len, starts.values())):,} bins of {name} by {known:,} peaks, time / "
        f"bedtools intersect: {ratio} (medians {first:.3g} s and {second:.3g} s, {theirs:,} bound)"
    )


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
