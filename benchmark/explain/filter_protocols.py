"""How filters are turned into matrices and compared with a database, as papers did it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tfbs.benchmark.explain.tomtom import Distance
from tfbs.registry import Registry

Score = Literal["E", "q"]


@dataclass(frozen=True)
class FilterProtocol:
    """A published way from activations to matched matrices.

    Attributes:
        description: One line, with the paper.
        database: What filters are compared with.
        distance: How Tomtom compares two columns.
        score: The value that decides what is a match: `E` or `q`, of one filter.
        limit: Matches have a smaller value.
        window: Nucleotides around an activation; None for as many as the filter sees.
        threshold: Activations above this share of the filter's largest count.
        fewest_windows: With fewer windows, a filter says nothing.
        most_windows: So many windows, the first ones, are averaged; None for all.
        trims: Whether columns without information are cut off before the comparison.
    """

    description: str
    database: str
    distance: Distance
    score: Score
    limit: float
    window: int | None = 20
    threshold: float = 0.5
    fewest_windows: int = 2
    most_windows: int | None = None
    trims: bool = True


FILTER_PROTOCOLS: Registry[FilterProtocol] = Registry("filter protocol", FilterProtocol)
FILTER_PROTOCOLS.add(
    "koo2021",
    FilterProtocol(
        "Windows of 20 above half of the maximum; E < 0.1, Euclidean "
        "(Koo & Ploenzke 2021, https://doi.org/10.1038/s42256-020-00291-x).",
        "JASPAR2016",
        "euclidean",
        "E",
        0.1,
    ),
)
FILTER_PROTOCOLS.add(
    "ghotra2021",
    FilterProtocol(
        "As koo2021; q < 0.1, correlation "
        "(Ghotra et al. 2021, https://doi.org/10.1101/2021.07.13.452181).",
        "JASPAR2016",
        "pearson",
        "q",
        0.1,
    ),
)
FILTER_PROTOCOLS.add(
    "toneyan2022",
    FilterProtocol(
        "Windows of 24 above half of the maximum, at most 10,000; q < 0.5, Euclidean "
        "(Toneyan et al. 2022, https://doi.org/10.1038/s42256-022-00570-9).",
        "JASPAR2022",
        "euclidean",
        "q",
        0.5,
        window=24,
        most_windows=10_000,
    ),
)
FILTER_PROTOCOLS.add(
    "kelley2016",
    FilterProtocol(
        "Windows as wide as the filter above half of the maximum, at least 10, not trimmed; "
        "q < 0.1, correlation (Kelley et al. 2016, https://doi.org/10.1101/gr.200535.115, who "
        "compared with CIS-BP).",
        "JASPAR2016",
        "pearson",
        "q",
        0.1,
        window=None,
        fewest_windows=10,
        trims=False,
    ),
)
