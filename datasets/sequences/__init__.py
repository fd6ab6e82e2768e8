"""Anybody's labelled sequences: FASTA, tables and one-hot HDF5 become tasks `sequences/NAME`."""

from tfbs.datasets.catalogue import FAMILIES, TaskFamily

VERSION = "1.0.0"

FAMILIES.add(
    "sequences",
    TaskFamily(
        dataset="sequences",
        version=VERSION,
        description="your own labelled sequences",
        build_command=(
            "tfbs data build sequences --name NAME "
            "(--input FILE | --positives FASTA --negatives FASTA|shuffle)"
        ),
        builder="tfbs.datasets.sequences.sequences_dataset_builder:Builder",
    ),
)
