"""The Pareto front against its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfbs.benchmark.statistics.pareto import pareto_front

POINTS = st.integers(1, 4).flatmap(
    lambda objectives: st.lists(
        st.lists(st.integers(0, 4), min_size=objectives, max_size=objectives),
        min_size=1,
        max_size=12,
    )
)


@given(POINTS)
def test_the_front_is_that_of_the_definition(points):
    expected = [
        not any(
            all(o >= m for o, m in zip(other, mine, strict=True)) and other != mine
            for other in points
        )
        for mine in points
    ]
    assert pareto_front(np.array(points, float)).tolist() == expected


@given(POINTS)
def test_there_is_always_a_front_and_the_best_of_an_objective_is_on_it(points):
    front = pareto_front(np.array(points, float))
    best = max(points)  # the best of the first objective, ties by the second, and so on
    assert front[points.index(best)]


def test_a_value_that_is_unknown_is_refused():
    with pytest.raises(ValueError, match="finite value"):
        pareto_front(np.array([[1.0, np.nan]]))
