"""Consistency of maps against a plain, slow reading of the definitions."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from tfbs.benchmark.evaluation.attribution_consistency import (
    BOXES,
    WORD,
    coordinates,
    direction_divergence,
    direction_mass,
    measure_consistency,
    word_counts,
    word_divergence,
)


def plain_divergence(maps, basis):
    """Box by box and point by point."""
    points = []
    for own in maps.astype(float):
        own = own - own.mean(axis=1, keepdims=True)
        own = own / sum(math.sqrt((column**2).sum()) for column in own)
        length = len(own)
        for place in range(length):
            a, c, g, t = sum(own[(place + step) % length] for step in range(3))
            second = -a / 2 - c / 2 + (g if basis == "corrected" else 0)
            points.append(
                (
                    (c - a) / math.sqrt(2),
                    math.sqrt(2 / 3) * second,
                    math.sqrt(3 / 4) * (t - (a + c + g) / 3),
                )
            )
    radii = [math.dist(point, (0, 0, 0)) for point in points]
    cutoff = sorted(radii)[-int(0.1 * len(radii))]
    density = np.zeros((31, 31))
    for (x, y, z), radius in zip(points, radii, strict=True):
        if radius > cutoff:
            azimuth = (math.atan2(z, y) + math.pi) / 2
            polar = math.acos(x / radius)
            density[min(int(azimuth / 0.1), 30), min(int(polar / 0.1), 30)] += radius**2
    density /= density.sum()
    total = 0.0
    for i in range(1, 30):
        for j in range(1, 30):
            near = [
                density[i + di, j + dj]
                for di in range(-3, 3)
                for dj in range(-3, 3)
                if 0 < i + di < 31 and 0 < j + dj < 31
            ]
            if density[i, j] > 0:
                total += density[i, j] * math.log(density[i, j] / np.mean(near))
    return total


@pytest.mark.parametrize("basis", ["paper", "corrected"])
def test_directions_diverge_as_in_a_plain_reading(basis):
    maps = np.random.default_rng(0).normal(size=(30, 50, 4))
    found = direction_divergence(direction_mass(maps, basis).sum(axis=0))
    assert found == pytest.approx(plain_divergence(maps, basis))


def test_the_corrected_axes_are_orthonormal_and_the_published_ones_lack_a_term():
    axes = coordinates("corrected")
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(axes.sum(axis=1), 0, atol=1e-12)
    gone = coordinates("corrected") - coordinates("paper")
    assert np.count_nonzero(gone) == 1 and gone[1, 2] == pytest.approx(math.sqrt(2 / 3))


def test_maps_with_one_motif_are_more_consistent_than_noise():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(300, 40, 4))
    motif = noise.copy()
    motif[:, 4:9] += 5 * rng.normal(size=(5, 4))
    for basis in ("paper", "corrected"):
        found = [
            direction_divergence(direction_mass(maps, basis).sum(axis=0)) for maps in (noise, motif)
        ]
        assert found[1] > 1.3 * found[0]


def test_intervals_are_around_their_values(examples_of, linear_network):
    maps = np.random.default_rng(0).normal(size=(60, 12, 4))
    for m in measure_consistency(examples_of(linear_network()), maps):
        assert m.interval[0] < m.value < m.interval[1]


def test_maps_of_zeros_are_undefined(examples_of, linear_network):
    measured = measure_consistency(examples_of(linear_network()), np.zeros((60, 12, 4)))
    assert all(m.value is None and m.undefined_reason for m in measured)
    assert np.isnan(direction_divergence(np.zeros((BOXES, BOXES))))


def test_words_are_counted_where_maps_are_large_and_two_positions_on():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (4, 60)).astype("uint8")
    codes[1, 30] = 4
    maps = rng.normal(size=(4, 60, 4))
    maps[:, 20:26] *= 20
    singled, everywhere = word_counts(codes, maps)
    for row in range(4):
        own = maps[row] - maps[row].mean(axis=1, keepdims=True)
        size = np.linalg.norm(own, axis=1)
        large = np.flatnonzero(size > np.quantile(size, 0.9))
        seen = {place + step for place in large for step in range(3)}
        expected, total = Counter(), Counter()
        for start in range(60 - WORD + 1):
            word = codes[row, start : start + WORD]
            if (word < 4).all():
                index = int("".join(map(str, word)), 4)
                total[index] += 1
                if all(start + step in seen for step in range(WORD)):
                    expected[index] += 1
        assert dict(expected) == {k: v for k, v in enumerate(singled[row]) if v}
        assert dict(total) == {k: v for k, v in enumerate(everywhere[row]) if v}
    counts, prior = np.array([3.0, 1.0, 0.0]), np.array([1.0, 2.0, 1.0])
    expected = 0.75 * math.log(0.75 / 0.25) + 0.25 * math.log(0.25 / 0.5)
    assert word_divergence(counts, prior) == pytest.approx(expected)
