"""Gates: can the numbers under gradient attacks be believed?

A model can look robust because its gradients say nothing. Each gate asks what must hold if they
do (Carlini et al. 2019, https://arxiv.org/abs/1902.06705; Athalye, Carlini & Wagner 2018,
https://arxiv.org/abs/1802.00420).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.attacks.black_box import random_search
from tfbs.benchmark.attacks.margin import margins
from tfbs.benchmark.attacks.pgd import PGD, Attacker
from tfbs.benchmark.evaluation.examples import Examples
from tfbs.benchmark.evaluation.metric import METRICS, POSITIVE, SHARE, Measurement, Metric, stressed
from tfbs.benchmark.evaluation.prediction import auroc, mean_over_targets
from tfbs.benchmark.evaluation.robust_curves import worst_logits
from tfbs.benchmark.protocol import Stress
from tfbs.benchmark.runtime import stream_seed

NOTICEABLE = 0.01
"""Of what the white box gained: by less, the black box does not beat it."""

Evidence = tuple[float, int, str | None]
"""The value, from how many examples, and why it is undefined if it is NaN."""


@dataclass(frozen=True)
class Gate:
    """One condition.

    Attributes:
        evidence: Metric that is held against the limit.
        limit: The gate is failed above it.
        words: What the metric is.
        formula: How it is computed.
        between: Its smallest and largest value.
    """

    evidence: str
    limit: float
    words: str
    formula: str
    between: tuple[float, float] = SHARE


GATES = {
    "loss": Gate(
        "loss_fall",
        0.05,
        "Largest fall of the mean loss (minus the margin) from one radius of the L-infinity attack "
        "off the simplex to the next, over its largest rise above the clean loss; 1 where it never "
        "rises",
        "max over radii of (loss_k - loss_(k+1)) / (max loss - clean loss)",
        POSITIVE,
    ),
    "unbounded": Gate(
        "auroc_pgd_unbounded",
        0.1,
        "AUROC under an attack that may go anywhere in [0, 1], all DNA included, and so could turn "
        "every example; where it cannot turn a share s of both classes, at least s * s is left",
        "auroc(y, f(x + d)), x + d in [0, 1]",
    ),
    "black_box": Gate(
        "black_box_share",
        0.05,
        "Share of examples whose margin a random search without gradients lowers by over "
        f"{NOTICEABLE:.0%} more than the gradient attack in the same L-infinity ball, the largest",
        f"share of x with fall by search > {1 + NOTICEABLE:g} fall by gradient",
    ),
}

_SOURCE = (
    "Carlini et al. (2019), https://arxiv.org/abs/1902.06705; Athalye, Carlini & Wagner (2018), "
    "https://arxiv.org/abs/1802.00420"
)


def _register() -> None:
    for name, gate in GATES.items():
        METRICS.add(
            gate.evidence,
            Metric(
                "robustness",
                f"{gate.words}; above {gate.limit:g} the model fails the gate {name!r}.",
                higher_is_better=False,
                formula=gate.formula,
                between=gate.between,
                source=_SOURCE,
                asked=stressed,
            ),
        )
        METRICS.add(
            f"gradient_masking_{name}",
            Metric(
                "robustness",
                f"1 where {gate.evidence} is above {gate.limit:g}, else 0.",
                higher_is_better=False,
                formula=f"1 if {gate.evidence} > {gate.limit:g} else 0",
                between=SHARE,
                asked=stressed,
            ),
        )
    METRICS.add(
        "gradient_masking",
        Metric(
            "robustness",
            f"How many of the gates {', '.join(GATES)} the model fails, each in a metric of its "
            "own; unless 0, its gradients hide something and its numbers under gradient attacks "
            "are too good. 0 is no proof: only the L-infinity attack is looked at, and a random "
            "search of few queries finds little in long sequences.",
            higher_is_better=False,
            formula=" + ".join(f"gradient_masking_{name}" for name in GATES),
            between=(0, len(GATES)),
            asked=stressed,
        ),
    )


_register()


def measure_masking(examples: Examples, stress: Stress) -> list[Measurement]:
    """Returns the evidence and verdict of every gate, and how many are failed.

    Args:
        examples: Of the probe set; a few hundred are enough.
        stress: Radii, steps and queries.
    """
    measured, failed = [], []
    for name, gate in GATES.items():
        value, n, reason = _EVIDENCE[name](examples, stress)
        undefined = bool(np.isnan(value))
        verdict = None if undefined else float(value > gate.limit)
        failed.append(verdict)
        for metric, number in ((gate.evidence, value), (f"gradient_masking_{name}", verdict)):
            measured.append(
                _single(metric, None if undefined else number, n, examples.positives, reason)
            )
    known = [verdict for verdict in failed if verdict is not None]
    missing = None if len(known) == len(failed) else "a gate is undefined"
    total = float(sum(known)) if missing is None else None
    n = len(examples.codes)
    measured.append(_single("gradient_masking", total, n, examples.positives, missing))
    return measured


def _single(
    name: str, value: float | None, n: int, positives: int, reason: str | None
) -> Measurement:
    why = reason or "no interval: a gate is passed or failed"
    return Measurement(name, "mean", "probe", value, None, n, positives, why)


def _loss_fall(examples: Examples, stress: Stress) -> Evidence:
    attack = Attacker(examples.predict.model, PGD(epsilon=0.0, steps=stress.steps, box=False))
    losses = []
    for radius in (0.0, *sorted(stress.linf)):
        _, logit = attack(examples.sequence, examples.label, radius, tracks=examples.tracks)
        losses.append(-float(margins(logit, examples.label).mean()))
    return loss_fall(np.array(losses)), len(examples.codes), None


def loss_fall(loss: np.ndarray) -> float:
    """Returns the largest fall between neighbours over the rise above the first.

    Args:
        loss: By radius, the smallest first.

    Returns:
        At least 0; 1 where the loss never rises above the first.
    """
    rise = loss.max() - loss[0]
    if not rise > 0:
        return 1.0
    return float(max(0.0, -np.diff(loss).min()) / rise)


def _unbounded(examples: Examples, stress: Stress) -> Evidence:
    attack = Attacker(examples.predict.model, PGD(epsilon=1.0, steps=stress.steps))
    _, logit = attack(examples.sequence, examples.label, tracks=examples.tracks)
    value = mean_over_targets(auroc, examples.label, logit)
    return value, len(examples.codes), "no target has both classes" if np.isnan(value) else None


def _black_box(examples: Examples, stress: Stress) -> Evidence:
    model, label = examples.predict.model, examples.label
    by_radius = worst_logits(examples, stress, "linf", simplex=False)["pgd"]
    clean, white = by_radius[0], by_radius[-1]
    black = random_search(
        model,
        examples.sequence,
        label,
        max(stress.linf),
        stress.queries,
        stream_seed(0, "black box"),
        tracks=examples.tracks,
    )
    before, gained, other = (margins(logit, label) for logit in (clean, white, black))
    beaten = gained - other > NOTICEABLE * np.maximum(before - gained, 1e-3)
    return float(beaten.mean()), len(beaten), None


_EVIDENCE: dict[str, Callable[[Examples, Stress], Evidence]] = {
    "loss": _loss_fall,
    "unbounded": _unbounded,
    "black_box": _black_box,
}
