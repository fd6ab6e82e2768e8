"""A verdict in lines for a terminal."""

from __future__ import annotations

from tfbs.leaderboards.names import plain
from tfbs.leaderboards.verdict import Verdict

_HEADLINES = ("auroc", "average_precision")


def describe(folder: str, verdict: Verdict) -> str:
    """Returns what was found, the worst first; nothing in it steers a terminal.

    Args:
        folder: Of the submission.
        verdict: On it.
    """
    trust = f", trust: {verdict.trust}" if verdict.trust else ""
    who = "" if verdict.entry is None else f" {plain(verdict.entry.name)!r}"
    lines = [f"{folder}:{who} {verdict.status}{trust}"]
    if verdict.status == "agrees" and verdict.asked == "claimed":
        lines = [f"{folder}:{who} obeys the rules; next: tfbs leaderboard verify {folder}"]
    lines += [f"  problem: {plain(each, 400)}" for each in verdict.problems]
    lines += [f"  differs: {plain(each, 400)}" for each in verdict.differences]
    cleared = f" (cleared: {plain(verdict.cleared)})" if verdict.cleared else ""
    lines += [f"  suspicion: {plain(each, 400)}{cleared}" for each in verdict.suspicions]
    if verdict.status == "agrees" and verdict.trust != verdict.asked:
        lines.append(
            f"  note: not {verdict.asked}, which needs the weights of every run and, to train "
            "again, a registered architecture"
        )
    for run_id, metrics in verdict.scores.items():
        shown = [
            f"{metric['name']} {metric['value']:.4f}"
            for metric in metrics
            if metric["name"] in _HEADLINES
            and (metric["split"], metric["design"]) == ("test", "all")
            and metric["value"] is not None
        ]
        left = verdict.unchecked.get(run_id, 0)
        waiting = f", {left} recorded ones need weights" if left else ""
        headline = "; ".join(shown[:4])
        lines.append(f"  run {run_id[:12]}: {len(metrics)} metrics computed{waiting}; {headline}")
    return "\n".join(lines)
