"""Whether a training converged: a rule on its curves, the same for every regime."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from tfbs.parameters import Json

if TYPE_CHECKING:
    from tfbs.benchmark.record import Record

GAIN_TOLERANCE = 1e-3
"""A late gain above this share of the best value before it is one that more epochs may add to."""

LOSS_TOLERANCE = 0.05
"""A training loss that rises by more than this share at the end diverges."""

RULED_BY = {"epochs", "patience", "monitor", "warm_up_epochs"}
"""Parameters of a regime that the rule needs."""

Status = Literal["converged", "unsettled", "stuck", "diverged"]
Curves = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Convergence:
    """How a training ended.

    `late` are the last `patience` judged epochs, at most a third of them; judged are the epochs
    after the warm-up.

    Attributes:
        status: `diverged` if the training loss rose at the end by more than `LOSS_TOLERANCE`;
            `stuck` if the validation AUROC was the same after every epoch, as that of a network is
            whose units are all dead; else `converged` if training was stopped by its patience, or
            gained at most `GAIN_TOLERANCE` late; else `unsettled`.
        stopped_by: `patience`, or the `epoch_limit`.
        late_gain: What the late epochs added to the best value of the monitored quantity, as a
            share of the best before; negative where they were worse; None where there is none
            before.
        loss_change: Mean training loss of the late epochs against as many before them, as a
            share; negative while it falls; None for fewer than two judged epochs.
    """

    status: Status
    stopped_by: Literal["patience", "epoch_limit"]
    late_gain: float | None
    loss_change: float | None

    def to_json(self) -> dict[str, Json]:
        """Returns the entry of a record."""
        return asdict(self)

    @classmethod
    def of(cls, record: Record) -> Self | None:
        """Returns how the training of a record ended: as it says, or else as its curves do.

        None where that cannot be known: a floor, or a regime without epochs and patience.
        """
        training = record["training"]
        if "convergence" in training:
            return cls(**training["convergence"])
        return cls.judge(training["curves"], record["spec"]["regime"]["parameters"])

    @classmethod
    def judge(cls, curves: Curves, parameters: Mapping[str, Any]) -> Self | None:
        """Returns how a training with these curves ended.

        Args:
            curves: `loss` and the monitored quantity, an entry per epoch, None where undefined.
            parameters: Of the regime: `epochs`, `patience`, `monitor` and `warm_up_epochs`.

        Returns:
            None without epochs, or for a regime that lacks one of these parameters.
        """
        if not curves.get("loss") or not RULED_BY.issubset(parameters):
            return None
        sign = -1 if parameters["monitor"] == "val_loss" else 1
        judged = slice(parameters["warm_up_epochs"], None)
        loss = np.array(curves["loss"], float)[judged]
        value = sign * np.array(curves[parameters["monitor"]], float)[judged]
        late = min(parameters["patience"], max(1, len(loss) // 3))
        gain = _gain(value[:-late], value[-late:])
        change = _change(loss[-2 * late : -late], loss[-late:])
        stopped = len(curves["loss"]) < parameters["epochs"]
        status: Status = "unsettled"
        if change is not None and change > LOSS_TOLERANCE:
            status = "diverged"
        elif _is_stuck(curves.get("val_auroc", ())):
            status = "stuck"
        elif stopped or (gain is not None and gain <= GAIN_TOLERANCE):
            status = "converged"
        return cls(status, "patience" if stopped else "epoch_limit", gain, change)


def worst(networks: Iterable[Curves], parameters: Mapping[str, Any]) -> Convergence | None:
    """Returns how the training of that network ended that converged least; None without any.

    Args:
        networks: The curves of each network of a run.
        parameters: Of the regime; see `Convergence.judge`.
    """
    judged = [Convergence.judge(curves, parameters) for curves in networks]
    order = ("converged", "unsettled", "stuck", "diverged")
    known = [found for found in judged if found is not None]
    return max(known, key=lambda found: order.index(found.status), default=None)


def caveat(records: Iterable[Record]) -> str:
    """Returns how many of the records did not converge, and how; nothing where all did."""
    judged = [found for record in records if (found := Convergence.of(record)) is not None]
    counts = Counter(found.status for found in judged if found.status != "converged")
    words = " and ".join(f"{number} {status}" for status, number in sorted(counts.items()))
    return f"{words} of {len(judged)}" if words else ""


def _is_stuck(value: Sequence[float | None]) -> bool:
    """Returns whether several epochs, all of them defined, left it as it was."""
    values = np.array(value, float)
    return len(values) > 1 and bool(np.isfinite(values).all()) and np.ptp(values) == 0


def _gain(before: np.ndarray, late: np.ndarray) -> float | None:
    """Returns by which share of it the best of `late` exceeds the best of `before`."""
    before, late = before[np.isfinite(before)], late[np.isfinite(late)]
    if not len(before) or not len(late) or before.max() == 0:
        return None
    return float((late.max() - before.max()) / abs(before.max()))


def _change(before: np.ndarray, late: np.ndarray) -> float | None:
    """Returns by which share of it the mean of `late` exceeds the mean of `before`."""
    if not len(before) or before.mean() == 0:
        return None
    return float(late.mean() / before.mean() - 1)
