"""The number of a record that stands for one of its metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfbs.benchmark.record import Record

HEADLINE_SPLITS = ("test", "probe", "valid", "valid_probe")
"""A record has the first two, or, of a trial of a sweep, the others."""


def headline(
    record: Record,
    name: str,
    target: str | None = None,
    design: str = "all",
    splits: Sequence[str] = HEADLINE_SPLITS,
) -> dict[str, Any] | None:
    """Returns the metric of that name on the test split, or on the probe set made of it.

    An entry of the record's cost comes back in the same form, without interval.

    Args:
        record: Of a run.
        name: Of the metric.
        target: Of a label column; by default the mean where there are several.
        design: Which negatives.
        splits: Where else it may come from.
    """
    found = [
        m
        for m in record["metrics"]
        if m["name"] == name
        and m["design"] == design
        and m["split"] in splits
        and target in (None, m["target"])
    ]
    mean = [m for m in found if m["target"] == "mean"]
    if found:
        return (mean or found)[0]
    if name in record["cost"]:
        return {"value": record["cost"][name], "interval": None, "undefined_reason": None}
    return None
