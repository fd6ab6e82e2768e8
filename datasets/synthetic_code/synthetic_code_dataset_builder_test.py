"""The builder against TFDS's own tests of builders."""

from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from tfbs.datasets.synthetic_code import law
from tfbs.datasets.synthetic_code.synthetic_code_dataset_builder import Builder


class SyntheticCodeTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ("small",)
    SPLITS = {"train": 2_800, "valid": 400, "test": 800}  # noqa: RUF012
    EXAMPLE_DIR = str(Path(__file__).parent)  # no dummy data: everything is drawn
    SKIP_TF1_GRAPH_MODE = True


@pytest.mark.parametrize("config", Builder.BUILDER_CONFIGS, ids=lambda config: config.name)
def test_every_config_is_described_and_split_70_10_20(config):
    """But for the medium one, which has round numbers: 6, 1 and 2 of nine."""
    total = sum(config.split_sizes.values())
    assert config.description == law.CONFIGS[config.name]
    if config.name == "medium":
        assert [9 * size // total for size in config.split_sizes.values()] == [6, 1, 2]
    else:
        assert [10 * size // total for size in config.split_sizes.values()] == [7, 1, 2]
