"""The builder against TFDS's own tests of builders."""

from pathlib import Path

import pytest
import tensorflow_datasets as tfds

from tfbs.datasets.synthetic_grammar import law
from tfbs.datasets.synthetic_grammar.synthetic_grammar_dataset_builder import Builder


class SyntheticGrammarTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ("small",)
    SPLITS = {  # noqa: RUF012
        "train": 2_000,
        "valid": 400,
        "test": 400,
        "test_spacing": 400,
        "test_background": 400,
        "test_combinations": 400,
        "test_mutations": 400,
    }
    EXAMPLE_DIR = str(Path(__file__).parent)  # no dummy data: everything is drawn
    SKIP_TF1_GRAPH_MODE = True


@pytest.mark.parametrize("config", Builder.BUILDER_CONFIGS, ids=lambda config: config.name)
def test_every_config_is_described_and_its_splits_have_streams(config):
    assert config.description == law.CONFIGS[config.name]
    assert set(config.split_sizes) <= set(law.SPLITS)
