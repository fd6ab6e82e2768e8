"""Collects the tests that stand beside their builder, where TFDS's layout wants them.

Collected from there, pytest would import the folder as `datasets` rather than `tfbs.datasets`.
"""

from tfbs.datasets.synthetic_grammar.synthetic_grammar_dataset_builder_test import (
    SyntheticGrammarTest,
    test_every_config_is_described_and_its_splits_have_streams,
)

__all__ = [
    "SyntheticGrammarTest",
    "test_every_config_is_described_and_its_splits_have_streams",
]
