"""What a sweep makes larger or smaller: metrics on validation, and costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tfbs.benchmark.headline import headline
from tfbs.benchmark.record import Record
from tfbs.errors import UserError, nearest

COSTS = (
    "parameters",
    "trainable_parameters",
    "macs",
    "peak_memory_bytes",
    "training_seconds",
    "evaluation_seconds",
    "training_forward_passes",
    "training_backward_passes",
)
"""Entries of a record's cost that can be made smaller."""


class Unmeasured(UserError):
    """An objective that no trial of this sweep can have."""


class Undefined(RuntimeError):
    """An objective without a value in one trial."""


@dataclass(frozen=True)
class Objective:
    """One number of a record.

    Attributes:
        name: Of a metric, or of a cost.
        direction: `maximize` or `minimize`.
    """

    name: str
    direction: Literal["maximize", "minimize"]

    def of(self, record: Record) -> float:
        """Returns the value: of several targets, the mean.

        Raises:
            Unmeasured: If records of this protocol and task do not have it.
            Undefined: If it has no value in this one.
        """
        found = headline(record, self.name)
        if found is None:
            names = sorted({metric["name"] for metric in record["metrics"]} | set(record["cost"]))
            raise Unmeasured(
                f"--objective {self.name}: protocol {record['spec']['protocol']} does not "
                f"measure it on this task{nearest(self.name, names)}"
            )
        if found["value"] is None:
            reason = found["undefined_reason"] or "not measured"
            raise Undefined(f"{self.name} is undefined: {reason}")
        return float(found["value"])


def find_objectives(names: Sequence[str]) -> list[Objective]:
    """Returns the objectives that a user named.

    Raises:
        UserError: If a name is unknown, given twice, or neither end of its scale is better.
    """
    if len(set(names)) < len(names):
        raise UserError(f"--objective {', '.join(names)}: one is named twice")
    return [_find(name) for name in names]


def _find(name: str) -> Objective:
    from tfbs.benchmark.evaluation import METRICS

    if name in COSTS:
        return Objective(name, "minimize")
    if name not in METRICS:
        raise UserError(f"no metric is called {name!r}{nearest(name, [*METRICS, *COSTS])}")
    higher = METRICS[name].higher_is_better
    if higher is None:
        raise UserError(f"--objective {name}: it is descriptive, neither more nor less is better")
    return Objective(name, "maximize" if higher else "minimize")
