"""How thoroughly a run is evaluated; its name is part of the run's identity."""

from __future__ import annotations

from dataclasses import dataclass

from tfbs.registry import Registry

GRADIENTS = ("saliency", "saliency_corrected")
"""The attributions that cost a gradient."""

EXPLAINED = (*GRADIENTS, "ism", "integrated_gradients", "deepshap")
"""All attributions that a protocol may ask for."""

EXTRAS = (
    "instances",
    "pwm_cosine",
    "jaspar_agreement",
    "agreement",
    "perturbation_curves",
    "planted_pairs",
    "sanity",
)
"""All further scores of explanations that a protocol may ask for, in the order of the work."""

EVALUATION_STEPS = 20
"""Gradient steps of the attack that every run is evaluated under."""


@dataclass(frozen=True)
class Protocol:
    """Sizes of the fixed probe sets and strengths of the perturbations.

    Attributes:
        description: One line.
        robustness_probe: Test examples that are attacked.
        explanation_probe: Positive test examples that are explained.
        epsilons: L-infinity radii of the attack; 0 is the clean probe set.
        attack_steps: Gradient steps of the attack.
        fractions: Fractions of letters that are substituted at random.
        attributions: Which explanations are scored, of `EXPLAINED`.
        extras: Which further scores of explanations, of `EXTRAS`; with any, real sequences without
            summits are explained too.
        match_filters: Whether first-layer filters are compared with the motifs of a task that
            names them; they are then aligned on the whole test split.
    """

    description: str
    robustness_probe: int
    explanation_probe: int
    epsilons: tuple[float, ...] = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
    attack_steps: int = EVALUATION_STEPS
    fractions: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1)
    attributions: tuple[str, ...] = GRADIENTS
    extras: tuple[str, ...] = ()
    match_filters: bool = False


PROTOCOLS: Registry[Protocol] = Registry("protocol", Protocol)
PROTOCOLS.add(
    "full-1",
    Protocol("1,000 attacked and 500 explained test examples; explained by gradients.", 1000, 500),
)
PROTOCOLS.add(
    "full-2",
    Protocol(
        "full-1, explained by mutagenesis, integrated gradients and DeepSHAP too.",
        1000,
        500,
        attributions=EXPLAINED,
    ),
)
PROTOCOLS.add(
    "full-3",
    Protocol(
        "full-2, with planted motifs, pairs, filters, JASPAR, perturbation, agreement, sanity.",
        1000,
        500,
        attributions=EXPLAINED,
        extras=EXTRAS,
        match_filters=True,
    ),
)
PROTOCOLS.add(
    "filters-1",
    Protocol(
        "full-1, and filters against motifs on tasks that name theirs.",
        1000,
        500,
        match_filters=True,
    ),
)
PROTOCOLS.add(
    "quick-1", Protocol("200 attacked and 100 explained test examples; for a first look.", 200, 100)
)
DEFAULT_PROTOCOL = "full-1"
