"""Two motifs, of one kind or of two, by the gap between them and by their strands."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from tfbs.benchmark.explain.gia.effect import Placed, against_nothing, beyond_sum
from tfbs.benchmark.explain.gia.experiment import Axes, Case, Experiment, Labels, middle, register
from tfbs.benchmark.explain.gia.patterns import Pattern

STRANDS = {"++": (1, 1), "+-": (1, -1), "-+": (-1, 1), "--": (-1, -1)}


class _Pairs(Experiment):
    """Every two motifs around the middle, the first one left.

    On a model that reads both strands alike, the second left of the first is one of these on
    the other strand.
    """

    gaps: list[Annotated[int, Field(ge=0)]] = Field(list(range(0, 21, 2)), min_length=1)
    homotypic: bool = True
    heterotypic: bool = True

    def pairs(
        self, motifs: Sequence[Pattern], length: int
    ) -> Iterator[tuple[Labels, Placed, Placed]]:
        """Yields labels and places; of two alike, both on the other strand are left out."""
        for left, right in itertools.combinations_with_replacement(motifs, 2):
            alike = left == right
            if not (self.homotypic if alike else self.heterotypic):
                continue
            for strands, (first, second) in STRANDS.items():
                if alike and strands == "--":
                    continue
                for gap in self.gaps:
                    what = f"{left.name} and {right.name} at a gap of {gap}"
                    start = middle(left.width + gap + right.width, length, what)
                    labels: Labels = {
                        "pair": f"{left.name}, {right.name}",
                        "strands": strands,
                        "gap": gap,
                    }
                    other = start + left.width + gap
                    yield labels, Placed(left.on(first), start), Placed(right.on(second), other, 1)


@register("spacing")
class Spacing(_Pairs):
    """Two motifs by their gap and strands, homotypic and heterotypic: what both do together."""

    axes: ClassVar[Axes] = Axes("curve", "gap", "strands", "pair")

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns a condition for each pair, orientation and gap."""
        return [
            Case(labels, against_nothing(first, second))
            for labels, first, second in self.pairs(motifs, length)
        ]


@register("additivity")
class Additivity(_Pairs):
    """The same pairs: what both do together beyond the sum of what each does alone."""

    axes: ClassVar[Axes] = Axes("curve", "gap", "strands", "pair", "effect beyond the sum")

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns a condition for each pair, orientation and gap."""
        return [
            Case(labels, beyond_sum(first, second))
            for labels, first, second in self.pairs(motifs, length)
        ]
