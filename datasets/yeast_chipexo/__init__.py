"""Fifteen factors on every bin of the yeast genome, by ChIP-exo."""

from tfbs.datasets.catalogue import TASKS, TaskEntry

VERSION = "1.0.0"

TASKS.add(
    "yeast_chipexo",
    TaskEntry(
        dataset="yeast_chipexo",
        config="",
        version=VERSION,
        description="15 factors on every 200-bp bin of the yeast genome, with ATAC-seq",
        citation="Rossi et al. (2021), https://doi.org/10.1038/s41586-021-03314-8",
        builder="tfbs.datasets.yeast_chipexo.yeast_chipexo_dataset_builder:Builder",
        needs_files=True,
    ),
)
