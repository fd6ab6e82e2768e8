"""What the patterns of TF-MoDISco are: motifs of a database, planted ones, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.evaluation.seqlets import SeqletScores, score_seqlets
from tfbs.benchmark.explain.modisco import Pattern
from tfbs.benchmark.explain.motif_database import Match, best_match, match_all
from tfbs.benchmark.explain.subjects import Subjects
from tfbs.datasets.planting import Placement
from tfbs.datasets.task import Task
from tfbs.jaspar import Motif

LARGEST_Q = 0.1


@dataclass(frozen=True)
class Annotated:
    """A pattern with what is known of it.

    Attributes:
        pattern: By TF-MoDISco.
        match: The most similar motif of the database, however unlike, by its letters.
        scores: Of its seqlets against planted motifs; None where none are known.
    """

    pattern: Pattern
    match: Match | None
    scores: SeqletScores | None

    @property
    def matched(self) -> bool:
        """Whether the best match has q < 0.1."""
        return self.match is not None and self.match.q_value < LARGEST_Q

    @property
    def label(self) -> str:
        """The name of the motif, or that of the pattern where nothing matches."""
        return self.match.motif.name if self.match and self.matched else self.pattern.name


def annotate(
    patterns: Sequence[Pattern],
    database: Sequence[Motif],
    planted: Sequence[Sequence[Placement]] | None,
    length: int,
) -> list[Annotated]:
    """Returns the patterns with their best matches, and with what was planted at their places.

    Args:
        patterns: By TF-MoDISco.
        database: What their letters are compared with, columns by their correlation.
        planted: For each sequence the motifs that count; None where none are known.
        length: Of the sequences.
    """
    letters = [pattern.frequencies[pattern.core] for pattern in patterns]
    found = match_all(letters, database, "pearson")
    return [
        Annotated(
            pattern,
            best_match(matches, database),
            None if planted is None else score_seqlets(pattern.cores, planted, length),
        )
        for pattern, matches in zip(patterns, found, strict=True)
    ]


def planted_motifs(task: Task, subjects: Subjects) -> list[list[Placement]] | None:
    """Returns, for each explained sequence, the planted motifs that count.

    They are those of the explained target where the task names the motifs of its targets, else
    all.

    Args:
        task: Of the sequences.
        subjects: What was explained.

    Returns:
        None where nobody noted what was planted.
    """
    placements = task.splits["test"].placements
    if placements is None or subjects.rows is None:
        return None
    found = []
    for row, target in zip(placements.of(subjects.rows), subjects.target.tolist(), strict=True):
        own = task.motifs.get(task.targets[target])
        bases = [placed.matrix_id.partition(".")[0] for placed in row]
        found.append(
            [one for one, base in zip(row, bases, strict=True) if own is None or base in own]
        )
    return found


def score_all(
    patterns: Sequence[Pattern], planted: Sequence[Sequence[Placement]], length: int
) -> SeqletScores:
    """Returns precision and recall of the seqlets of all patterns together.

    Args:
        patterns: By TF-MoDISco.
        planted: For each sequence the motifs that count.
        length: Of the sequences.
    """
    return score_seqlets(np.concatenate([one.cores for one in patterns]), planted, length)
