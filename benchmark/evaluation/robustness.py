"""The robustness axis: what is left of the ranking when the input is perturbed?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.attacks import PGD, Attacker, substitute
from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.evaluation.bootstrap import mean_samples
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, SHARE, Asked, Measurement, Metric
from tfbs.benchmark.evaluation.prediction import measure_prediction, percentile_interval
from tfbs.benchmark.evaluation.ranking import BASIC
from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.explain.similarity import corrected, map_cosine
from tfbs.benchmark.predict import Predictor
from tfbs.benchmark.protocol import PROTOCOLS, Protocol
from tfbs.benchmark.runtime import stream_seed
from tfbs.datasets.alphabet import one_hot

STABILITY_EPSILON = 0.02
SIMILARITY = f"probe_map_similarity_pgd_{STABILITY_EPSILON:g}"
"""The array of `map_similarity` before and after the attack of this radius."""


def _attacks(epsilon: float) -> Asked:
    return lambda protocol: epsilon in protocol.epsilons


def _substitutes(fraction: float) -> Asked:
    return lambda protocol: fraction in protocol.fractions


def _register_perturbed() -> None:
    words = {"auroc": "AUROC", "average_precision": "Average precision"}
    epsilons = sorted({e for name in PROTOCOLS for e in PROTOCOLS[name].epsilons})
    fractions = sorted({f for name in PROTOCOLS for f in PROTOCOLS[name].fractions})
    for name, word in words.items():
        for epsilon in epsilons:
            METRICS.add(
                f"{name}_pgd_{epsilon:g}",
                Metric(
                    "robustness",
                    f"{word} on the probe set under an L-infinity attack of radius {epsilon:g} on "
                    "the one-hot input, elements staying in [0, 1], 20 steps of projected gradient "
                    "descent from the input (Madry et al. 2018), the worst of this and all smaller "
                    "radii.",
                    formula=f"min over e <= {epsilon:g} of {name}(y, f(x + d)), max |d| <= e, "
                    "x + d in [0, 1]",
                    between=SHARE,
                    source="Madry et al. (2018), https://arxiv.org/abs/1706.06083",
                    asked=_attacks(epsilon),
                ),
            )
        for fraction in fractions:
            METRICS.add(
                f"{name}_substitution_{fraction:g}",
                Metric(
                    "robustness",
                    f"{word} on the probe set with {100 * fraction:g} % of the letters replaced "
                    "at random.",
                    formula=f"{name}(y, f(x'))",
                    between=SHARE,
                    asked=_substitutes(fraction),
                ),
            )


def _register() -> None:
    METRICS.add(
        "reverse_complement_correlation",
        Metric(
            "robustness",
            "Pearson correlation of the logits of both strands, in [-1, 1]; the mean over targets, "
            "and the mean ends of their intervals by Fisher's z, as if all erred together.",
            formula="mean over targets of corr(f(x), f(reverse complement of x))",
            between=CORRELATION,
            version=2,  # 1 took the logits of all targets for one sample
        ),
    )
    METRICS.add(
        "reverse_complement_difference",
        Metric(
            "robustness",
            "Mean absolute difference of the predicted probabilities of both strands, in [0, 1].",
            higher_is_better=False,
            formula="mean |p(x) - p(reverse complement of x)|",
            between=SHARE,
        ),
    )
    METRICS.add(
        f"attribution_stability_pgd_{STABILITY_EPSILON:g}",
        Metric(
            "robustness",
            "Mean cosine similarity of corrected saliency maps of the first target, bound or not, "
            f"before and after the attack of radius {STABILITY_EPSILON:g} on all targets, in "
            "[-1, 1].",
            formula="mean over x of cos(map(x), map(x + d))",
            between=CORRELATION,
            asked=_attacks(STABILITY_EPSILON),
        ),
    )


_register_perturbed()
_register()


def measure_robustness(
    predict: Predictor,
    codes: np.ndarray,
    label: np.ndarray,
    targets: tuple[str, ...],
    protocol: Protocol,
    seed: int,
    *,
    tracks: np.ndarray | None = None,
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns ranking metrics under attacks and substitutions, and the perturbed outputs.

    Args:
        predict: The model, ready to predict.
        codes: `(n, length)` uint8 codes of the probe set.
        label: `(n, targets)` int8, -1 where unknown.
        targets: Names of the label columns.
        protocol: Radii, fractions and steps.
        seed: Of the bootstrap. Substitutions are the same for every run of a task.
        tracks: `(n, length, tracks)` of the probe set, for a model that reads them.

    Returns:
        Measurements on the split `probe`, `probe_logits_<perturbation>` arrays,
        `(n, targets)` float32, and `probe_map_similarity_pgd_0.02`, `(n,)`.
    """
    outputs, attacked = _attacked_outputs(predict, codes, label, tracks, protocol)
    for index, fraction in enumerate(protocol.fractions):
        changed = substitute(codes, fraction, stream_seed(0, "substitution", index))
        outputs[f"substitution_{fraction:g}"] = predict(changed, tracks)
    arrays = {f"probe_logits_{name}": logit for name, logit in outputs.items()}
    if STABILITY_EPSILON in attacked:
        arrays[SIMILARITY] = map_similarity(
            InputGradient(predict.model),
            one_hot(codes),
            attacked[STABILITY_EPSILON],
            tracks=tracks,
        )
    return score_perturbed(arrays, label, targets, protocol, seed), arrays


def score_perturbed(
    arrays: Mapping[str, np.ndarray],
    label: np.ndarray,
    targets: tuple[str, ...],
    protocol: Protocol,
    seed: int,
) -> list[Measurement]:
    """Returns the measurements of perturbed outputs; those whose array is missing are left out.

    Args:
        arrays: What `measure_robustness` keeps, or some of it.
        label: `(n, targets)` int8, -1 where unknown.
        targets: Names of the label columns.
        protocol: Radii and fractions.
        seed: Of the bootstrap.
    """
    names = [f"pgd_{epsilon:g}" for epsilon in sorted(protocol.epsilons)]
    names += [f"substitution_{fraction:g}" for fraction in protocol.fractions]
    measured = [
        measurement
        for name in names
        if f"probe_logits_{name}" in arrays
        for measurement in measure_prediction(
            label,
            arrays[f"probe_logits_{name}"],
            targets,
            seed,
            split="probe",
            suffix=f"_{name}",
            names=BASIC,
        )
    ]
    if SIMILARITY in arrays:
        similarity = arrays[SIMILARITY]
        measured.append(
            Measurement(
                f"attribution_stability_pgd_{STABILITY_EPSILON:g}",
                "mean",
                "probe",
                float(similarity.mean()),
                percentile_interval(mean_samples(similarity, seed)),
                n=len(similarity),
                positives=int((label == 1).any(axis=1).sum()),
            )
        )
    return measured


def _attacked_outputs(
    predict: Predictor,
    codes: np.ndarray,
    label: np.ndarray,
    tracks: np.ndarray | None,
    protocol: Protocol,
) -> tuple[dict[str, np.ndarray], dict[float, np.ndarray]]:
    """Returns logits by name and perturbed inputs by radius.

    A point of a small ball is in every larger one, so an example keeps the worst point found
    at any smaller radius: more budget never helps the model.
    """
    clean = one_hot(codes)
    worst_input, worst = clean, predict(codes, tracks)
    outputs, inputs = {}, {}
    attack = Attacker(predict.model, PGD(epsilon=0.0, steps=protocol.attack_steps))
    for epsilon in sorted(protocol.epsilons):
        if epsilon > 0:
            found_input, found = attack(clean, label, epsilon, tracks=tracks)
            lower = margins(found, label) < margins(worst, label)
            worst = np.where(lower[:, None], found, worst)
            worst_input = np.where(lower[:, None, None], found_input, worst_input)
        outputs[f"pgd_{epsilon:g}"], inputs[epsilon] = worst.astype("float32"), worst_input
    return outputs, inputs


def map_similarity(
    gradient: InputGradient,
    sequence: np.ndarray,
    perturbed: np.ndarray,
    *,
    tracks: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the cosine similarity of corrected saliency maps of two versions of sequences.

    Args:
        gradient: Of the model, for its first target.
        sequence: `(n, length, 4)`.
        perturbed: `(n, length, 4)`.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Returns:
        `(n,)` in [-1, 1]; 1 where both maps are zero, 0 where one is.
    """
    before, after = (corrected(gradient(x, tracks=tracks)) for x in (sequence, perturbed))
    return map_cosine(before, after)


def measure_strands(
    forward: np.ndarray,
    reverse: np.ndarray,
    seed: int,
    split: str = "test",
    block: np.ndarray | None = None,
) -> list[Measurement]:
    """Returns how far the outputs of a sequence and its reverse complement agree.

    Args:
        forward: `(n, targets)` logits.
        reverse: `(n, targets)` logits of the reverse complements.
        seed: Of the bootstrap.
        split: What the examples are.
        block: `(n,)` int: the block of a chromosome that each row belongs to, if any.
    """
    from scipy.special import expit
    from scipy.stats import pearsonr

    n = len(forward)
    correlation = interval = None
    reason: str | None = "all outputs are equal"
    found = [
        pearsonr(forward[:, column], reverse[:, column])
        for column in range(forward.shape[1])
        if np.ptp(forward[:, column]) > 0 and np.ptp(reverse[:, column]) > 0
    ]
    if found:
        correlation, reason = float(np.mean([each.statistic for each in found])), None
        low, high = np.mean([each.confidence_interval() for each in found], axis=0)  # Fisher's z
        interval = (float(low), float(high))
    difference = np.abs(expit(forward) - expit(reverse)).mean(axis=1)
    return [
        Measurement(
            "reverse_complement_correlation", "mean", split, correlation, interval, n, 0, reason
        ),
        Measurement(
            "reverse_complement_difference",
            "mean",
            split,
            float(difference.mean()),
            percentile_interval(mean_samples(difference, seed, block=block)),
            n,
            0,
        ),
    ]
