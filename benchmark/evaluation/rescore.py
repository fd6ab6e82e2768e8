"""Measurements from kept arrays alone: no model, no GPU."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.evaluation.calibration import measure_calibration
from tfbs.benchmark.evaluation.designs import Case
from tfbs.benchmark.evaluation.edits import score_edits
from tfbs.benchmark.evaluation.evaluate import score_on_grid, score_outputs
from tfbs.benchmark.evaluation.exact_attribution import measure_exact_attribution
from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.extras import score_extras
from tfbs.benchmark.evaluation.filter_match import measure_filters
from tfbs.benchmark.evaluation.interpretability import score_maps
from tfbs.benchmark.evaluation.known_rule import measure_known_rule
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.robust_curves import score_curves
from tfbs.benchmark.evaluation.robustness import score_perturbed
from tfbs.benchmark.evaluation.shifts import score_shifts
from tfbs.benchmark.evaluation.substitutions import score_substitutions
from tfbs.benchmark.protocol import Protocol, Stress
from tfbs.benchmark.runtime import stream_seed
from tfbs.datasets.alphabet import one_hot
from tfbs.datasets.probe import bound_rows, probe_rows
from tfbs.datasets.task import Split, Task

Arrays = Mapping[str, np.ndarray]


def rescore(arrays: Arrays, task: Task, protocol: Protocol, seed: int) -> list[Measurement]:
    """Returns every measurement that follows from arrays, equal to what `evaluate` returned.

    What needs the model itself is left out: attribution specificity on a genome and what is
    scored at its summits, the gates against gradient masking, explanations that are perturbed
    (`robust-1`), perturbation curves, planted pairs and sanity checks (`full-3`), second order and
    global importance analysis (`full-4`, `gia-1`).

    Args:
        arrays: As `evaluate` keeps them, or some; their shapes must be right.
        task: With a `test` split.
        protocol: Of the run.
        seed: Of the run.
    """
    bootstrap = stream_seed(seed, "bootstrap")
    names = [name for name in task.splits if f"{name}_logits" in arrays]
    measured: list[Measurement] = []
    for name in names:
        measured += score_outputs(arrays, task, name, bootstrap)
        if task.splits[name].grid is not None:
            measured += _on_grid(arrays, task, name, bootstrap)
    logits = {name: arrays[f"{name}_logits"] for name in names}
    if "test" in logits:
        measured += measure_known_rule(task, logits, measured, bootstrap)
    measured += _robustness(arrays, task, protocol, bootstrap)
    if protocol.stress is not None:
        measured += _stress(arrays, task, protocol.stress, bootstrap)
    measured += _interpretability(arrays, task.splits["test"], protocol, bootstrap)
    if protocol.match_filters and task.motifs and "filter_motifs" in arrays:
        measured += measure_filters(arrays["filter_motifs"], task.motifs)
    return measured + score_extras(task, protocol, arrays, bootstrap)


def _on_grid(arrays: Arrays, task: Task, name: str, seed: int) -> list[Measurement]:
    without = () if f"{name}_logits_shuffled" in arrays else ("dinucleotide_shuffled",)

    def predict(codes: object, tracks: object) -> np.ndarray:
        """Stands where a model would: only shuffled windows are asked for."""
        return arrays[f"{name}_logits_shuffled"]

    case = Case(task.splits[name], arrays[f"{name}_logits"], predict)
    return score_on_grid(case, task, name, seed, without)


def _robustness(arrays: Arrays, task: Task, protocol: Protocol, seed: int) -> list[Measurement]:
    test = task.splits["test"]
    label = np.asarray(test.label[probe_rows(test, protocol.robustness_probe)])
    measured = score_perturbed(arrays, label, task.targets, protocol, seed)
    if protocol.stress is not None:
        logits = {
            f"pgd_{epsilon:g}": arrays[f"probe_logits_pgd_{epsilon:g}"]
            for epsilon in protocol.epsilons
            if f"probe_logits_pgd_{epsilon:g}" in arrays
        }
        measured += measure_calibration(label, logits, seed)[0]
    return measured


def _stress(arrays: Arrays, task: Task, stress: Stress, seed: int) -> list[Measurement]:
    """Returns what comes of outputs; how many examples there were is read off the arrays."""
    attacked = _probe(task, arrays.get("probe_logits_shift"), seed)
    searched = _probe(task, arrays.get("probe_logits_worst_greedy"), seed)
    measured: list[Measurement] = []
    if attacked is not None:
        measured += score_curves(attacked, arrays, stress)
        measured += score_shifts(attacked, arrays, stress)
        measured += score_edits(attacked, arrays, stress)
    if searched is not None:
        measured += score_substitutions(searched, arrays)
    return measured


def _probe(task: Task, outputs: np.ndarray | None, seed: int) -> Examples | None:
    if outputs is None:
        return None
    test = task.splits["test"]
    rows = probe_rows(test, outputs.shape[1])
    codes, label = np.asarray(test.sequence[rows]), np.asarray(test.label[rows])
    return Examples(None, codes, label, task.targets, seed)


def _interpretability(
    arrays: Arrays, test: Split, protocol: Protocol, seed: int
) -> list[Measurement]:
    probe = bound_rows(test, protocol.explanation_probe)
    measured: list[Measurement] = []
    if test.information is not None:
        sequence = one_hot(np.asarray(test.sequence[probe]))
        truth = np.asarray(test.information[probe])
        measured += score_maps(arrays, sequence, truth, seed, protocol.attributions)
    if test.importance is not None and test.information is not None:
        effects = np.asarray(test.importance[probe])
        measured += [
            measure_exact_attribution(method, arrays[f"attribution_{method}"], effects, seed)
            for method in protocol.attributions
            if f"attribution_{method}" in arrays
        ]
    return measured
