"""What is stored of a small build: the truth of every row, the ceilings, and the same again."""

from pathlib import Path

import numpy as np
import pytest

from tfbs.datasets.arrays import read_arrays
from tfbs.datasets.ceiling import expected_auroc
from tfbs.datasets.prepare import prepare
from tfbs.datasets.synthetic_grammar import law, rule
from tfbs.datasets.synthetic_grammar.composition import GROUPS, Law

SIZES = {"train": 20, "valid": 5, "test": 30, "test_confounder": 10}
LAW = Law(background="gc", confounding=2.0, noise=0.05)


def build(data_dir):
    """Returns the summary and splits of a tiny config of this builder."""
    from tfbs.datasets.synthetic_grammar.synthetic_grammar_dataset_builder import (
        Builder,
        SyntheticGrammarConfig,
    )

    config = SyntheticGrammarConfig(name="tiny", description="", law=LAW, split_sizes=SIZES)
    builder = Builder(config=config, data_dir=data_dir)
    folder = Path(builder.data_path)
    prepare(lambda: builder, folder, "tiny", lambda _: None)
    return read_arrays(folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("built"))


def test_every_row_carries_its_own_truth(built):
    _, splits = built
    assert {name: len(split) for name, split in splits.items()} == SIZES
    for name, split in splits.items():
        drawn = law.draw_grammar(LAW.shifted(name), SIZES[name], (7, law.SPLITS.index(name)))
        rows = [int(identifier.removeprefix(f"{name}_")) for identifier in split.ids]
        np.testing.assert_array_equal(split.sequence, drawn.sequence[rows])
        np.testing.assert_array_equal(split.label[:, 0], drawn.label[rows])
        np.testing.assert_array_equal(split.logit[:, 0], drawn.logit[rows])
        np.testing.assert_array_equal(split.importance, drawn.importance[rows])
        np.testing.assert_array_equal(split.information, drawn.information[rows])
        places = [tuple(one.place for one in drawn.instances[row]) for row in rows]
        assert split.placements.of(np.arange(len(split))) == places
        assert isinstance(split.importance, np.memmap)
        assert split.importance.dtype == split.logit.dtype == np.float32


def test_the_metadata_states_rule_law_effects_and_ceilings(built):
    metadata = built[0].metadata
    assert metadata["rule"]["bias"] == rule.BIAS
    assert metadata["rule"]["groups"] == [list(group) for group in GROUPS]
    assert metadata["law"]["test"]["confounding"] == 2.0
    assert metadata["law"]["test_confounder"]["confounding"] == 0.0
    assert set(metadata["effects"]) == {"draws", "motifs", "pairs"}
    for name, found in metadata["ceiling"].items():
        drawn = law.draw_grammar(LAW.shifted(name), SIZES[name], (7, law.SPLITS.index(name)))
        assert found["auroc"] == pytest.approx(expected_auroc(drawn.chance), abs=1e-6)
        assert found["auroc"] >= found["auroc_of_true_logit"]
        assert found["prevalence"] == pytest.approx(drawn.chance.mean(), abs=1e-6)


def test_a_second_build_is_the_same(built, tmp_path):
    assert build(tmp_path)[0].fingerprint == built[0].fingerprint
