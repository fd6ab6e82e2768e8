"""First-layer filters as information-content logos."""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.report.drawing import data_uri, drawing, logo_data
from tfbs.benchmark.report.logos import consensus, draw_logo, letter_heights
from tfbs.benchmark.report.section import Figure, Group, Material, Section, label

ARRAY = "filter_motifs"
WINDOWS = "filter_windows"
FEWEST_WINDOWS = 20
"""A mean of fewer windows is mostly noise, and noise looks informative."""

MOST_ALONE = 16
MOST_TOGETHER = 6
LEAST_BITS = 0.05


def filter_section(material: Material) -> Section:
    """Returns the most informative filters of every run."""
    section = Section(
        "filters",
        "First-layer filters",
        "What excites each filter: letters of the sequences around its strongest activations, "
        "2 bits high; the most informative filters first.",
    )
    most = MOST_ALONE if len(material.rows) == 1 else MOST_TOGETHER
    for _, pairs in material.by_task():
        for row, _ in pairs:
            motifs = material.array(section, row, row.records[0], ARRAY)
            if motifs is None:
                continue
            windows = material.array(section, row, row.records[0], WINDOWS)
            enough = np.ones(len(motifs), bool) if windows is None else windows >= FEWEST_WINDOWS
            heights = informative(np.where(enough[:, None, None], motifs, np.nan))
            if not heights:
                section.miss("No filter fires", label(row))
                continue
            figures = [_figure(number, logo) for number, logo in heights[:most]]
            remark = (
                f"{len(figures)} of {len(motifs)} filters, {len(heights)} of which fire at "
                f"{FEWEST_WINDOWS} places or more."
            )
            section.groups.append(Group(label(row), figures, remark=remark))
    return section


def informative(motifs: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Returns number and letter heights of the filters that fire, most informative first.

    Args:
        motifs: `(filters, width, 4)` frequencies; NaN or uniform where a filter never fires.
    """
    found = [
        (number, letter_heights(motif.astype(float)))
        for number, motif in enumerate(motifs)
        if np.isfinite(motif).all()
    ]
    fires = [(number, heights) for number, heights in found if heights.sum() > LEAST_BITS]
    return sorted(fires, key=lambda entry: -entry[1].sum())


def _figure(number: int, heights: np.ndarray) -> Figure:
    bits = float(heights.sum())
    with drawing((2.5, 0.75)) as figure:
        axes = figure.add_axes((0.01, 0.02, 0.98, 0.96))
        draw_logo(axes, heights)
        axes.set_ylim(0, 2)
        axes.axhline(0, color="#9aa0ab", linewidth=0.8)
        axes.set_axis_off()
        word = consensus(heights)
        caption = f"{number}: {bits:.1f} bits"
        return Figure(
            data_uri(figure, logo_data(heights)),
            f"Filter {number}, {bits:.1f} bits, {word}",
            caption,
            "tile",
        )
