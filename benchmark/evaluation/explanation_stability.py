"""Do explanations stay where they should, and can they be moved on purpose?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np

from tfbs.benchmark.attacks.map_attack import KEPT, attack_maps
from tfbs.benchmark.attacks.shift import shift
from tfbs.benchmark.attacks.substitution import substitute
from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.label_keeping import LABELS_KEPT, edit_silently
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.sequence_mean import undefined
from tfbs.benchmark.explain.attribution import InputGradient
from tfbs.benchmark.explain.bound import Explain, explain_bound
from tfbs.benchmark.explain.similarity import corrected, map_cosine
from tfbs.benchmark.explain.smoothgrad import average_gradient
from tfbs.benchmark.protocol import Stress
from tfbs.benchmark.runtime import stream_seed
from tfbs.datasets.alphabet import one_hot, reverse_complement

SAMPLES = 10
"""Noisy inputs of SmoothGrad, fewer than the 50 of an explanation."""

SHARE = 0.05
"""Of the letters without information that are substituted."""

SHIFT = 5
"""Positions, to either side."""

MAPS = ("saliency", "smoothgrad")
_NOISE = {
    "smoothgrad": f", but for the noise of {SAMPLES} draws, which stays at its positions and is "
    "neither shifted nor turned"
}


def _register(stress: Stress) -> None:
    perturbations = {
        "background": f"{SHARE:.0%} of the letters are substituted where the truth has no "
        f"information and nothing was planted, {LABELS_KEPT}; over the other positions",
        "shift": f"the sequence is shifted by {SHIFT} positions to either side and the map back",
        "strand": "the other strand is read and its map turned back",
        "map_attack": f"an attack in an L-infinity ball of radius {stress.map_epsilon:g}, off the "
        f"simplex, moves the saliency map: {stress.map_steps} sign steps up 1 - cosine, through "
        "second derivatives of a copy with softplus(10 x) / 10 for ReLUs, that keep every bound "
        f"target's probability within {KEPT:g} (after Ghorbani, Abid & Zou 2019 and Dombrowski et "
        "al. 2019)",
    }
    for method in MAPS:
        for name, words in perturbations.items():
            METRICS.add(
                f"attribution_similarity_{name}_{method}",
                Metric(
                    "robustness",
                    f"Mean cosine similarity of {method} maps, without their mean over the four "
                    f"letters, before and after {words}; in [-1, 1], 1 for a map that stays"
                    f"{_NOISE.get(method, '')}.",
                    formula="mean over x of cos(map(x), map(x'))",
                    between=CORRELATION,
                    asked=stressed,
                ),
            )
    METRICS.add(
        "map_attack_share",
        Metric(
            "robustness",
            "Share of the explained examples whose map the attack of "
            "attribution_similarity_map_attack moves at all while it keeps the prediction.",
            higher_is_better=False,
            formula="share of x with x' other than x",
            between=(0, 1),
            asked=stressed,
        ),
    )


_register(Stress())


def measure_stability(examples: Examples, stress: Stress) -> list[Measurement]:
    """Returns how alike maps of bound examples stay under each perturbation.

    Args:
        examples: Bound ones.
        stress: Strength of the attack.
    """
    measured = []
    originals = {method: _map(examples, method, examples.sequence) for method in MAPS}
    for name, sequence, tracks, back in _perturbations(examples):
        for method in MAPS:
            after = back(_map(examples, method, sequence, tracks))
            kept = _kept(examples, name, sequence)
            cosine = map_cosine(originals[method] * kept, after * kept)
            measured.append(examples.mean(f"attribution_similarity_{name}_{method}", cosine))
    if examples.silent is None:
        reason = "the task does not say where its truth is"
        measured += [
            undefined(f"attribution_similarity_background_{method}", reason) for method in MAPS
        ]
    return measured + _attacked(examples, stress, originals)


def _perturbations(examples: Examples) -> Iterator[tuple]:  # type: ignore[type-arg]
    """Yields name, sequences, tracks, and what turns their maps back."""
    codes, tracks = examples.codes, examples.tracks
    edited = edit_silently(examples, _substituted, stream_seed(0, "background"))
    if edited is not None:
        yield "background", one_hot(edited), tracks, np.asarray
    side = np.random.default_rng(stream_seed(0, "map shift")).choice([-1, 1], len(codes)) * SHIFT
    yield (
        "shift",
        one_hot(shift(codes, side)),
        None if tracks is None else shift(tracks, side),
        functools.partial(shift, offset=-side),
    )
    yield (
        "strand",
        one_hot(reverse_complement(codes)),
        None if tracks is None else tracks[:, ::-1],
        lambda maps: maps[:, ::-1, ::-1],
    )


def _substituted(codes: np.ndarray, seed: int) -> np.ndarray:
    return substitute(codes, SHARE, seed)


def _kept(examples: Examples, name: str, sequence: np.ndarray) -> np.ndarray | float:
    """Returns the positions whose maps are compared."""
    if name != "background":
        return 1.0
    return (sequence == examples.sequence).all(axis=-1, keepdims=True)


def _attacked(
    examples: Examples, stress: Stress, originals: dict[str, np.ndarray]
) -> list[Measurement]:
    moved = attack_maps(
        examples.predict.model,
        examples.sequence,
        examples.label,
        stress.map_epsilon,
        stress.map_steps,
        stream_seed(0, "map attack"),
        tracks=examples.tracks,
    )
    found = [
        examples.mean(
            f"attribution_similarity_map_attack_{method}",
            map_cosine(originals[method], _map(examples, method, moved)),
        )
        for method in MAPS
    ]
    share = (moved != examples.sequence).any(axis=(1, 2)).astype(float)
    return [*found, examples.mean("map_attack_share", share)]


def _map(
    examples: Examples, method: str, sequence: np.ndarray, tracks: np.ndarray | None = None
) -> np.ndarray:
    """Returns corrected maps of what is bound; the examples' own tracks by default."""
    beside = examples.tracks if tracks is None else tracks
    explain = _EXPLAIN[method](examples.predict.model)
    maps = explain_bound(explain, sequence, examples.label, tracks=beside)
    return corrected(maps.astype(np.float64))


def _few_samples(model: keras.Model) -> Explain:
    """Returns SmoothGrad without the check that its input is one-hot: attacked ones are not."""
    return functools.partial(average_gradient, model, num_samples=SAMPLES)


_EXPLAIN: dict[str, Callable[[keras.Model], Explain]] = {
    "saliency": InputGradient,
    "smoothgrad": _few_samples,
}
