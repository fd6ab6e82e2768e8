"""Collects the tests that stand beside their builder, where TFDS's layout wants them.

Collected from there, pytest would import the folder as `datasets` rather than `tfbs.datasets`.
"""

from tfbs.datasets.synthetic_motifs.synthetic_motifs_dataset_builder_test import (
    SyntheticMotifsTest,
    test_every_config_is_described_and_split_70_10_20,
)

__all__ = ["SyntheticMotifsTest", "test_every_config_is_described_and_split_70_10_20"]
