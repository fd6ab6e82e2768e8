"""Ranking after insertions, deletions and other surroundings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tfbs.benchmark.attacks.indel import delete, insert
from tfbs.benchmark.attacks.surroundings import randomise, randomise_flanks, shuffle_flanks
from tfbs.benchmark.evaluation.examples import Examples, register_ranking
from tfbs.benchmark.evaluation.interpretability import TRUTH_RULES
from tfbs.benchmark.evaluation.label_keeping import LABELS_KEPT, edit_silently
from tfbs.benchmark.evaluation.metric import Measurement
from tfbs.benchmark.protocol import Stress
from tfbs.benchmark.runtime import stream_seed

SURROUNDINGS = ("flanks_shuffled", "flanks_random", "background_random")


def _register(stress: Stress) -> None:
    sizes = (0, *stress.indels)
    register_ranking(
        (f"insertion_{size}" for size in sizes),
        "with {} random letters put in at a random place, the right end cut off",
    )
    register_ranking(
        (f"deletion_{size}" for size in sizes),
        "with {} letters taken out at a random place, random ones filling the right end",
    )
    flanks = f"outside the central {stress.centre:.0%} of the positions"
    register_ranking(["flanks_shuffled"], f"whose letters {flanks} are dinucleotide shuffles")
    register_ranking(["flanks_random"], f"whose letters {flanks} are random")
    register_ranking(
        ["background_random"],
        f"whose letters without information (at most {TRUTH_RULES[''].threshold} bits of the "
        "truth) are random, but for those of planted motifs, such as repressors; "
        f"{LABELS_KEPT}",
    )


_register(Stress())


def measure_edits(
    examples: Examples, stress: Stress
) -> tuple[list[Measurement], dict[str, np.ndarray]]:
    """Returns ranking metrics of edited examples; tracks stay as they are.

    Args:
        examples: Of the probe set.
        stress: Sizes of the edits.

    Returns:
        Measurements, and `probe_logits_<edit>` arrays, `(n, targets)`.
    """
    edited = {
        f"{name}_{size}": edit(examples.codes, size, stream_seed(0, name, size)) if size else None
        for name, edit in (("insertion", insert), ("deletion", delete))
        for size in (0, *stress.indels)
    } | background_edits(examples, stress.centre)
    outputs = {
        name: examples.predict(examples.codes if codes is None else codes, examples.tracks)
        for name, codes in edited.items()
    }
    arrays = {f"probe_logits_{name}": x for name, x in outputs.items()}
    return score_edits(examples, arrays, stress), arrays


def score_edits(
    examples: Examples, arrays: Mapping[str, np.ndarray], stress: Stress
) -> list[Measurement]:
    """Returns the measurements of edited outputs; those whose array is missing are left out.

    Args:
        examples: Of the probe set.
        arrays: What `measure_edits` keeps, or some of it.
        stress: Sizes of the edits.
    """
    names = [f"{name}_{size}" for name in ("insertion", "deletion") for size in (0, *stress.indels)]
    kept = {name: arrays.get(f"probe_logits_{name}") for name in (*names, *SURROUNDINGS)}
    return examples.rank({name: logit for name, logit in kept.items() if logit is not None})


def background_edits(examples: Examples, centre: float) -> dict[str, np.ndarray]:
    """Returns the codes of examples with other flanks, and with another background.

    Args:
        examples: Those without a known background get no other one.
        centre: Fraction of the positions that is not flank.
    """
    seed = stream_seed(0, "surroundings")
    found = {
        "flanks_shuffled": shuffle_flanks(examples.codes, centre, seed),
        "flanks_random": randomise_flanks(examples.codes, centre, seed),
    }
    background = edit_silently(examples, _randomised, seed)
    return found if background is None else found | {"background_random": background}


def _randomised(codes: np.ndarray, seed: int) -> np.ndarray:
    return randomise(codes, np.ones(codes.shape, bool), seed)
