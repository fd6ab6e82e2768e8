"""The builder against TFDS's own tests of builders."""

from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from tfbs.datasets.synthetic_motifs import law
from tfbs.datasets.synthetic_motifs.synthetic_motifs_dataset_builder import Builder


class SyntheticMotifsTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ("small",)
    SPLITS = {"train": 4_200, "valid": 600, "test": 1_200}  # noqa: RUF012
    EXAMPLE_DIR = str(Path(__file__).parent)  # no dummy data: everything is drawn
    SKIP_TF1_GRAPH_MODE = True


@pytest.mark.parametrize("config", Builder.BUILDER_CONFIGS, ids=lambda config: config.name)
def test_every_config_is_described_and_split_70_10_20(config):
    total = sum(config.split_sizes.values())
    assert config.description == law.CONFIGS[config.name]
    assert [10 * size // total for size in config.split_sizes.values()] == [7, 1, 2]
