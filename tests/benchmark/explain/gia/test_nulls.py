"""Null sequences: what each model keeps of the real ones."""

from __future__ import annotations

import numpy as np
import pytest

from tfbs.benchmark.explain.gia.nulls import NULLS, Source, make_nulls
from tfbs.datasets.alphabet import UNKNOWN
from tfbs.datasets.dinucleotide_shuffle import dinucleotide_counts
from tfbs.errors import UserError

LENGTH, REAL = 30, 12


def gc(codes: np.ndarray) -> np.ndarray:
    return np.isin(codes, (1, 2)).sum(axis=1).astype(float)


@pytest.fixture(scope="module")
def source():
    rng = np.random.default_rng(0)
    share = np.linspace(0.1, 0.9, REAL)[:, None]
    strong = rng.random((REAL, LENGTH)) < share
    codes = np.where(strong, rng.integers(1, 3, strong.shape), 3 * rng.integers(0, 2, strong.shape))
    codes[:, 4] = 2  # always G
    return Source(codes.astype("uint8"), gc)


@pytest.mark.parametrize("name", list(NULLS))
class TestEveryNullModel:
    def test_gives_so_many_known_letters_and_the_seed_decides(self, source, name):
        found = make_nulls(name, source, 25, 1)
        assert found.shape == (25, LENGTH) and found.dtype == np.uint8 and found.max() < UNKNOWN
        assert np.array_equal(found, make_nulls(name, source, 25, 1))
        assert not np.array_equal(found, make_nulls(name, source, 25, 2))

    def test_has_a_line_of_description(self, source, name):
        assert (NULLS[name].__doc__ or "").partition("\n")[0].endswith(".")

    def test_fills_unknown_letters(self, source, name):
        unknown = source.real.copy()
        unknown[:, ::3] = UNKNOWN
        assert make_nulls(name, Source(unknown, gc), 8, 0).max() < UNKNOWN


def owners(source, found, key):
    """For each null sequence, which real sequences have the same key."""
    real = [key(row).tobytes() for row in source.real]
    return [[i for i, own in enumerate(real) if own == key(row).tobytes()] for row in found]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("mononucleotide_shuffle", np.sort),
        ("dinucleotide_shuffle", dinucleotide_counts),
        ("real", lambda row: row),
    ],
)
def test_each_null_sequence_is_of_a_real_one_and_all_are_used(source, name, key):
    found = make_nulls(name, source, 2 * REAL, 0)
    counted = owners(source, found, key)
    assert all(counted)
    assert {i for own in counted for i in own} == set(range(REAL))


def test_a_shuffle_is_not_the_sequence(source):
    for name in ("mononucleotide_shuffle", "dinucleotide_shuffle"):
        found = make_nulls(name, source, REAL, 0)
        assert not any((row == source.real).all(axis=1).any() for row in found)


def test_the_profile_keeps_what_each_position_is(source):
    """Position 4 is G in all 12: with one of each letter added, 13 of 16."""
    found = make_nulls("profile", source, 4000, 0)
    share = (found[:, 4] == 2).mean()
    assert share == pytest.approx(13 / 16, abs=4 * np.sqrt(13 / 16 * 3 / 16 / 4000))


def test_uniform_letters_are_uniform(source):
    counts = np.bincount(make_nulls("uniform", source, 400, 0).ravel())
    assert counts == pytest.approx(3000, abs=4 * np.sqrt(3000 * 0.75))


def test_quartiles_are_told_apart_by_the_output(source):
    limits = np.sort(gc(source.real)).reshape(4, 3)
    for number in range(4):
        found = gc(make_nulls(f"quartile_{number + 1}", source, 9, 0))
        assert found.min() >= limits[number].min() and found.max() <= limits[number].max()


def test_too_few_sequences_for_a_quartile_are_refused(source):
    with pytest.raises(UserError, match="3 sequences have no quartile 4: give at least 4"):
        make_nulls("quartile_4", Source(source.real[:3], gc), 5, 0)
