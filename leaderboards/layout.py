"""Which arrays a run of a task may hand in, of which shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tfbs.benchmark.protocol import Protocol, Stress
from tfbs.datasets.probe import bound_rows, probe_rows
from tfbs.datasets.task import Task
from tfbs.leaderboards.safe_arrays import FLOATS, INTEGERS

LARGEST_LOGIT = 1e6


@dataclass(frozen=True)
class Expected:
    """An array that a run may hand in.

    Attributes:
        shape: None for a length that is not fixed.
        words: What it holds, for people.
        required: Whether a run without it is refused.
        dtypes: Which are accepted.
        largest: Absolute value that is still accepted; None where NaN is too.
    """

    shape: tuple[int | None, ...]
    words: str
    required: bool = False
    dtypes: tuple[str, ...] = FLOATS
    largest: float | None = LARGEST_LOGIT

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Returns whether an array of this shape is what is expected."""
        return len(shape) == len(self.shape) and all(
            wanted in (None, length) for wanted, length in zip(self.shape, shape, strict=True)
        )

    def __str__(self) -> str:
        return f"({', '.join('n' if length is None else str(length) for length in self.shape)})"


def expected_arrays(task: Task, protocol: Protocol) -> dict[str, Expected]:
    """Returns every array that `evaluate` keeps of a task under a protocol, by name."""
    targets = len(task.targets)
    found: dict[str, Expected] = {}
    for name, split in task.splits.items():
        if name.startswith("test"):
            n = len(split.label)
            found[f"{name}_logits"] = Expected((n, targets), f"logits of {name}", required=True)
            found[f"{name}_logits_reverse_complement"] = Expected(
                (n, targets), f"logits of the reverse complements of {name}"
            )
            if split.grid is not None:
                found[f"{name}_logits_shuffled"] = Expected(
                    (None, targets), f"logits of dinucleotide shuffles of bound windows of {name}"
                )
    found |= _perturbed(task, protocol, targets)
    if protocol.stress is not None:
        found |= _stress(protocol.stress, targets)
    return found | _explanations(task, protocol)


def _perturbed(task: Task, protocol: Protocol, targets: int) -> dict[str, Expected]:
    n = len(probe_rows(task.splits["test"], protocol.robustness_probe))
    found = {
        f"probe_logits_pgd_{epsilon:g}": Expected(
            (n, targets), f"logits of the probe set under the attack of radius {epsilon:g}"
        )
        for epsilon in protocol.epsilons
    }
    found |= {
        f"probe_logits_substitution_{fraction:g}": Expected(
            (n, targets), f"logits of the probe set with {fraction:.0%} of the letters substituted"
        )
        for fraction in protocol.fractions
    }
    found["probe_map_similarity_pgd_0.02"] = Expected(
        (n,), "cosine of corrected saliency before and after the attack", largest=1.001
    )
    return found


def _stress(stress: Stress, targets: int) -> dict[str, Expected]:
    words = "logits of perturbed examples (see the glossary)"
    radii = {"linf": len(stress.linf) + 1, "l2": len(stress.l2) + 1}
    found = {
        f"probe_logits_{method}_{norm}_{domain}": Expected((radii[norm], None, targets), words)
        for method in ("fgsm", "pgd")
        for norm in radii
        for domain in ("free", "simplex")
    }
    found["probe_logits_shift"] = Expected((len(stress.shifts) + 1, None, targets), words)
    found["probe_logits_shift_samples"] = Expected((stress.shift_samples, None, targets), words)
    edits = [f"{edit}_{size}" for edit in ("insertion", "deletion") for size in (0, *stress.indels)]
    for name in (*edits, "flanks_shuffled", "flanks_random", "background_random"):
        found[f"probe_logits_{name}"] = Expected((None, targets), words)
    for search in ("greedy", "beam"):
        found[f"probe_logits_worst_{search}"] = Expected(
            (stress.substitutions + 1, None, targets), words
        )
    return found


def _explanations(task: Task, protocol: Protocol) -> dict[str, Expected]:
    n = len(bound_rows(task.splits["test"], protocol.explanation_probe))
    found = {
        f"attribution_{method}": Expected(
            (n, task.length, 4), f"{method} of the explained probe set", largest=LARGEST_LOGIT
        )
        for method in protocol.attributions
    }
    found["explained_rows"] = Expected((n,), "rows of the explained probe set", dtypes=INTEGERS)
    found["filter_motifs"] = Expected((None, None, 4), "first-layer filters as frequencies")
    found["filter_windows"] = Expected(
        (None,), "sequences that each filter is aligned on", dtypes=(*INTEGERS, *FLOATS)
    )
    return found


_RELIABILITY = re.compile(r"reliability_pgd_[0-9.]+")
_CURVE = Expected((None, 3), "a reliability curve", largest=None)


def expected(name: str, known: dict[str, Expected]) -> Expected | None:
    """Returns what is expected of an array, or None where no array has this name."""
    return _CURVE if _RELIABILITY.fullmatch(name) else known.get(name)
