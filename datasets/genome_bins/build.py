"""Makes a task of the user's genome and peaks."""

from __future__ import annotations

from pathlib import Path

from tfbs.datasets.genome_bins import VERSION
from tfbs.datasets.genome_bins.inputs import Sources, read_sources
from tfbs.datasets.genome_bins.layout import Layout
from tfbs.datasets.genome_bins.plan import Plan, make_plan
from tfbs.datasets.prepare import quiet_tfds
from tfbs.datasets.split import Progress
from tfbs.datasets.storage import default_data_dir
from tfbs.datasets.task import Task, silent
from tfbs.datasets.user_tasks import UserTask, check_name, keep_user_task


def build_genome_bins(
    name: str,
    sources: Sources,
    layout: Layout | None = None,
    *,
    data_dir: Path | None = None,
    overwrite: bool = False,
    workers: int | None = None,
    progress: Progress = silent,
) -> Task:
    """Returns the task `genome_bins/NAME`, made from the user's files and kept as a TFDS dataset.

    Everything but the tracks' values is read and checked before anything is written, and the
    result appears whole or not at all. The same content under the same name is left as it is.

    Args:
        name: Letters, digits, `_` and `-`, beginning with a letter.
        sources: The files.
        layout: How they become examples.
        data_dir: Where TFDS keeps its data; `default_data_dir()` by default.
        overwrite: Whether other content under this name may be replaced.
        workers: Processes that label; by default one per core, and none for a small genome.
        progress: Is told what happens, a line at a time.

    Raises:
        UserError: If the files cannot make a task, or the name is taken by other content.
    """
    check_name(name)
    layout = layout or Layout()
    plan = make_plan(read_sources(sources, layout, progress), layout)
    with quiet_tfds():
        from tfbs.datasets.genome_bins.genome_bins_dataset_builder import Builder, GenomeBinsConfig
    description = describe_plan(plan)
    config = GenomeBinsConfig(name=name, description=description, plan=plan, workers=workers)
    return keep_user_task(
        UserTask("genome_bins", name, VERSION, plan.metadata["content"], description),
        lambda workshop: Builder(config=config, data_dir=workshop),
        data_dir or default_data_dir(),
        overwrite=overwrite,
        progress=progress,
    )


def describe_plan(plan: Plan) -> str:
    """Returns one line on a genome task."""
    bins = sum(int(plan.grid_bins(name)[1].sum()) for name in plan.genome)
    cells = f" in {len(plan.cells)} cell types" if len(plan.cells) > 1 else ""
    factors = "factor" if len(plan.targets) == 1 else "factors"
    return (
        f"{len(plan.targets)} {factors}{cells} on {bins:,} bins of {plan.layout.bin} bp every "
        f"{plan.layout.step} bp, in {plan.layout.context} bp of context"
    )
