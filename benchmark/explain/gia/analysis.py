"""Several experiments on one model, each in the null sequences that it asks for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tfbs.benchmark.explain.gia.effect import Backgrounds
from tfbs.benchmark.explain.gia.experiment import Axes, Bench, Experiment, Finding
from tfbs.benchmark.explain.gia.nulls import DEFAULT_NULL, NULLS, Source, make_nulls
from tfbs.benchmark.explain.gia.score import Score
from tfbs.benchmark.explain.gia.sites import Sites
from tfbs.benchmark.explain.gia.task_motifs import TaskMotifs
from tfbs.errors import UserError


@dataclass(frozen=True)
class Setting:
    """What is analysed, and where an experiment does not say otherwise, how.

    Attributes:
        source: Real sequences, and the model's output.
        motifs: Of the task, or given.
        sites: Real bound sequences in which motifs are knocked out.
        rule: The true logit, where it is known.
        null: Null model.
        samples: Number of null sequences; by default what is usual for an experiment.
        seed: Of everything drawn at random.
    """

    source: Source
    motifs: TaskMotifs
    sites: Sites | None = None
    rule: Score | None = None
    null: str = DEFAULT_NULL
    samples: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Analysis:
    """What came out of one experiment.

    Attributes:
        name: Of its files.
        kind: Name of the experiment.
        null: Null model.
        samples: Number of null sequences.
        axes: How it is drawn.
        findings: Its effects.
    """

    name: str
    kind: str
    null: str
    samples: int
    axes: Axes
    findings: tuple[Finding, ...]


def analyse(
    experiments: Iterable[Experiment],
    setting: Setting,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Analysis]:
    """Returns what comes out of experiments, in their order.

    Args:
        experiments: No two of one name.
        setting: Model, motifs and defaults.
        tell: Is told how far the work is.

    Raises:
        UserError: If two have one name, a null model is unknown, or an experiment cannot be done.
    """
    planned = list(experiments)
    names = [one.name or one.kind for one in planned]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"two experiments are called {name!r}: give one another 'name'")
    for one in planned:
        _ = NULLS[one.null_model or setting.null]

    @functools.cache
    def backgrounds(null: str, samples: int) -> tuple[Backgrounds, Backgrounds | None]:
        codes = make_nulls(null, setting.source, samples, setting.seed)
        model = Backgrounds(setting.source.score, codes, setting.seed)
        rule = setting.rule
        return model, None if rule is None else Backgrounds(rule, codes, setting.seed)

    found = []
    for name, one in zip(names, planned, strict=True):
        null = one.null_model or setting.null
        samples = one.samples or setting.samples or one.usual_samples

        def report(done: int, total: int, name: str = name) -> None:
            tell(f"{name}, condition {done + 1} of {total}")

        bench = Bench(
            setting.motifs.motifs,
            setting.motifs.decoys,
            *backgrounds(null, samples),
            setting.sites,
            report,
        )
        findings = tuple(one.findings(bench))
        found.append(Analysis(name, one.kind, null, samples, one.axes, findings))
    return found


def rank_agreement(analysis: Analysis) -> float | None:
    """Returns Spearman's correlation of effects with true ones; None where none is known.

    None as well where either are all equal.
    """
    from scipy.stats import spearmanr

    pairs = [(one.effect.mean, one.true) for one in analysis.findings if one.true is not None]
    if len({effect for effect, _ in pairs}) < 2 or len({true for _, true in pairs}) < 2:
        return None
    return float(spearmanr(*zip(*pairs, strict=True)).statistic)
