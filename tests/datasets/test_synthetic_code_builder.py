"""Collects the tests that stand beside their builder, where TFDS's layout wants them.

Collected from there, pytest would import the folder as `datasets` rather than `tfbs.datasets`.
"""

from tfbs.datasets.synthetic_code.synthetic_code_dataset_builder_test import (
    SyntheticCodeTest,
    test_every_config_is_described_and_split_70_10_20,
)

__all__ = ["SyntheticCodeTest", "test_every_config_is_described_and_split_70_10_20"]
