"""New metrics for accepted entries, after a metric was mended."""

from __future__ import annotations

from pathlib import Path

from tfbs.benchmark.evaluation.metric import METRICS
from tfbs.leaderboards.compare import keyed
from tfbs.leaderboards.entries import RANKED_FROM, verdict_file
from tfbs.leaderboards.names import plain
from tfbs.leaderboards.verdict import LEVELS, Verdict, read_verdict, write_verdict


def renew_scores(folder: Path, rescored: Verdict) -> str:
    """Puts newly computed metrics into the verdict of an accepted entry; returns what was done.

    Trust stays as it is: it is about the arrays, not about the metrics of them. So do metrics that
    need a model, and, where attacks and maps were redone by the host, all that only such an entry
    ranks by: they are of the host's arrays, which are not kept, and `verify` renews them. What
    ranks by DREAM's measures are numbers beside the verdict, which `verify` renews too.

    Args:
        folder: Of the entry.
        rescored: What came of its arrays.
    """
    file = verdict_file(folder)
    if not file.is_file():
        return f"{plain(folder)}: has no verdict yet, nothing is renewed"
    verdict = read_verdict(file)
    if rescored.manifest != verdict.manifest or not rescored.scores:
        return f"{plain(folder)}: is not what was verified, nothing is renewed"
    redone = verdict.trust in LEVELS[LEVELS.index("re-evaluated") :]
    changed = left = 0
    for run_id, metrics in rescored.scores.items():
        before = keyed(verdict.scores.get(run_id, []))
        after = keyed(metrics)
        other = {key for key, metric in after.items() if before.get(key) != metric}
        host = {key for key in other if redone and not _from_outputs(key[0])}
        left += len(host)
        changed += len(other - host)
        renewed = {**before, **{key: after[key] for key in other - host}}
        verdict.scores[run_id] = [dict(metric) for metric in renewed.values()]
    verdict.metrics |= {
        name: version
        for name, version in rescored.metrics.items()
        if name in METRICS and (not redone or _from_outputs(name))
    }
    verdict.code, verdict.date = rescored.code, rescored.date
    write_verdict(file, verdict)
    verified = f"; {left} of what the host redid differ: verify it again" if left else ""
    return f"{plain(folder)}: {changed} metrics changed{verified}"


def _from_outputs(metric: str) -> bool:
    """Returns whether re-scored entries rank by a metric."""
    return RANKED_FROM[METRICS[metric].axis] == "re-scored"
