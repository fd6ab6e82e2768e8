"""Collects the tests that stand beside their builder, where TFDS's layout wants them.

Collected from there, pytest would import the folder as `datasets` rather than `tfbs.datasets`.
"""

from tfbs.datasets.synthetic_density.synthetic_density_dataset_builder_test import (
    SyntheticDensityTest,
    test_every_config_is_described_and_split_40_30_30,
)

__all__ = ["SyntheticDensityTest", "test_every_config_is_described_and_split_40_30_30"]
