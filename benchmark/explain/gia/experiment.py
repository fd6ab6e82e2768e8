"""What an experiment is: a small declaration, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from tfbs.benchmark.explain.gia.effect import Backgrounds, Contrast, Effect
from tfbs.benchmark.explain.gia.patterns import Pattern, read_pattern
from tfbs.benchmark.explain.gia.sites import Sites
from tfbs.errors import UserError
from tfbs.registry import Registry

Label = str | int | float
Labels = Mapping[str, Label]


@dataclass(frozen=True)
class Axes:
    """How the effects of an experiment are drawn.

    Attributes:
        kind: `bars`, one for each `x`; `curve`, over `x`; or `map`, of `colour` by `x`.
        x: Label that lies along the horizontal axis; of bars, the vertical one.
        colour: Label that lines are told apart by; of a map, its vertical axis.
        panel: Label with a panel of its own for each value; empty for one panel.
        effect: What the effect is.
    """

    kind: Literal["bars", "curve", "map"]
    x: str
    colour: str
    panel: str = ""
    effect: str = "effect on the logit"


@dataclass(frozen=True)
class Case:
    """One condition of an experiment: what it is called, and what is contrasted with what."""

    labels: Labels
    contrast: Contrast


@dataclass(frozen=True)
class Finding:
    """The effect of one condition.

    Attributes:
        labels: What the condition is.
        effect: On the model's logit.
        true: The same by the task's own rule, on the same sequences; None where none is known.
    """

    labels: Labels
    effect: Effect
    true: float | None = None


@dataclass(frozen=True)
class Bench:
    """What an experiment is done on.

    Attributes:
        motifs: What the task or the user speaks of.
        decoys: Motifs that are to have no effect; looked at beside the others one by one.
        model: Null sequences, by the model.
        rule: The same sequences by the task's own rule; None where none is known.
        sites: Real sequences and where the motifs are in them; None where there are none.
        tell: Is told how many of how many conditions are done.
    """

    motifs: tuple[Pattern, ...]
    decoys: tuple[Pattern, ...]
    model: Backgrounds
    rule: Backgrounds | None = None
    sites: Sites | None = None
    tell: Callable[[int, int], None] = lambda done, total: None

    @property
    def length(self) -> int:
        """Of the sequences, in nucleotides."""
        return int(self.model.codes.shape[1])

    def finding(self, case: Case) -> Finding:
        """Returns the effect of a condition, and the true one where the rule is known."""
        true = None if self.rule is None else self.rule.effect(case.contrast).mean
        return Finding(case.labels, self.model.effect(case.contrast), true)


class Experiment(BaseModel):
    """The settings that every experiment has.

    Attributes:
        name: What its files are called; the experiment's name by default.
        motifs: Ids of JASPAR or IUPAC letters; by default those of the call, else of the task.
        sites: `consensus`, or `drawn` from the matrix, another instance in every sequence.
        null_model: That of the call by default.
        samples: Number of null sequences; that of the call by default, else `usual_samples`.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Annotated[str, Field(pattern=r"^[\w-]+$")] | None = None
    motifs: list[str] = []
    sites: Literal["consensus", "drawn"] = "consensus"
    null_model: str | None = None
    samples: Annotated[int, Field(ge=2)] | None = None

    kind: ClassVar[str] = ""
    axes: ClassVar[Axes]
    usual_samples: ClassVar[int] = 300
    needs_motifs: ClassVar[bool] = True
    looks_at_decoys: ClassVar[bool] = False

    def cases(self, motifs: Sequence[Pattern], length: int) -> list[Case]:
        """Returns the conditions for some motifs in sequences of some length."""
        raise NotImplementedError

    def findings(self, bench: Bench) -> list[Finding]:
        """Returns the effect of every condition.

        Raises:
            UserError: If there is none.
        """
        motifs = [self.embedded(motif) for motif in self.chosen(bench)]
        cases = self.cases(motifs, bench.length)
        if not cases:
            raise UserError(
                f"experiment {self.name or self.kind}: its settings leave no condition for "
                f"{len(motifs)} motifs in {bench.length} nucleotides"
            )
        found = []
        for done, case in enumerate(cases):
            bench.tell(done, len(cases))
            found.append(bench.finding(case))
        return found

    def chosen(self, bench: Bench) -> list[Pattern]:
        """Returns the motifs that are looked at.

        Raises:
            UserError: If there are none but the experiment needs some.
        """
        decoys = bench.decoys if self.looks_at_decoys else ()
        found = [read_pattern(text) for text in self.motifs] or [*bench.motifs, *decoys]
        if self.needs_motifs and not found:
            raise UserError(
                f"experiment {self.kind}: no motif is known for this task; name some with --motif"
            )
        return found if self.needs_motifs else []

    def embedded(self, motif: Pattern) -> Pattern:
        """Returns a motif as it is put into sequences."""
        return motif.consensus if self.sites == "consensus" else motif


EXPERIMENTS: Registry[type[Experiment]] = Registry("experiment")


def register(name: str) -> Callable[[type[Experiment]], type[Experiment]]:
    """Returns a decorator that files an experiment under a name, which it then knows."""

    def file(entry: type[Experiment]) -> type[Experiment]:
        entry.kind = name
        EXPERIMENTS.add(name, entry)
        return entry

    return file


def middle(width: int, length: int, what: str) -> int:
    """Returns where something of some width starts if it is to lie in the middle.

    Raises:
        UserError: If it is wider than the sequences; `what` says what it is.
    """
    if width > length:
        raise UserError(f"{what} takes {width} nucleotides, the sequences have {length}")
    return (length - width) // 2
