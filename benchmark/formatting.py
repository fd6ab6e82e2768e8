"""Numbers, intervals and tables as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def format_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns rows under a header, columns aligned, the first to the left."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def format_value(value: float | None, unit: str) -> str:
    """Returns a number the way its column writes it, `-` for None."""
    if value is None:
        return "-"
    if unit == "share":
        return f"{value:.3f}"
    if unit == "ratio":
        return f"{value:.3g}"
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "seconds":
        return f"{value:,.0f} s" if value >= 10 else f"{value:.1f} s"
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.0f}"


def format_interval(interval: Sequence[float] | None, unit: str = "share") -> str:
    """Returns `[low, high]`, or nothing for None."""
    if interval is None:
        return ""
    return f"[{format_value(interval[0], unit)}, {format_value(interval[1], unit)}]"
