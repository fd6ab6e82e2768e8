"""Attribution logos over the ground truth: who is right for the right reasons?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfbs.benchmark.report.drawing import Picture, data_uri, drawing, logo_data
from tfbs.benchmark.report.logos import draw_logo
from tfbs.benchmark.report.section import Figure, Group, Material, Section, Style, label
from tfbs.benchmark.verdict import Row
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.probe import bound_rows, rarest_bound
from tfbs.datasets.split import SITE, Split
from tfbs.datasets.task import Task

ARRAY = "attribution_saliency_corrected"
ROWS = "explained_rows"
WINDOW = 50
IMPORTANT_BITS = 0.01
_SIZE = (5.6, 0.85)
_LEFT, _WIDTH = 0.065, 0.93
_SHADE = "#fff1c9"


@dataclass(frozen=True)
class Explained:
    """A sequence of the probe set.

    Attributes:
        row: Of the test split.
        name: Its id.
        one_hot: `(length, 4)`.
        information: `(length,)` ground truth, in bits; or 1 near a summit, else 0.
    """

    row: int
    name: str
    one_hot: np.ndarray
    information: np.ndarray

    @property
    def window(self) -> slice:
        """The `WINDOW` positions with the most ground truth."""
        width = min(WINDOW, len(self.information))
        sums = np.convolve(self.information, np.ones(width), "valid")
        best = np.flatnonzero(sums >= sums.max() - 1e-6)
        start = int(best[len(best) // 2])  # the truth in the middle
        return slice(start, start + width)


@dataclass(frozen=True)
class Drawn:
    """The maps of one line.

    Attributes:
        row: The line.
        style: How it looks.
        rows: `(n,)` rows of the test split that it explains; a control explains others.
        maps: `(n, length, 4)`.
    """

    row: Row
    style: Style
    rows: np.ndarray
    maps: np.ndarray


def attribution_section(material: Material) -> Section:
    """Returns maps of the same few sequences for every run."""
    section = Section(
        "attributions",
        "Attributions over the ground truth",
        "Corrected saliency times input on the first sequences of the probe set (chosen by hash "
        "of their id, not by look) that all lines explain, around their ground truth. Shaded: "
        "positions that truly matter, with their information content in bits above; on real peaks "
        "those within "
        f"{SITE} bp of a summit, of the rarest target that is bound there. A network that is "
        "right for the right reasons writes its letters on the shade. The number is the AUROC of "
        "the whole sequence's positions; chance 0.5.",
        columns=True,
    )
    for _, pairs in material.by_task():
        task = material.task(pairs[0][0])
        if task is None:
            reason = "The task's data are not built here, so the ground truth is unknown"
        elif task.splits["test"].information is None and task.splits["test"].summits is None:
            reason = "The task has no ground truth"
        else:
            section.groups += _groups(section, material, task, pairs)
            continue
        for row, _ in pairs:
            section.miss(reason, label(row))
    return section


def _groups(
    section: Section, material: Material, task: Task, pairs: Sequence[tuple[Row, Style]]
) -> list[Group]:
    found = [_drawn(section, material, row, style) for row, style in pairs]
    lines = [line for line in found if line is not None]
    if not lines:
        return []
    common = [row for row in lines[0].rows if all(row in line.rows for line in lines)]
    sequences = explained_sequences(task, np.array(common, int), 3 if len(lines) == 1 else 2)
    if not sequences:
        for line in lines:
            section.miss("No sequence with ground truth is explained by all lines", label(line.row))
    return [_group(task, sequence, lines) for sequence in sequences]


def _drawn(section: Section, material: Material, row: Row, style: Style) -> Drawn | None:
    """Returns the maps of a line's first record with the rows of the test split they are of."""
    record = row.records[0]
    task, maps = material.task(row), material.array(section, row, record, ARRAY)
    if task is None or maps is None:
        return None
    if ROWS not in record["arrays"]:  # protocols without extras explain the probe set in order
        return Drawn(row, style, bound_rows(task.splits["test"], len(maps)), maps)
    rows = material.array(section, row, record, ROWS)
    return None if rows is None else Drawn(row, style, rows, maps)


def explained_sequences(task: Task, rows: np.ndarray, count: int) -> list[Explained]:
    """Returns the first sequences that have ground truth.

    Args:
        task: With ground truth.
        rows: Of the test split, in order.
        count: How many sequences.
    """
    test = task.splits["test"]
    truth = _truth_of(test, rows) if len(rows) else np.zeros((0, task.length))
    found: list[Explained] = []
    for row, bits in zip(rows.tolist(), truth, strict=True):
        if len(found) < count and bits.max() > IMPORTANT_BITS:
            codes = one_hot(np.asarray(test.sequence[row : row + 1]))[0]
            found.append(Explained(row, str(test.ids[row : row + 1][0]), codes, bits))
    return found


def _truth_of(test: Split, rows: np.ndarray) -> np.ndarray:
    """Returns `(k, length)` information in bits, or 1 near a summit of each row's target."""
    if test.information is not None:
        return np.asarray(test.information[rows], float)
    assert test.summits is not None  # noqa: S101  (asked before)
    targets = rarest_bound(np.asarray(test.label), rows)
    return test.summits.near(rows, targets, SITE).astype(float)


def _group(task: Task, sequence: Explained, lines: Sequence[Drawn]) -> Group:
    window = sequence.window
    heading = f"{task.name}: {sequence.name}, positions {window.start + 1} to {window.stop}"
    figures = [_truth(sequence)]
    for line in lines:
        row, style = line.row, line.style
        number = int(np.flatnonzero(line.rows == sequence.row)[0])
        heights = line.maps[number].astype(float) * sequence.one_hot
        area = _position_area(sequence.information, heights.sum(axis=1))
        seed = f", seed {row.records[0]['spec']['seed']}" if len(row.records) > 1 else ""
        caption = f"{style.label}{seed} · AUROC {area}"
        alt = f"Attribution logo of {style.label} on sequence {sequence.name}; AUROC {area}"
        figures.append(Figure(_logo(sequence, heights[window]), alt, caption, "strip"))
    return Group(heading, figures)


def _position_area(bits: np.ndarray, score: np.ndarray) -> str:
    from sklearn.metrics import roc_auc_score

    truth = bits > IMPORTANT_BITS
    if truth.all() or not truth.any():
        return "undefined"
    return f"{roc_auc_score(truth, score):.2f}"


def _truth(sequence: Explained) -> Figure:
    window = sequence.window
    bits = sequence.information[window]
    with drawing((_SIZE[0], 0.62)) as figure:
        axes = figure.add_axes((_LEFT, 0.36, _WIDTH, 0.54))
        _shade(axes, bits)
        axes.bar(range(len(bits)), bits, width=0.92, color="#7a808b", linewidth=0)
        axes.set_xlim(-0.5, len(bits) - 0.5)
        axes.set_ylim(0, max(2.0, float(bits.max())))
        places = [p for p in range(len(bits)) if (window.start + p + 1) % 10 == 0]
        axes.set_xticks(places, [str(window.start + place + 1) for place in places])
        axes.set_yticks([0, 2])
        _bare(axes)
        alt = f"Ground truth of sequence {sequence.name}: information content by position"
        data = [
            {"position": window.start + 1 + place, "bits": float(own)}
            for place, own in enumerate(bits)
        ]
        return Figure(data_uri(figure, data), alt, "Ground truth", "strip")


def _logo(sequence: Explained, heights: np.ndarray) -> Picture:
    with drawing(_SIZE) as figure:
        axes = figure.add_axes((_LEFT, 0.03, _WIDTH, 0.94))
        _shade(axes, sequence.information[sequence.window])
        draw_logo(axes, heights)
        axes.axhline(0, color="#9aa0ab", linewidth=0.6)
        axes.set_xticks([])
        axes.set_yticks([])
        _bare(axes)
        return data_uri(figure, logo_data(heights, sequence.window.start + 1))


def _shade(axes: Any, bits: np.ndarray) -> None:
    important = np.concatenate([[0], bits > IMPORTANT_BITS, [0]]).astype(int)
    starts, ends = (np.flatnonzero(np.diff(important) == step) for step in (1, -1))
    for start, end in zip(starts, ends, strict=True):
        axes.axvspan(start - 0.5, end - 0.5, color=_SHADE, linewidth=0, zorder=0)


def _bare(axes: Any) -> None:
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
