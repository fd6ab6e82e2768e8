"""The cost axis: what training and the model take."""

from __future__ import annotations

import logging
import resource
import sys
from pathlib import Path

import keras

from tfbs.benchmark.evaluation.macs import count_macs
from tfbs.parameters import Json

_LOG = logging.getLogger("tfbs")


def measure_cost(model: keras.Model) -> dict[str, Json]:
    """Returns the size of a model and the memory of this process.

    Returns:
        `parameters` (trainable and not), `trainable_parameters`, `macs` (multiply-accumulates
        of one sequence's forward pass; None where they cannot be counted),
        `peak_memory_bytes` (largest resident set since `reset_peak_memory`).
    """
    return {
        "parameters": int(model.count_params()),
        "trainable_parameters": int(sum(w.numpy().size for w in model.trainable_weights)),
        "macs": known_macs(model),
        "peak_memory_bytes": peak_memory_bytes(),
    }


def known_macs(model: keras.Model) -> int | None:
    """Returns the multiply-accumulates of one sequence, or None where they cannot be counted."""
    try:
        return count_macs(model)
    except ValueError as error:
        _LOG.warning("multiply-accumulates are not counted: %s", error)
        return None


def reset_peak_memory() -> None:
    """Starts the peak afresh at a run's begin; elsewhere than on Linux it is the process's."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_memory_bytes() -> int:
    """Returns the largest resident set of this process since the last reset, in bytes."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
