"""Two ways of doing the same, timed in turn, and how many times longer the first takes.

Machines drift and other programs take their share, so each pair is measured in one go, and every
ratio is given twice: of wall time, and of CPU time, which the neighbours disturb less.
"""

from __future__ import annotations

import math
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True)
class Times:
    """How long something took.

    Attributes:
        wall: Seconds.
        cpu: Seconds of all threads of this process and of the processes it waited for.
    """

    wall: float
    cpu: float


@dataclass(frozen=True)
class Ratio:
    """Of paired figures.

    Attributes:
        values: One per repetition.
    """

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """Returns median, smallest and largest."""
        return f"{self.median:.3g} ({min(self.values):.3g} to {max(self.values):.3g})"


@dataclass(frozen=True)
class Compared:
    """What came out of timing two things in turn.

    Attributes:
        wall: Ratio of wall times, first to second.
        cpu: Ratio of CPU times; None where nobody noted them.
    """

    wall: Ratio
    cpu: Ratio | None

    def __str__(self) -> str:
        """Returns both ratios with their spread."""
        return f"wall {self.wall}, cpu {self.cpu or '-'}, {len(self.wall.values)} pairs"

    def wanted(self, *, most: float = math.inf, least: float = 0.0) -> str:
        """Returns what was wanted, in words, and whether it is so; of CPU time where known."""
        found = (self.cpu or self.wall).median
        bound = f"at most {most:.3g}" if most < math.inf else f"at least {least:.3g}"
        return f"wanted {bound}: {'kept' if least <= found <= most else 'NOT KEPT'}"


_RATIO = r"(?P<{0}>\S+ \(\S+ to \S+\)|-)"
LINE = re.compile(
    rf"(?P<what>.+): wall {_RATIO.format('wall')}, cpu {_RATIO.format('cpu')}, "
    r"(?P<pairs>\d+) pairs(; (?P<note>.+))?"
)
"""A line of `say`, to be read again."""


def say(what: str, compared: Compared, note: str = "") -> None:
    """Prints a figure on one line, as soon as it is there.

    Args:
        what: Both things, the first of the ratio first.
        compared: Them.
        note: What belongs to it beside.
    """
    print(f"{what}: {compared}{'; ' if note else ''}{note}", flush=True)


LEFT_OUT = 3
"""Exit status of a script that lacks what it compares with."""


def leave_out(why: str) -> NoReturn:
    """Says what is missing, as the last line, and ends the script."""
    print(why, flush=True)
    sys.exit(LEFT_OUT)


def timed(do: Callable[[], object]) -> Times:
    """Returns how long a call took; what it returns, if it is `Times` from elsewhere."""
    started, spent = time.perf_counter(), _cpu()
    found = do()
    if isinstance(found, Times):
        return found
    return Times(time.perf_counter() - started, _cpu() - spent)


def _cpu() -> float:
    each = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in each)


def compared(
    first: Callable[[], object],
    second: Callable[[], object],
    repetitions: int,
    *,
    factor: float = 1.0,
    warm: bool = True,
) -> Compared:
    """Times both in turn, changing who begins.

    Args:
        first: What is done, or what returns `Times` of something done elsewhere.
        second: Likewise.
        repetitions: Pairs.
        factor: On the ratios, where the two do not do equally much.
        warm: Whether both are done once untimed: the first time after something was compiled
            costs more, whose it is.
    """
    if warm:
        first()
        second()
    pairs: list[tuple[Times, Times]] = []
    for repetition in range(repetitions):
        if repetition % 2 == 0:
            pairs.append((timed(first), timed(second)))
        else:
            later = timed(second)
            pairs.append((timed(first), later))
    return Compared(
        Ratio(tuple(factor * one.wall / two.wall for one, two in pairs)),
        Ratio(tuple(factor * one.cpu / two.cpu for one, two in pairs)),
    )
