"""One motif in the middle: each motif, all words, every letter of a motif and beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from tfbs.benchmark.explain.gia.effect import Placed, against_nothing
from tfbs.benchmark.explain.gia.experiment import Axes, Case, Experiment, Labels, middle, register
from tfbs.benchmark.explain.gia.patterns import Pattern, all_words, iupac_pattern
from tfbs.datasets.alphabet import BASES


@register("motif")
class MotifEffect(Experiment):
    """Each motif in the middle of null sequences: is it sufficient?"""

    axes: ClassVar[Axes] = Axes("bars", "motif", "")
    looks_at_decoys: ClassVar[bool] = True

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns one condition for each motif."""
        return [
            Case(
                {"motif": motif.name},
                against_nothing(Placed(motif, middle(motif.width, length, motif.name))),
            )
            for motif in motifs
        ]


@register("kmers")
class Kmers(Experiment):
    """All words of some width, 6 by default, in the middle: 4,096 conditions."""

    width: Annotated[int, Field(ge=1, le=8)] = 6
    axes: ClassVar[Axes] = Axes("bars", "word", "")
    usual_samples: ClassVar[int] = 100
    needs_motifs: ClassVar[bool] = False

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns one condition for each word; `motifs` are not looked at."""
        start = middle(self.width, length, f"a word of {self.width}")
        return [
            Case({"word": word.name}, against_nothing(Placed(word, start)))
            for word in all_words(self.width)
        ]


class _Letters(Experiment):
    """Each letter at each of some positions against the motif as it is."""

    def offsets(self, width: int) -> Sequence[int]:
        """Returns the positions, from the start of a motif of some width."""
        raise NotImplementedError

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns four conditions for each position; positions beyond the ends are left out."""
        found = []
        for motif in motifs:
            start = middle(motif.width, length, motif.name)
            alone = (Placed(motif, start),)
            for offset in self.offsets(motif.width):
                if not 0 <= start + offset < length:
                    continue
                for letter in BASES:
                    changed = (*alone, Placed(iupac_pattern(letter), start + offset))
                    place = offset + 1 if offset >= 0 else offset
                    labels: Labels = {
                        "motif": motif.name,
                        "position": place,
                        "letter": letter,
                    }
                    found.append(Case(labels, ((1.0, changed), (-1.0, alone))))
        return found


@register("variants")
class Variants(_Letters):
    """Every single substitution in a motif, against the motif."""

    axes: ClassVar[Axes] = Axes("map", "position", "letter", "motif", "change of the logit")

    def offsets(self, width: int) -> Sequence[int]:
        """Returns the positions of the motif; labelled from 1."""
        return range(width)


@register("flanks")
class Flanks(_Letters):
    """Every letter at every position beside a motif, against the motif in what is there."""

    reach: Annotated[int, Field(ge=1)] = 6

    axes: ClassVar[Axes] = Axes("map", "position", "letter", "motif", "change of the logit")

    def offsets(self, width: int) -> Sequence[int]:
        """Returns positions to both sides; labelled -1 before the motif, width + 1 after it."""
        return [*range(-self.reach, 0), *range(width, width + self.reach)]
