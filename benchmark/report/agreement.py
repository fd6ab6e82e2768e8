"""Do runs explain the same sequences alike: between seeds, architectures and regimes?"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.record import Record
from tfbs.benchmark.report.attributions import ROWS
from tfbs.benchmark.report.drawing import data_uri, drawing
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label
from tfbs.benchmark.similarity import pearson
from tfbs.benchmark.verdict import Row
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.task import Task

METHODS = {"saliency_corrected": "corrected saliency", "ism": "ISM", "deepshap": "DeepSHAP"}
_CELL, _LETTER = 0.42, 0.072
"""Inches: the side of a cell, and the width of a letter of its label."""


Pair = tuple[int, int]


@dataclass(frozen=True)
class Ranked:
    """What a run says of the positions of its probe set.

    Attributes:
        line: Of the verdict, by number.
        rows: `(n,)` rows of the test split that it explains.
        ranks: `(n, length)` of the positions of each, from low to high.
    """

    line: int
    rows: np.ndarray
    ranks: np.ndarray


def agreement_section(material: Material) -> Section:
    """Returns how far the maps of every two lines agree."""
    section = Section(
        "agreement",
        "Agreement of explanations",
        "Spearman correlation of attribution times input over the positions of a sequence, mean "
        "over the sequences that both runs explain; on the diagonal between seeds of one line. "
        "Networks that are right for the same reasons agree. What agrees with a network of the "
        "regime permuted_labels, which learned nothing, does not come from the data (Adebayo et "
        "al. 2018).",
    )
    for name, pairs in material.by_task():
        if sum(len(row.records) for row, _ in pairs) < 2:
            continue
        task = material.task(pairs[0][0])  # a control has other labels, but the same sequences
        if task is None:
            for row, _ in pairs:
                section.miss("The task's data are not built here", label(row))
            continue
        for method, words in METHODS.items():
            runs = [
                run
                for line, (row, _) in enumerate(pairs)
                for record in row.records
                if (run := _ranked(section, material, task, (line, row), record, method))
            ]
            cells = agreements(runs)
            if cells:
                figure = _figure(pairs, cells, words)
                remark = _remark([row for row, _ in pairs], cells)
                section.groups.append(Group(f"{name}: {words}", [figure], remark=remark))
    return section


def agreements(runs: Sequence[Ranked]) -> dict[Pair, float]:
    """Returns the mean agreement of two lines over their runs, the smaller number first.

    Two runs without a common sequence, or with constant maps only, are left out.

    Args:
        runs: Of one task and method.
    """
    found: dict[Pair, list[float]] = defaultdict(list)
    for first, second in itertools.combinations(runs, 2):
        value = agreement(first, second)
        if np.isfinite(value):
            low, high = sorted((first.line, second.line))
            found[low, high].append(value)
    return {pair: float(np.mean(values)) for pair, values in found.items()}


def agreement(first: Ranked, second: Ranked) -> float:
    """Returns the mean Spearman correlation over the sequences of both; NaN if there are none."""
    _, mine, others = np.intersect1d(first.rows, second.rows, return_indices=True)
    values = pearson(first.ranks[mine], second.ranks[others])
    values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else float("nan")


def rank(line: int, rows: np.ndarray, maps: np.ndarray, sequence: np.ndarray) -> Ranked:
    """Returns the ranks of the positions in a run's maps.

    Args:
        line: Of the verdict, by number.
        rows: `(n,)` of the test split.
        maps: `(n, length, 4)`.
        sequence: `(n, length, 4)` one-hot.
    """
    from scipy.stats import rankdata

    scores = (maps.astype("float32") * sequence).sum(axis=-1)
    return Ranked(line, rows, rankdata(scores, axis=1))


def _ranked(
    section: Section,
    material: Material,
    task: Task,
    place: tuple[int, Row],
    record: Record,
    method: str,
) -> Ranked | None:
    line, row = place
    rows = material.array(section, row, record, ROWS)
    maps = None if rows is None else material.array(section, row, record, f"attribution_{method}")
    if rows is None or maps is None:
        return None
    return rank(line, rows, maps, one_hot(np.asarray(task.splits["test"].sequence[rows])))


def _figure(pairs: Sequence[tuple[Row, Style]], cells: Mapping[Pair, float], words: str) -> Figure:
    import seaborn

    lines = sorted({line for pair in cells for line in pair})
    names = [pairs[line][1].label for line in lines]
    square = np.full((len(lines), len(lines)), np.nan)
    for (low, high), value in cells.items():
        i, j = lines.index(low), lines.index(high)
        square[i, j] = square[j, i] = value
    margin = 0.2 + _LETTER * max(map(len, names))
    side = margin + _CELL * len(lines)
    inner = _CELL * len(lines) / side
    with drawing((side, side)) as figure:
        axes = figure.add_axes((1 - inner, 1 - inner, inner, inner))
        axes.grid(False)
        seaborn.heatmap(
            square, vmin=-1, vmax=1, cmap="vlag", annot=True, fmt=".2f", cbar=False, square=True,
            xticklabels=names, yticklabels=names, annot_kws={"size": 7}, ax=axes,
        )  # fmt: skip
        said = "; ".join(
            f"{pairs[low][1].label} and {pairs[high][1].label} {value:.2f}"
            for (low, high), value in cells.items()
        )
        alt = f"Agreement of {words}: {said}"
        data = [
            {"first": pairs[low][1].label, "second": pairs[high][1].label, "agreement": value}
            for (low, high), value in cells.items()
        ]
        return Figure(data_uri(figure, data), alt, width="strip" if len(lines) > 6 else "panel")


def _remark(rows: Sequence[Row], cells: Mapping[Pair, float]) -> str:
    """Returns the mean agreement of lines that differ in one thing."""
    kinds: dict[str, list[float]] = defaultdict(list)
    for (low, high), value in cells.items():
        same = (
            rows[low].architecture == rows[high].architecture,
            rows[low].regime == rows[high].regime,
        )
        kind = {(True, True): "seeds", (False, True): "architectures", (True, False): "regimes"}
        if same in kind:
            kinds[kind[same]].append(value)
    said = [f"between {kind} {np.mean(values):.2f}" for kind, values in sorted(kinds.items())]
    return f"On average {', '.join(said)}." if said else ""
