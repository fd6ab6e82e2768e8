"""What is found in a submission, level by level; runs inside the walls of `child`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tfbs.benchmark.dream import score as dream_score
from tfbs.benchmark.evaluation.metric import METRICS, Measurement
from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.suite import Suite
from tfbs.datasets.task import Task
from tfbs.leaderboards import dream
from tfbs.leaderboards.compare import array_differences, metric_differences, metric_problems
from tfbs.leaderboards.manifest import SuiteName
from tfbs.leaderboards.minimum import is_external, is_floor
from tfbs.leaderboards.names import alike, plain
from tfbs.leaderboards.per_example import per_example, run_key
from tfbs.leaderboards.reevaluation import load_weights, prepared, reevaluate
from tfbs.leaderboards.retraining import retrain
from tfbs.leaderboards.submission import Submission, SubmittedRun, read_submission
from tfbs.leaderboards.suspicion import Known, suspicions
from tfbs.leaderboards.task_file import headlines
from tfbs.leaderboards.untrusted import Unusable
from tfbs.leaderboards.verdict import LEVELS, Recipe, Trust, Verdict


@dataclass(frozen=True)
class Question:
    """What is asked of a submission.

    Attributes:
        folder: The submission.
        suite: That it has to be for.
        tasks: Of the suite, by name, loaded.
        level: How far to look.
        others: Outputs of accepted entries.
        names: Of accepted entries.
        cleared: Why a reviewer lets suspicions pass.
        threads: TensorFlow's threads.
        begins: Is told the level that a run is now brought to, and the number of the run, from 1.
    """

    folder: Path
    suite: Suite
    tasks: Mapping[str, Task]
    level: Trust
    others: Sequence[Known] = ()
    names: Sequence[str] = ()
    cleared: str | None = None
    threads: int = 2
    begins: Callable[[Trust, int], None] = lambda _level, _number: None

    def asks_for(self, level: Trust) -> bool:
        """Returns whether to look as far as this level."""
        return LEVELS.index(self.level) >= LEVELS.index(level)


def inspect(question: Question, examples: dict[str, np.ndarray] | None = None) -> Verdict:
    """Returns the verdict on a submission, without the walls and the machine it was found behind.

    Each level is reached only where nothing stands against the ones before it.

    Args:
        question: What is asked.
        examples: Is given the numbers per example that pair entries, by `run_key`.
    """
    kept = {} if examples is None else examples
    submission = read_submission(question.folder, question.suite, dict(question.tasks))
    for run in submission.runs:
        found = metric_problems(run.record["metrics"])
        submission.problems += [f"run {run.short}: {problem}" for problem in found]
    verdict = _begin(question, submission)
    if submission.problems:
        return _unusable(verdict, submission.problems)
    if question.asks_for("re-scored"):
        _rescore(question, submission, verdict, kept)
        _suspect(question, submission, verdict)
        if not _stands(verdict):
            return verdict
        verdict.trust = "re-scored"
    if question.asks_for("re-evaluated"):
        missing = [run.short for run in submission.runs if run.weights is None]
        if missing:
            return verdict
        try:
            _reevaluate(question, submission, verdict, kept)
        except Unusable as error:
            return _unusable(verdict, [str(error)])
        if not _stands(verdict):
            return verdict
        verdict.trust = "re-evaluated"
    elsewhere = any(is_external(run.spec) for run in submission.runs)
    if question.asks_for("re-trained") and not elsewhere:
        verdict.differences += retrain(
            submission.runs,
            question.tasks,
            question.folder.parent,
            question.threads,
            lambda number: question.begins("re-trained", number),
        )
        if _stands(verdict):
            verdict.trust = "re-trained"
    return verdict


def _begin(question: Question, submission: Submission) -> Verdict:
    read = submission.read
    return Verdict(
        status="agrees",
        trust="claimed",
        asked=question.level,
        suite=SuiteName(name=question.suite.name, version=question.suite.version),
        entry=None if read is None else read.manifest.entry,
        manifest=None if read is None else read.sha256,
        cleared=question.cleared,
    )


def _unusable(verdict: Verdict, problems: Sequence[str]) -> Verdict:
    verdict.status, verdict.trust = "unusable", None
    verdict.problems = list(dict.fromkeys(problems))
    verdict.scores, verdict.cost = {}, {}
    return verdict


def _stands(verdict: Verdict) -> bool:
    """Returns whether nothing stands against the submission, and says so in the verdict."""
    if verdict.differences or (verdict.suspicions and not verdict.cleared):
        verdict.status = "differs"
        return False
    return True


Kept = dict[str, np.ndarray]


def _rescore(question: Question, submission: Submission, verdict: Verdict, examples: Kept) -> None:
    from tfbs.benchmark.evaluation.rescore import rescore

    for number, run in enumerate(submission.runs, 1):
        question.begins("re-scored", number)
        task = prepared(run.spec, question.tasks[run.spec.task_name])
        measured = rescore(run.arrays, task, PROTOCOLS[run.spec.protocol], run.spec.seed)
        found, unchecked = metric_differences(run.record["metrics"], measured)
        verdict.differences += [f"run {run.short}: {each}" for each in found]
        verdict.unchecked[run.record["id"]] = unchecked
        verdict.scores[run.record["id"]] = [_json(measurement) for measurement in measured]
        outputs = {
            name: array
            for name, array in run.arrays.items()
            if name.startswith("test") and name.endswith("_logits")
        }
        _keep(question, run, outputs, examples)
    verdict.metrics = _metric_versions(question)
    verdict.recipe = _recipe(submission.runs)


def _keep(
    question: Question, run: SubmittedRun, arrays: Mapping[str, np.ndarray], examples: Kept
) -> None:
    task, protocol = question.tasks[run.spec.task_name], PROTOCOLS[run.spec.protocol]
    label = np.asarray(prepared(run.spec, task).splits["test"].label)
    found = per_example(task, protocol, arrays, label) | dream.dream_folds(task, arrays)
    examples.update({run_key(run.record["id"], metric): own for metric, own in found.items()})


def _metric_versions(question: Question) -> dict[str, int]:
    suite = question.suite
    names = {
        metric
        for name, task in question.tasks.items()
        for metric in headlines(task, PROTOCOLS[suite.protocol_of(name)]).values()
    }
    versions = {name: METRICS[name].version for name in sorted(names)}
    if any(task.dataset == dream.DATASET for task in question.tasks.values()):
        versions[dream.METRIC] = dream_score.VERSION
    return versions


def _recipe(runs: Sequence[SubmittedRun]) -> Recipe | None:
    """Returns what is known of the architecture; None of one of other software."""
    from tfbs.architectures import ARCHITECTURES

    spec = runs[0].spec
    if is_external(spec):
        return None
    known = ARCHITECTURES[str(spec.architecture["name"])]
    return Recipe(family=known.family, source=known.source, fitted=is_floor(spec))


def _suspect(question: Question, submission: Submission, verdict: Verdict) -> None:
    own: list[Known] = []
    same = alike(submission.manifest.entry.name, question.names)
    if same is not None:
        verdict.suspicions.append(f"the name passes for that of another entry, {plain(same)!r}")
    for run in submission.runs:
        task = question.tasks[run.spec.task_name]
        others = [*question.others, *([] if is_floor(run.spec) else own)]
        protocol = PROTOCOLS[run.spec.protocol]
        verdict.suspicions += suspicions(run, task, protocol, others)
        if "test_logits" in run.arrays:
            name = f"run {run.short} of this entry"
            logits = run.arrays["test_logits"]
            own.append(Known(name, run.spec.id, run.spec.task_name, logits))


def _reevaluate(
    question: Question, submission: Submission, verdict: Verdict, examples: Kept
) -> None:
    import keras

    for number, run in enumerate(submission.runs, 1):
        question.begins("re-evaluated", number)
        keras.backend.clear_session()
        task = question.tasks[run.spec.task_name]
        model = load_weights(run, question.folder, task)
        measured, arrays, cost = reevaluate(model, run.spec, task)
        found = array_differences(run.arrays, arrays)
        again, _ = metric_differences(run.record["metrics"], measured, None, "from the weights")
        verdict.differences += [f"run {run.short}: {each}" for each in found + again]
        run_id = run.record["id"]
        verdict.unchecked[run_id] = 0
        verdict.scores[run_id] = [_json(measurement) for measurement in measured]
        verdict.cost[run_id] = dict(cost)
        _keep(question, run, arrays, examples)


def _json(measurement: Measurement) -> dict[str, object]:
    return dict(measurement.to_json())
