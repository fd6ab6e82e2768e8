"""Every bin of anybody's genome: peaks on a FASTA or 2bit become tasks `genome_bins/NAME`."""

from tfbs.datasets.catalogue import FAMILIES, TaskFamily

VERSION = "1.0.0"

FAMILIES.add(
    "genome_bins",
    TaskFamily(
        dataset="genome_bins",
        version=VERSION,
        description="your own genome and peaks",
        build_command=(
            "tfbs data build genome_bins --name NAME --genome FASTA|2BIT --peaks FACTOR=FILE ..."
        ),
        builder="tfbs.datasets.genome_bins.genome_bins_dataset_builder:Builder",
    ),
)
