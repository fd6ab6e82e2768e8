"""One motif and its surroundings: where it lies, how often, and in what composition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from tfbs.benchmark.explain.gia.effect import Placed, against_nothing
from tfbs.benchmark.explain.gia.experiment import Axes, Case, Experiment, Labels, middle, register
from tfbs.benchmark.explain.gia.patterns import Pattern, letters_pattern

NUM_PLACES = 20
"""Places of a motif along a sequence where no step is given."""


@register("position")
class Position(Experiment):
    """A motif at every place along the sequence, on both strands."""

    step: Annotated[int, Field(ge=1)] | None = None

    axes: ClassVar[Axes] = Axes("curve", "start", "strand", "motif")

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns a condition for each motif, strand and place."""
        step = self.step or max(1, length // NUM_PLACES)
        for motif in motifs:
            middle(motif.width, length, motif.name)
        return [
            Case(
                {"motif": motif.name, "strand": "+" if strand == 1 else "-", "start": start},
                against_nothing(Placed(motif.on(strand), start)),
            )
            for motif in motifs
            for strand in (1, -1)
            for start in range(0, length - motif.width + 1, step)
        ]


@register("copies")
class Copies(Experiment):
    """One to several copies of a motif, side by side around the middle."""

    most: Annotated[int, Field(ge=1)] = 5
    gap: Annotated[int, Field(ge=0)] = 10

    axes: ClassVar[Axes] = Axes("curve", "copies", "motif")

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns a condition for each motif and number of copies, as far as there is room."""
        found = []
        for motif in motifs:
            pitch = motif.width + self.gap
            for number in range(1, self.most + 1):
                width = number * pitch - self.gap
                if number > 1 and width > length:
                    break
                first = middle(width, length, motif.name)
                placed = [Placed(motif, first + copy * pitch, copy) for copy in range(number)]
                labels: Labels = {"motif": motif.name, "copies": number}
                found.append(Case(labels, against_nothing(*placed)))
        return found


@register("gc")
class GcContext(Experiment):
    """A motif between stretches of some GC content, against these stretches alone."""

    shares: list[Annotated[float, Field(ge=0, le=1, strict=False)]] = Field(
        [0.2, 0.35, 0.5, 0.65, 0.8], min_length=1
    )
    reach: Annotated[int, Field(ge=1)] = 25

    axes: ClassVar[Axes] = Axes("curve", "gc", "motif")

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns a condition for each motif and GC content."""
        found = []
        for motif in motifs:
            first = middle(motif.width + 2 * self.reach, length, f"{motif.name} in its context")
            start = first + self.reach
            for share in self.shares:
                stretch = letters_pattern(f"GC {share:g}", self.reach, share)
                around = (Placed(stretch, first), Placed(stretch, start + motif.width, 1))
                contrast = ((1.0, (*around, Placed(motif, start))), (-1.0, around))
                found.append(Case({"motif": motif.name, "gc": share}, contrast))
        return found
