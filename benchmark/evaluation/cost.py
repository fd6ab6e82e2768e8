"""The cost axis: what training and the model take."""

from __future__ import annotations

import resource
import sys

import keras

from tfbs.benchmark.evaluation.macs import count_macs
from tfbs.parameters import Json


def measure_cost(model: keras.Model) -> dict[str, Json]:
    """Returns the size of a model and the memory of this process.

    Returns:
        `parameters` (trainable and not), `trainable_parameters`, `macs` (multiply-accumulates
        of one sequence's forward pass), `peak_memory_bytes` (largest resident set of the
        process so far).
    """
    return {
        "parameters": int(model.count_params()),
        "trainable_parameters": int(sum(w.numpy().size for w in model.trainable_weights)),
        "macs": count_macs(model),
        "peak_memory_bytes": peak_memory_bytes(),
    }


def peak_memory_bytes() -> int:
    """Returns the largest resident set of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
