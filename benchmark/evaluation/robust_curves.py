"""Ranking under gradient attacks of growing radius: two norms, on and off the simplex of DNA."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.attacks.pgd import PGD, Attacker
from tfbs.benchmark.attacks.projection import Norm
from tfbs.benchmark.evaluation.examples import Examples, register_ranking
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.protocol import Stress
from tfbs.benchmark.runtime import stream_seed

NORMS: dict[Norm, str] = {"linf": "L-infinity", "l2": "L2 (of the whole sequence)"}
DOMAINS = {
    "free": "off the simplex: elements go anywhere",
    "simplex": "on the simplex: every position stays a mixture of letters",
}
METHODS = ("fgsm", "pgd")
MULTI = (
    "one perturbation per example against all its known targets: it lowers the sum of "
    "(2 label - 1) logit"
)
"""What is attacked; with one target this has the sign of the cross-entropy's gradient."""


def radii(stress: Stress, norm: Norm) -> tuple[float, ...]:
    """Returns the radii of a norm, the smallest first; 0 is the clean examples."""
    return (0.0, *sorted(stress.linf if norm == "linf" else stress.l2))


def _register(stress: Stress) -> None:
    methods = {
        "fgsm": "one gradient step to the edge of the ball (FGSM, Goodfellow et al. 2015)",
        "pgd": f"{stress.steps} steps of projected gradient descent from {stress.restarts} starts, "
        "one of them random, and the one step (PGD, Madry et al. 2018)",
    }
    for norm, norm_words in NORMS.items():
        for domain, domain_words in DOMAINS.items():
            for method, method_words in methods.items():
                register_ranking(
                    (f"{method}_{norm}_{domain}_{radius:g}" for radius in radii(stress, norm)),
                    f"attacked in an {norm_words} ball of radius {{}} around the one-hot input, "
                    f"{domain_words}; {method_words}; {MULTI}; the worst of this and all smaller "
                    "radii",
                )


_register(Stress())


def measure_curves(
    examples: Examples, stress: Stress
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns ranking metrics by method, norm, domain and radius.

    More budget never helps the model: an example keeps the worst point found at any smaller
    radius, and the iterated attack has the point of the single step too.

    Args:
        examples: Of the probe set.
        stress: Radii, steps and restarts.

    Returns:
        Measurements, and `probe_logits_<method>_<norm>_<domain>` arrays, `(radii, n, targets)`.
    """
    arrays = {
        f"probe_logits_{method}_{norm}_{domain}": logits
        for norm in NORMS
        for domain in DOMAINS
        for method, logits in worst_logits(
            examples, stress, norm, simplex=domain == "simplex"
        ).items()
    }
    return score_curves(examples, arrays, stress), arrays


def score_curves(
    examples: Examples, arrays: Mapping[str, np.ndarray], stress: Stress
) -> list[Measurement]:
    """Returns the measurements of attacked outputs; those whose array is missing are left out.

    Args:
        examples: Of the probe set.
        arrays: What `measure_curves` keeps, or some of it.
        stress: Radii.
    """
    measured: list[Measurement] = []
    for norm, domain, method in itertools.product(NORMS, DOMAINS, METHODS):
        name = f"{method}_{norm}_{domain}"
        logits = arrays.get(f"probe_logits_{name}")
        if logits is not None:
            strengths = radii(stress, norm)
            measured += examples.rank(
                {f"{name}_{r:g}": logit for r, logit in zip(strengths, logits, strict=True)}
            )
    return measured


def worst_logits(
    examples: Examples, stress: Stress, norm: Norm, *, simplex: bool
) -> dict[str, np.ndarray]:
    """Returns the worst logits of both methods, `(radii, n, targets)` each, the clean ones first.

    Args:
        examples: Of the probe set.
        stress: Radii, steps and restarts.
        norm: Of the ball.
        simplex: Whether every position stays a mixture of letters.
    """
    model, label = examples.predict.model, examples.label
    once, often = (
        Attacker(model, PGD(epsilon=0.0, steps=steps, norm=norm, box=False, simplex=simplex))
        for steps in (1, stress.steps)
    )
    sequence, beside = examples.sequence, examples.tracks
    clean = examples.predict(examples.codes, beside)
    single, iterated = [clean], [clean]
    for radius in radii(stress, norm)[1:]:
        _, step = once(sequence, label, radius, tracks=beside)
        single.append(worse(single[-1], step, label))
        worst = worse(iterated[-1], step, label)
        for restart in range(stress.restarts):
            noise = start_noise(sequence.shape, restart)
            _, found = often(sequence, label, radius, tracks=beside, noise=noise)
            worst = worse(worst, found, label)
        iterated.append(worst)
    return {"fgsm": np.stack(single), "pgd": np.stack(iterated)}


def start_noise(shape: tuple[int, ...], restart: int) -> np.ndarray | None:
    """Returns where a walk starts, in units of the radius; the first at the sequence itself.

    Args:
        shape: `(n, length, 4)`.
        restart: From 0.

    Returns:
        float32 in [-1, 1], the same for every run of a task.
    """
    if restart == 0:
        return None
    rng = np.random.default_rng(stream_seed(0, "attack", restart))
    return rng.uniform(-1, 1, shape).astype("float32")


def worse(logit: np.ndarray, other: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Returns, example by example, the logits with the lower margin.

    Args:
        logit: `(n, targets)`.
        other: `(n, targets)`, taken where its margin is lower.
        label: `(n, targets)` int8.
    """
    lower = margins(other, label) < margins(logit, label)
    return np.where(lower[:, None], other, logit).astype("float32")
