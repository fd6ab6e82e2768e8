"""Splits that are not given are cut without leaks, and the same every time."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfbs.datasets.alphabet import encode, reverse_complement
from tfbs.datasets.sequences.examples import (
    add_shuffled_negatives,
    canonical,
    concatenate,
    make_examples,
    with_unique_ids,
)
from tfbs.datasets.sequences.lengths import fit_length
from tfbs.datasets.sequences.splits import Splitting, cut_splits
from tfbs.errors import UserError


def random_examples(count, length=20, seed=0, chromosomes=None):
    rng = np.random.default_rng(seed)
    sequences = list(rng.integers(0, 4, (count, length)).astype(np.uint8))
    return make_examples(
        [f"s{i}" for i in range(count)], sequences, rng.integers(0, 2, count), chromosomes
    )


def cut(pool, missing=("valid", "test"), fitted=None, **splitting):
    return cut_splits(pool, fitted or pool.sequences, missing, Splitting(**splitting))


def shares(splits):
    return {split: float((splits == split).mean()) for split in ("train", "valid", "test")}


def test_by_sequence_seven_one_two():
    splits, rule = cut(random_examples(5_000))
    assert shares(splits) == pytest.approx({"train": 0.7, "valid": 0.1, "test": 0.2}, abs=0.025)
    assert rule.startswith("by hash of the sequence")


def test_only_missing_splits_are_cut():
    splits, _ = cut(random_examples(5_000), missing=("valid",))
    assert shares(splits) == pytest.approx({"train": 0.9, "valid": 0.1, "test": 0}, abs=0.02)


def test_the_seed_decides_and_the_order_of_the_file_does_not():
    pool = random_examples(300)
    backwards = make_examples(pool.ids[::-1], pool.sequences[::-1], pool.labels[::-1])
    first, again, other = cut(pool)[0], cut(backwards)[0][::-1], cut(pool, seed=1)[0]
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


@settings(max_examples=30)
@given(st.lists(st.text("ACGT", min_size=1, max_size=6), min_size=1, max_size=60), st.booleans())
def test_equal_sequences_of_either_strand_stay_together(letters, fit):
    """Before and after they are fitted to one length."""
    sequences = [encode(text) for text in letters]
    sequences += [reverse_complement(sequence) for sequence in sequences[::2]]
    pool = make_examples([str(i) for i in range(len(sequences))], sequences, [1] * len(sequences))
    fitted = [fit_length(sequence, 3) for sequence in sequences] if fit else sequences
    splits, _ = cut(pool, fitted=fitted)
    sides = defaultdict(set)
    for before, after, split in zip(sequences, fitted, splits, strict=True):
        sides["before", canonical(before)].add(split)
        sides["after", canonical(after)].add(split)
    assert all(len(side) == 1 for side in sides.values())


def test_a_made_negative_goes_where_its_positive_goes():
    positives = random_examples(400)
    positives.labels[:] = 1
    both = add_shuffled_negatives(positives, seed=3)
    assert both.labels.sum() == 400
    assert both.ids[400] == "s0_shuffled"
    splits, _ = cut(both)
    assert splits[:400].tolist() == splits[400:].tolist()


def test_parents_survive_concatenation():
    positives = random_examples(3)
    both = concatenate([random_examples(2), add_shuffled_negatives(positives, 0)])
    assert both.parents.tolist() == [-1, -1, -1, -1, -1, 2, 3, 4]


NAMES = [f"chr{i}" for i in range(1, 23)]


def test_a_positive_without_another_arrangement_gets_no_negative():
    positives = make_examples(
        ["one_letter", "varied"],
        [encode("A" * 30), encode("ACGTTGCAACGGTTACAGTCATTCGACTGA")],
        np.ones((2, 1)),
    )
    both = add_shuffled_negatives(positives, 0)
    assert both.ids == ["one_letter", "varied", "varied_shuffled"]
    assert both.labels.ravel().tolist() == [1, 1, 0]
    assert both.parents.tolist()[-1] == 1


def test_by_chromosome_the_usual_hold_out_where_it_is_big_enough():
    pool = random_examples(3_300, chromosomes=NAMES * 150)
    splits, rule = cut(pool)
    for chromosome, split in zip(pool.chromosomes, splits, strict=True):
        expected = {"chr1": "test", "chr8": "test", "chr21": "test", "chr11": "valid"}
        assert split == expected.get(chromosome, "train")
    assert rule == "by chromosome: test chr1,chr8,chr21; valid chr11"


def test_by_chromosome_those_of_the_usual_hold_out_that_there_are():
    pool = random_examples(3_150, chromosomes=NAMES[1:] * 150)
    assert cut(pool)[1] == "by chromosome: test chr8,chr21; valid chr11"


def test_by_chromosome_grouped_where_the_usual_ones_are_absent():
    yeast = ["chrI", "chrII", "chrIII", "chrIV", "chrV"]
    pool = random_examples(1_000, chromosomes=yeast * 200)
    splits, rule = cut(pool)
    sides = defaultdict(set)
    for chromosome, split in zip(pool.chromosomes, splits, strict=True):
        sides[chromosome].add(str(split))
    assert all(len(side) == 1 for side in sides.values())
    assert shares(splits) == pytest.approx({"train": 0.6, "valid": 0.2, "test": 0.2})
    assert rule.startswith("by chromosome: test chr")
    seeds = {cut(pool, seed=seed)[1] for seed in range(10)}
    assert len(seeds) > 1


def test_chosen_chromosomes_are_held_out():
    pool = random_examples(440, chromosomes=NAMES * 20)
    splits, _ = cut(pool, test_chromosomes=("chr2",), valid_chromosomes=("chr3", "chr4"))
    chromosomes = np.array(pool.chromosomes)
    assert set(chromosomes[splits == "test"]) == {"chr2"}
    assert set(chromosomes[splits == "valid"]) == {"chr3", "chr4"}


def test_without_coordinates_everywhere_the_sequence_decides():
    pool = random_examples(100, chromosomes=[*NAMES[:9] * 11, None])
    assert cut(pool)[1].startswith("by hash")


def test_one_chromosome_cannot_be_divided():
    pool = random_examples(100, chromosomes=["chr1"] * 100)
    assert cut(pool)[1].startswith("by hash")
    with pytest.raises(UserError, match="cannot split by chromosome: 1 in the data, 3 needed"):
        cut(pool, by="chromosome")


@pytest.mark.parametrize(
    ("splitting", "missing", "message"),
    [
        ({"by": "chromosome", "test_chromosomes": ("chrZ",)}, ("valid", "test"), "'chrZ'"),
        ({"test_chromosomes": ("chr1",)}, ("valid",), "the test split is given"),
        (
            {"test_chromosomes": ("chr1",), "valid_chromosomes": ("chr1",)},
            ("valid", "test"),
            "'chr1' is chosen for both",
        ),
        ({"by": "sequence", "test_chromosomes": ("chr1",)}, ("test",), "cannot be by sequence"),
    ],
)
def test_a_choice_that_cannot_be_met_is_refused(splitting, missing, message):
    pool = random_examples(220, chromosomes=NAMES * 10)
    with pytest.raises(UserError, match=message):
        cut(pool, missing=missing, **splitting)


def test_by_chromosome_needs_coordinates():
    with pytest.raises(UserError, match="'s0' carries no coordinates"):
        cut(random_examples(10), by="chromosome")


def test_ids_become_unique():
    assert with_unique_ids(["a", "b", "a", "a#2", "a"]) == ["a", "b", "a#3", "a#2", "a#4"]


def test_by_chromosome_training_is_left_with_enough():
    """All data on the usual hold-outs: holding them all out would leave nothing to train on."""
    pool = random_examples(2_000, chromosomes=["chr1", "chr8", "chr21", "chr11"] * 500)
    splits, _ = cut(pool)
    assert min(shares(splits).values()) > 0.2
