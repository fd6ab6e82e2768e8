"""All axes of one trained model on one task."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace

import keras
import numpy as np

from tfbs.benchmark.evaluation.calibration import measure_calibration
from tfbs.benchmark.evaluation.designs import Case, chromosome_blocks, measure_designs
from tfbs.benchmark.evaluation.exact_attribution import measure_exact_attribution
from tfbs.benchmark.evaluation.extras import measure_extras
from tfbs.benchmark.evaluation.filter_match import measure_filters
from tfbs.benchmark.evaluation.interpretability import measure_interpretability
from tfbs.benchmark.evaluation.known_rule import measure_known_rule
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.evaluation.prediction import measure_prediction
from tfbs.benchmark.evaluation.ranking import BASIC
from tfbs.benchmark.evaluation.robustness import measure_robustness, measure_strands
from tfbs.benchmark.evaluation.stress import measure_stress
from tfbs.benchmark.evaluation.summits import measure_summits
from tfbs.benchmark.evaluation.transfer import Transferred
from tfbs.benchmark.evaluation.validation import named_validation, validation_as_test
from tfbs.benchmark.explain import ATTRIBUTIONS
from tfbs.benchmark.explain.bound import explain_bound
from tfbs.benchmark.explain.filters import filter_motifs
from tfbs.benchmark.inputs import read_tracks
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import Protocol
from tfbs.benchmark.runtime import stream_seed
from tfbs.datasets.alphabet import one_hot, reverse_complement
from tfbs.datasets.grid import Rows
from tfbs.datasets.probe import bound_rows, probe_rows
from tfbs.datasets.task import RowArray, Split, Task

Result = tuple[list[Measurement], dict[str, np.ndarray]]


@dataclass(frozen=True)
class OtherStrand:
    """Rows of sequences, or of tracks, as the other strand reads them.

    Attributes:
        rows: `(n, length)` codes, or `(n, length, tracks)` values.
    """

    rows: RowArray

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the rows."""
        return self.rows.shape

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.rows)

    def __getitem__(self, rows: Rows) -> np.ndarray:
        """Returns rows, reversed, and complemented if they are codes."""
        found = self.rows[rows]
        return reverse_complement(found) if found.ndim == 2 else found[:, ::-1]


def evaluate(model: keras.Model, task: Task, protocol: Protocol, seed: int) -> Result:
    """Returns every measurement that applies to the task, and the arrays they come from.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        task: With the split that the protocol judges on; of `test`, every split whose name begins
            with it is predicted.
        protocol: Split, sizes and strengths.
        seed: The run's seed.

    Returns:
        Measurements of all axes but cost, and arrays by name: `<split>_logits` and
        `<split>_logits_reverse_complement`, `(n, targets)` float32, on a genome with
        `<split>_logits_shuffled` of at most 1,000 windows; `probe_logits_<perturbation>` and
        `probe_map_similarity_<attack>` of the robustness probe, and under a protocol with `stress`
        also `reliability_<attack>` curves; `attribution_<method>` maps where the task has ground
        truth or summits, or the protocol has extras, then with `explained_rows` of the test split,
        `(n,)` int64;
        `filter_motifs`, `(filters, 20, 4)`, and `filter_windows`, `(filters,)`, of networks with a
        layer called `motifs`, aligned on the explained examples or, where they are compared with
        the motifs of the task, on all of `test`. Under a protocol that judges on `valid`, that is
        what takes the place of `test` in all of these names.
    """
    if protocol.split == "valid":
        found = evaluate(model, validation_as_test(task), replace(protocol, split="test"), seed)
        return named_validation(*found)
    bootstrap = stream_seed(seed, "bootstrap")
    predict = Predictor(model)
    tests = {name: split for name, split in task.splits.items() if name.startswith("test")}
    parts: list[Result] = []
    logits: dict[str, np.ndarray] = {}
    for name, split in tests.items():
        own = Transferred(model, _held_out(task)) if name == "test_tf" else predict
        parts.append(_prediction(own, task, name, bootstrap))
        logits[name] = parts[-1][1][f"{name}_logits"]
        if split.grid is not None:
            case = Case(split, logits[name], own)
            scored = score_on_grid(case, task, name, bootstrap)
            parts.append((scored, _shuffled(case, name)))
            if name == "test" and split.summits is not None:
                parts.append(_summits(model, case, protocol, bootstrap))
    ranked = [measurement for measurements, _ in parts for measurement in measurements]
    parts.append((measure_known_rule(task, logits, ranked, bootstrap), {}))
    parts.append(_robustness(predict, task, protocol, bootstrap))
    if protocol.stress is not None:
        parts.append(measure_stress(predict, task, protocol.stress, bootstrap))
    parts.append(_interpretability(model, task.splits["test"], protocol, bootstrap))
    parts.append(_filters(model, task, protocol))
    arrays = {name: array for _, named in parts for name, array in named.items()}
    measured = [measurement for measurements, _ in parts for measurement in measurements]
    if protocol.extras:
        further, kept = measure_extras(model, task, protocol, arrays, bootstrap)
        return measured + further, arrays | kept
    return measured, arrays


def _held_out(task: Task) -> list[int]:
    """Returns the columns of the factors that are not trained on."""
    names = task.metadata.get("held_out_targets", [])
    assert isinstance(names, list)  # noqa: S101  (a genome task says so)
    return [task.targets.index(name) for name in names]


def _prediction(predict: Predictor, task: Task, name: str, seed: int) -> Result:
    split = task.splits[name]
    tracks = split.tracks
    forward = predict(split.sequence, tracks)
    reverse = predict(OtherStrand(split.sequence), None if tracks is None else OtherStrand(tracks))
    arrays = {f"{name}_logits": forward, f"{name}_logits_reverse_complement": reverse}
    return score_outputs(arrays, task, name, seed), arrays


def score_outputs(
    arrays: Mapping[str, np.ndarray], task: Task, name: str, seed: int
) -> list[Measurement]:
    """Returns the ranking metrics of a split, and how far both strands agree where both are kept.

    Args:
        arrays: `<name>_logits` and perhaps `<name>_logits_reverse_complement`.
        task: With the split.
        name: Of the split.
        seed: Of the bootstrap.
    """
    split = task.splits[name]
    block = None if split.grid is None else chromosome_blocks(split)
    forward = arrays[f"{name}_logits"]
    label = np.asarray(split.label)
    measured = measure_prediction(label, forward, task.targets, seed, name, block=block)
    reverse = arrays.get(f"{name}_logits_reverse_complement")
    if reverse is not None:
        measured += measure_strands(forward, reverse, seed, name, block)
    return measured


def _shuffled(case: Case, name: str) -> dict[str, np.ndarray]:
    """Returns the outputs on shuffled windows, if there are any."""
    bound = (case.label == 1).any()
    return {f"{name}_logits_shuffled": case.shuffled_logit} if bound else {}


def score_on_grid(
    case: Case,
    task: Task,
    name: str,
    seed: int,
    without: tuple[str, ...] = (),
) -> list[Measurement]:
    """Returns the metrics by negative design, and the basic ones by chromosome.

    Args:
        case: A test split of genome bins with outputs.
        task: Of the split.
        name: Of the split.
        seed: Of the bootstrap.
        without: Designs that are left out.
    """
    measured = measure_designs(case, task.targets, seed, name, without)
    of = case.grid.chromosome(slice(0, len(case.grid)))
    for index, chromosome in enumerate(case.grid.chromosomes):
        rows = of == index
        measured += measure_prediction(
            case.label[rows],
            case.logit[rows],
            task.targets,
            seed,
            f"{name}:{chromosome}",
            names=BASIC,
            block=case.block[rows],
        )
    return measured


def _summits(model: keras.Model, case: Case, protocol: Protocol, seed: int) -> Result:
    return measure_summits(model, case, protocol.explanation_probe, seed, protocol.attributions)


def _robustness(predict: Predictor, task: Task, protocol: Protocol, seed: int) -> Result:
    test = task.splits["test"]
    probe = probe_rows(test, protocol.robustness_probe)
    codes, label = np.asarray(test.sequence[probe]), np.asarray(test.label[probe])
    tracks = read_tracks(predict.model, test.tracks, probe, len(probe))
    measured, arrays = measure_robustness(
        predict, codes, label, task.targets, protocol, seed, tracks=tracks
    )
    if protocol.stress is not None:
        logits = {f"pgd_{e:g}": arrays[f"probe_logits_pgd_{e:g}"] for e in protocol.epsilons}
        calibration, curves = measure_calibration(label, logits, seed)
        measured, arrays = measured + calibration, arrays | curves
    return measured, arrays


def _interpretability(model: keras.Model, test: Split, protocol: Protocol, seed: int) -> Result:
    probe = bound_rows(test, protocol.explanation_probe)
    sequence = one_hot(np.asarray(test.sequence[probe]))
    measured: list[Measurement] = []
    arrays: dict[str, np.ndarray] = {}
    if test.information is not None:
        truth = np.asarray(test.information[probe])
        label = np.asarray(test.label[probe])
        tracks = read_tracks(model, test.tracks, probe, len(probe))
        measured, arrays = measure_interpretability(
            model,
            sequence,
            truth,
            seed,
            label=label,
            tracks=tracks,
            methods=protocol.attributions,
        )
    if test.importance is not None:
        effects = np.asarray(test.importance[probe])
        methods = protocol.attributions
        measured = measured + _exact_attributions(
            model, test, probe, arrays, effects, seed, methods
        )
    return measured, arrays


def _filters(model: keras.Model, task: Task, protocol: Protocol) -> Result:
    test = task.splits["test"]
    matched = protocol.match_filters and bool(task.motifs)
    rows = slice(None) if matched else bound_rows(test, protocol.explanation_probe)
    sequence = one_hot(np.asarray(test.sequence[rows]))
    tracks = read_tracks(model, test.tracks, rows, len(sequence))
    found = filter_motifs(model, sequence, tracks)
    if found is None:
        return [], {}
    measured = measure_filters(found[0], task.motifs) if matched else []
    return measured, {"filter_motifs": found[0], "filter_windows": found[1]}


def _exact_attributions(
    model: keras.Model,
    test: Split,
    probe: np.ndarray,
    maps: Mapping[str, np.ndarray],
    importance: np.ndarray,
    seed: int,
    methods: tuple[str, ...],
) -> list[Measurement]:
    """Returns how well attributions agree with the exact importance."""
    measured = []
    for method in methods:
        found = maps.get(f"attribution_{method}")
        if found is None:
            found = explain_bound(
                functools.partial(ATTRIBUTIONS[method], model),
                one_hot(np.asarray(test.sequence[probe])),
                np.asarray(test.label[probe]),
                tracks=read_tracks(model, test.tracks, probe, len(probe)),
            )
        measured.append(measure_exact_attribution(method, found, importance, seed))
    return measured
