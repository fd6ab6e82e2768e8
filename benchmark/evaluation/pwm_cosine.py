"""Do maps look like the motifs that were planted, letter by letter?

Source: Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3: the cosine of
a flattened map with the probabilities that the sequence was drawn from, less a quarter. The
paper takes whole sequences; the same at each planted motif alone tells motifs apart.
"""

from __future__ import annotations

import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric, extra
from tfbs.benchmark.evaluation.planted import (
    NONE_HERE,
    NONE_PLANTED,
    Instance,
    measure_by_motif,
    planted_instances,
)
from tfbs.benchmark.evaluation.sequence_mean import measure_mean, undefined
from tfbs.benchmark.protocol import EXPLAINED
from tfbs.benchmark.similarity import cosines
from tfbs.datasets.motifs import reverse_complement_matrix
from tfbs.jaspar import known_matrices

_UNNAMED = "the truth names no matrix of JASPAR"
_FLAT = "every map is 0 there"

for _method in EXPLAINED:
    METRICS.add(
        f"pwm_cosine_{_method}",
        Metric(
            "interpretability",
            f"Cosine similarity of {_method}, not multiplied by the input, at a planted motif with "
            "the motif's probabilities less a quarter, on its strand, in [-1, 1]; of motifs that "
            "lower the logit with the opposite sign. Mean over all motifs, and by motif; "
            f"pwm_cosine_shuffled_{_method} beside it.",
            formula="mean over motifs of cos(map at the motif, matrix - 1/4)",
            between=CORRELATION,
            asked=extra("pwm_cosine", _method),
        ),
    )
    METRICS.add(
        f"pwm_cosine_shuffled_{_method}",
        Metric(
            "interpretability",
            f"Chance of pwm_cosine_{_method}: the same after the positions of each map are "
            "shuffled.",
            higher_is_better=None,
            formula="mean over motifs of cos(shuffled map at the motif, matrix - 1/4)",
            between=CORRELATION,
            asked=extra("pwm_cosine", _method),
        ),
    )
    METRICS.add(
        f"pwm_cosine_sequence_{_method}",
        Metric(
            "interpretability",
            f"Cosine similarity of {_method}, not multiplied by the input, over the whole sequence "
            "with the probabilities of its planted motifs less a quarter, 0 between them, in "
            "[-1, 1] (Majdandzic, Rajesh & Koo 2023); mean over the probe set; chance 0.",
            formula="mean over x of cos(map, matrices in their places - 1/4)",
            between=CORRELATION,
            source="Majdandzic, Rajesh & Koo (2023), https://doi.org/10.1186/s13059-023-02956-3",
            asked=extra("pwm_cosine", _method),
        ),
    )


@EXTRAS.register("pwm_cosine")
def measure_pwm_cosine(probe: Explained) -> list[Measurement]:
    """Returns the similarity of each method's maps to the planted motifs, and chance."""
    planted = planted_instances(probe)
    known = known_matrices({instance.matrix_id for instance in planted})
    instances = [instance for instance in planted if instance.matrix_id in known]
    if not instances:
        reason = NONE_PLANTED if probe.test.information is None else NONE_HERE
        reason = _UNNAMED if planted else reason
        kinds = ("", "_shuffled", "_sequence")
        return [
            undefined(f"pwm_cosine{kind}_{method}", reason)
            for method in probe.maps
            for kind in kinds
        ]
    templates = [
        oriented(known[instance.matrix_id].probabilities, instance) for instance in instances
    ]
    n, length = probe.sequence.shape[:2]
    whole = composite(instances, templates, n, length)
    order = np.random.default_rng(probe.seed).permuted(np.tile(np.arange(length), (n, 1)), axis=1)
    seed = probe.seed
    measured = []
    for method, stored in probe.maps.items():
        maps = stored.astype("float32")
        shuffled = np.take_along_axis(maps, order[:, :, None], axis=1)
        at_motifs = instance_cosines(maps, instances, templates)
        chance = instance_cosines(shuffled, instances, templates)
        overall = cosines(maps.reshape(n, -1), whole.reshape(n, -1))
        measured += measure_by_motif(f"pwm_cosine_{method}", instances, at_motifs, seed, _FLAT)
        name = f"pwm_cosine_shuffled_{method}"
        measured += measure_by_motif(name, instances, chance, seed, _FLAT)[:1]
        measured.append(measure_mean(f"pwm_cosine_sequence_{method}", overall, seed, _FLAT))
    return measured


def oriented(probabilities: np.ndarray, instance: Instance) -> np.ndarray:
    """Returns `(width, 4)` probabilities less a quarter, on an instance's strand, with its sign.

    Args:
        probabilities: `(width, 4)`, of the forward strand.
        instance: Of the motif.
    """
    strand = probabilities if instance.strand >= 0 else reverse_complement_matrix(probabilities)
    return instance.direction * (strand - 0.25)


def composite(
    instances: list[Instance], templates: list[np.ndarray], n: int, length: int
) -> np.ndarray:
    """Returns `(n, length, 4)` templates where the instances are, 0 elsewhere."""
    whole = np.zeros((n, length, 4))
    for instance, template in zip(instances, templates, strict=True):
        whole[instance.sequence, instance.start : instance.end] = template
    return whole


def instance_cosines(
    maps: np.ndarray, instances: list[Instance], templates: list[np.ndarray]
) -> np.ndarray:
    """Returns the cosine of a map with the template of each instance; NaN where it is 0.

    Args:
        maps: `(n, length, 4)`.
        instances: Of the sequences.
        templates: `(width, 4)`, one for each instance.
    """
    pairs = zip(instances, templates, strict=True)
    return np.array(
        [
            cosines(maps[own.sequence, own.start : own.end].reshape(1, -1), template.reshape(1, -1))
            for own, template in pairs
        ]
    )[:, 0]
