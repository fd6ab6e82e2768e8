"""What real sequences lose without a motif, beside what null sequences gain by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from tfbs.benchmark.explain.gia.alone import MotifEffect
from tfbs.benchmark.explain.gia.effect import paired_effect
from tfbs.benchmark.explain.gia.experiment import Axes, Bench, Experiment, Finding, register
from tfbs.benchmark.explain.gia.patterns import Pattern
from tfbs.benchmark.explain.gia.sites import Sites
from tfbs.datasets.alphabet import Codes
from tfbs.errors import UserError

FEWEST = 2
"""Sequences with the motif, below which nothing is said."""


@register("necessity")
class Necessity(Experiment):
    """Motifs of real bound sequences replaced by random letters, beside the motif in nulls.

    Necessity is the output of a sequence as it is minus the mean of the same with every instance
    of the motif replaced, so it has the sign of sufficiency.
    """

    replacements: Annotated[int, Field(ge=1)] = 5

    axes: ClassVar[Axes] = Axes("bars", "motif", "quantity")
    looks_at_decoys: ClassVar[bool] = True

    def findings(self, bench: Bench) -> list[Finding]:
        """Returns both effects of each motif; a motif that no sequence holds has only one.

        Raises:
            UserError: If there are no real bound sequences.
        """
        if bench.sites is None:
            raise UserError("experiment necessity: the task has no bound sequence to look at")
        found = []
        motifs = self.chosen(bench)
        for done, motif in enumerate(motifs):
            bench.tell(done, len(motifs))
            covered = bench.sites.covered(motif)
            rows = np.flatnonzero(covered.any(axis=1))[: len(bench.model.codes)]
            if len(rows) >= FEWEST:
                found.append(self._necessity(bench, motif, rows, covered[rows]))
            (case,) = MotifEffect().cases([self.embedded(motif)], bench.length)
            alone = bench.finding(case)
            labels = {**alone.labels, "quantity": "sufficiency"}
            found.append(Finding(labels, alone.effect, alone.true))
        return found

    def _necessity(
        self, bench: Bench, motif: Pattern, rows: np.ndarray, covered: np.ndarray
    ) -> Finding:
        assert bench.sites is not None  # noqa: S101  (asked before)
        some, seed = bench.sites.rows(rows), bench.model.seed
        lost = self._lost(bench.model.score, some, covered, seed)
        labels = {"motif": motif.name, "quantity": "necessity"}
        true = None
        if bench.rule is not None:
            true = float(self._lost(bench.rule.score, some, covered, seed).mean())
        return Finding(labels, paired_effect(lost), true)

    def _lost(
        self, score: Callable[[Codes], np.ndarray], some: Sites, covered: np.ndarray, seed: int
    ) -> np.ndarray:
        """Returns `(n,)` outputs minus their means without the motif."""
        rng = np.random.default_rng(seed)
        without = [
            np.asarray(score(some.knocked_out(covered, rng)), np.float64)
            for _ in range(self.replacements)
        ]
        lost: np.ndarray = np.asarray(score(some.codes), np.float64) - np.mean(without, axis=0)
        return lost
