"""`tfbs data build genome_bins`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from tfbs.datasets.options import DATA_DIR, say
from tfbs.errors import UserError

_PATH = click.Path(path_type=Path)

Value = TypeVar("Value")


@click.command("genome_bins", short_help="Your own genome and peaks, every bin.")
@click.option("--name", required=True, help="The task is called genome_bins/NAME afterwards.")
@click.option(
    "--genome", type=_PATH, required=True, help="FASTA (plain, gzip, bgzip) or 2bit of the genome."
)
@click.option(
    "--peaks",
    metavar="FACTOR[/CELL]=FILE",
    multiple=True,
    required=True,
    help="BED or narrowPeak, plain or gzip; once for each factor, or factor and cell type.",
)
@click.option(
    "--relaxed",
    metavar="FACTOR[/CELL]=FILE",
    multiple=True,
    help="A second, larger set of peaks: what it touches and the first does not bind is ambiguous.",
)
@click.option(
    "--tracks",
    metavar="NAME[/CELL]=FILE",
    multiple=True,
    help="bigWig, or BED of fragments whose coverage is taken; without CELL for every cell.",
)
@click.option(
    "--exclude", type=_PATH, multiple=True, help="BED of regions; bins that touch one are left out."
)
@click.option(
    "--folds",
    metavar="auto|dream|wilds|yeast|JSON",
    default="auto",
    show_default=True,
    help='Chromosomes of each split: a preset, or {"train": [...], "valid": [...], "test": [...]}.',
)
@click.option(
    "--hold-out-cell", metavar="CELL", multiple=True, help="Tested on only: split test_cell."
)
@click.option(
    "--hold-out-factor", metavar="FACTOR", multiple=True, help="Tested on only: split test_tf."
)
@click.option(
    "--withheld",
    metavar="A,B",
    default="",
    help="Chromosomes of which no peaks are known; found by themselves where a file has none but "
    "should have a hundred.",
)
@click.option("--bin", type=click.IntRange(min=1), default=200, show_default=True, help="In bp.")
@click.option("--step", type=click.IntRange(min=1), default=50, show_default=True, help="In bp.")
@click.option(
    "--context",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Width of the window around a bin that a model sees, in bp.",
)
@click.option(
    "--grid",
    type=click.Choice(["tiled", "dream"]),
    default="tiled",
    show_default=True,
    help="Every bin, or those of the ENCODE-DREAM challenge: 600 bp from the ends.",
)
@click.option(
    "--margin",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Base pairs without bins at both ends of each chromosome.",
)
@click.option(
    "--rule",
    type=click.Choice(["dream", "center", "any", "fraction"]),
    default="dream",
    show_default=True,
    help="When a bin is bound: see below.",
)
@click.option(
    "--fraction",
    type=float,
    default=0.5,
    show_default=True,
    help="Share of the bin, for --rule fraction.",
)
@click.option(
    "--track-scale",
    type=click.Choice(["log", "none"]),
    default="log",
    show_default=True,
    help="log(1 + x / mean), or values as they are.",
)
@click.option(
    "--rename",
    metavar="auto|FILE",
    help="Map names of chromosomes to the genome's: chr1 = chrI = I = 1, or by two columns.",
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes; by default one per core.")
@click.option("--overwrite", is_flag=True, help="Replace other content under this name.")
@DATA_DIR
def build_genome_bins_command(name: str, **options: Any) -> None:
    """Make a task of every bin of your own genome; `--task genome_bins/NAME` afterwards.

    \b
    tfbs data build genome_bins --name reb1 --genome sacCer3.fa.gz \\
        --peaks Reb1=Reb1.narrowPeak --peaks Abf1=Abf1.narrowPeak \\
        --tracks ATAC=atac.bw --exclude exclude.bed --folds yeast

    Rules: `dream` (ENCODE-DREAM: half of the bin or half of the peak, ambiguous where the relaxed
    set disagrees), `center` (a summit in the bin), `any` (1 bp), `fraction` (that share of the
    bin). A chromosome of which a file knows nothing by construction is unknown, never unbound.
    """  # noqa: D301
    from tfbs.datasets.chromosomes import read_renaming
    from tfbs.datasets.cli import show_built
    from tfbs.datasets.genome_bins.build import build_genome_bins
    from tfbs.datasets.genome_bins.inputs import Sources
    from tfbs.datasets.genome_bins.labels import LabelRule
    from tfbs.datasets.genome_bins.layout import Layout

    sources = Sources(
        genome=options["genome"],
        peaks=parse_pairs(options["peaks"], "--peaks", Path),
        relaxed=parse_pairs(options["relaxed"], "--relaxed", Path),
        tracks=parse_pairs(options["tracks"], "--tracks", Path),
        exclude=options["exclude"],
    )
    layout = Layout(
        bin=options["bin"],
        step=options["step"],
        context=options["context"],
        grid=options["grid"],
        margin=options["margin"],
        rule=LabelRule(options["rule"], options["fraction"]),
        folds=options["folds"],
        held_out_cells=options["hold_out_cell"],
        held_out_targets=options["hold_out_factor"],
        withheld=tuple(part for part in options["withheld"].split(",") if part),
        scale_tracks=options["track_scale"] == "log",
        renaming=read_renaming(options["rename"]) if options["rename"] else None,
    )
    task = build_genome_bins(
        name,
        sources,
        layout,
        data_dir=options["data_dir"],
        overwrite=options["overwrite"],
        workers=options["workers"],
        progress=say,
    )
    show_built(task)


def parse_pairs(
    values: tuple[str, ...], option: str, convert: Callable[[str], Value]
) -> dict[tuple[str, str], Value]:
    """Returns what `FACTOR[/CELL]=FILE` options say, by factor and cell.

    Args:
        values: As given.
        option: Its name, for errors.
        convert: Of the text behind the equals sign.

    Raises:
        UserError: If one has another form, or a pair stands twice.
    """
    pairs: dict[tuple[str, str], Value] = {}
    for value in values:
        key, equals, file = value.partition("=")
        name, _, cell = key.partition("/")
        if not equals or not name or not file or "/" in cell:
            raise UserError(f"{option} {value!r}: write NAME=FILE or NAME/CELL=FILE")
        if (name, cell) in pairs:
            raise UserError(f"{option} {key!r} is given twice")
        pairs[name, cell] = convert(file)
    return pairs
