"""What a metric is, one measured value, and the glossary."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from tfbs.parameters import Json
from tfbs.registry import Registry

Axis = Literal["prediction", "interpretability", "robustness", "cost"]


@dataclass(frozen=True)
class Metric:
    """A named number of one axis.

    Attributes:
        axis: The axis it belongs to.
        description: One line: what it is, its range, its chance level, its source.
        higher_is_better: The direction; None where it is descriptive.
        version: Raised when a change moves the values that it has: leaderboards mix no two.
    """

    axis: Axis
    description: str
    higher_is_better: bool | None = True
    version: int = 1


METRICS: Registry[Metric] = Registry("metric", Metric)


@dataclass(frozen=True)
class Measurement:
    """One metric of one target on one split.

    Attributes:
        name: Registered metric name.
        target: Label column, or `mean` over the targets where the metric is defined.
        split: `test`, or the name of the probe set.
        value: The number, or None where it is undefined.
        interval: 95 % bootstrap interval, or None.
        n: Examples it is computed from.
        positives: Positive examples among them.
        undefined_reason: Why value or interval is None.
        design: Which negatives the examples hold.
    """

    name: str
    target: str
    split: str
    value: float | None
    interval: tuple[float, float] | None
    n: int
    positives: int
    undefined_reason: str | None = None
    design: str = "all"

    def to_json(self) -> dict[str, Json]:
        """Returns the measurement as JSON types.

        Raises:
            KeyError: If the name is not in the glossary.
        """
        if self.name not in METRICS:
            raise KeyError(f"metric {self.name!r} is not registered")
        value = asdict(self)
        value["interval"] = list(self.interval) if self.interval else None
        return value
