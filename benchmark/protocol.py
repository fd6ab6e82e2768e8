"""How thoroughly a run is evaluated; its name is part of the run's identity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from tfbs.registry import Registry

GRADIENTS = ("saliency", "saliency_corrected")
"""The attributions that cost a gradient."""

EXPLAINED = (*GRADIENTS, "ism", "integrated_gradients", "deepshap")
"""All attributions that a protocol may ask for."""

FULL_3_EXTRAS = (
    "instances",
    "pwm_cosine",
    "jaspar_agreement",
    "agreement",
    "perturbation_curves",
    "planted_pairs",
    "sanity",
)
"""The further scores of explanations of `full-3`, in the order of the work."""

EXTRAS = (*FULL_3_EXTRAS, "second_order", "gia")
"""All further scores of explanations that a protocol may ask for, in the order of the work."""

EVALUATION_STEPS = 20
"""Gradient steps of the attack that every run is evaluated under."""


@dataclass(frozen=True, kw_only=True)
class Stress:
    """What is measured of robustness beyond one attack and random substitutions.

    The sizes are those for networks of up to `macs` multiply-accumulates a sequence; for larger
    ones they shrink in proportion (`fitted`), so that a scan with a thousand motifs takes
    minutes too. Every measurement says from how many examples it is.

    Attributes:
        attacked: Examples that are attacked by gradients, shifted, cut and filled.
        searched: Examples whose worst substitutions are searched.
        gated: Examples on which the attacks themselves are put to the test.
        explained: Bound examples whose explanations are perturbed.
        fewest: Examples that remain of each for the largest networks.
        macs: Multiply-accumulates of one sequence up to which nothing is left out.
        linf: L-infinity radii.
        l2: L2 radii of the whole sequence; one substitution is 1.41 away.
        steps: Gradient steps of the iterated attack.
        restarts: Its starts: at the sequence, then at random points of the ball.
        substitutions: The most that are searched for.
        beam: Sequences that the beam search keeps.
        candidates: Substitutions of each that are computed exactly.
        shifts: Positions.
        shift_samples: Random shifts whose outputs are compared.
        indels: Letters that are put in or taken out.
        centre: Fraction of the positions that is not flank.
        queries: Forward passes of the attack without gradients.
        map_epsilon: Radius of the attack on explanations.
        map_steps: Its gradient steps.
    """

    attacked: int = 1000
    searched: int = 200
    gated: int = 200
    explained: int = 200
    fewest: int = 50
    macs: int = 2_000_000
    linf: tuple[float, ...] = (0.01, 0.02, 0.05, 0.1, 0.2)
    l2: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0)
    steps: int = EVALUATION_STEPS
    restarts: int = 2
    substitutions: int = 10
    beam: int = 4
    candidates: int = 32
    shifts: tuple[int, ...] = (1, 2, 5, 10, 20)
    shift_samples: int = 20
    indels: tuple[int, ...] = (1, 5, 20)
    centre: float = 0.5
    queries: int = 200
    map_epsilon: float = 0.05
    map_steps: int = 10

    def fitted(self, macs: int | None) -> Stress:
        """Returns the settings for a network of some size; the smallest where it is unknown."""
        share = 0.0 if macs is None else min(1.0, self.macs / max(macs, 1))

        def size(full: int) -> int:
            return min(full, max(self.fewest, round(share * full)))

        return replace(
            self,
            attacked=size(self.attacked),
            searched=size(self.searched),
            gated=size(self.gated),
            explained=size(self.explained),
        )


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
        stress: What else is measured of robustness.
        split: The split that a model is judged on. With `valid` the test splits are taken away
            before anything is trained; what is measured is of the splits `valid` and
            `valid_probe`, the fixed probe sets in it.
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
    stress: Stress | None = None
    split: Literal["test", "valid"] = "test"


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
        extras=FULL_3_EXTRAS,
        match_filters=True,
    ),
)
PROTOCOLS.add(
    "full-4",
    replace(
        PROTOCOLS["full-3"],
        description="full-3, with second order and global importance analysis against the truth.",
        extras=EXTRAS,
    ),
)
PROTOCOLS.add(
    "gia-1",
    Protocol(
        "Prediction, saliency, and global importance analysis against known effects and decoys.",
        200,
        100,
        epsilons=(0.0,),
        fractions=(),
        attributions=("saliency",),
        extras=("gia",),
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
PROTOCOLS.add(
    "robust-1",
    Protocol(
        "full-1, attacked in two norms on and off DNA, searched for worst substitutions, shifted, "
        "cut, calibrated and with its explanations attacked too.",
        1000,
        500,
        stress=Stress(),
    ),
)
PROTOCOLS.add(
    "robust-2",
    replace(
        PROTOCOLS["robust-1"],
        description="robust-1, and on real sequences whether explanations mark the sites of the "
        "factor that JASPAR knows.",
        extras=("jaspar_agreement",),
    ),
)
PROTOCOLS.add(
    "sweep-1",
    Protocol(
        "For the trials of a sweep: 500 attacked and 200 explained validation examples; the test "
        "split is not there.",
        500,
        200,
        epsilons=(0.0, 0.02, 0.1),
        split="valid",
    ),
)
DEFAULT_PROTOCOL = "full-1"
SWEEP_PROTOCOL = "sweep-1"
