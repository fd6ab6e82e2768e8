"""The numerical environment of a run: threads, seeds by stream, what is recorded of both."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tfbs.parameters import Json

if TYPE_CHECKING:
    import tensorflow as tf

DEFAULT_THREADS = 2
DETERMINISTIC_OPS = "TF_DETERMINISTIC_OPS"
"""Read by TensorFlow: on a GPU, equal runs give equal bits, and steps take longer."""

TENSOR_FLOAT_32 = "NVIDIA_TF32_OVERRIDE"
"""Read by CUDA's libraries: at 0 they do not round float32 to ten bits of fraction."""

_THREAD_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "numpy", "scikit-learn", "scipy", "tfbs")


def pin_threads(threads: int) -> None:
    """Fixes TensorFlow's threads, which decide the last bits on a CPU, and what a GPU rounds.

    GPUs since Ampere multiply float32 as TensorFloat-32 unless told otherwise, too coarsely for
    numbers that others verify.

    Takes effect only before TensorFlow's first operation in a process, so call it first.

    Args:
        threads: Intra-op and inter-op threads.

    Raises:
        RuntimeError: If TensorFlow is already imported with another number.
    """
    wanted = {name: str(threads) for name in _THREAD_VARIABLES}
    if "tensorflow" in sys.modules and {n: os.environ.get(n) for n in wanted} != wanted:
        raise RuntimeError(
            f"TensorFlow was imported before its threads were set to {threads}: "
            "call pin_threads first, or use one number of threads per process"
        )
    os.environ.update(wanted)
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # several runs share a GPU
    os.environ.setdefault(TENSOR_FLOAT_32, "0")


def stream_seed(seed: int, stream: str, index: int = 0) -> int:
    """Returns the 32-bit seed of one stream of randomness, a pure function of its arguments.

    Args:
        seed: The run's seed.
        stream: `"initialisation"`, `"dropout"`, `"order"`, `"augmentation"`, `"bootstrap"`…
        index: Which one of several of that stream: an epoch, a layer.
    """
    digest = hashlib.sha256(f"{seed}/{stream}/{index}".encode()).digest()
    return int.from_bytes(digest[:4], "little")


def describe_environment(threads: int) -> dict[str, Json]:
    """Returns the machine and package versions that a record keeps beside its numbers."""
    import tensorflow as tf

    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor_name(),
        "threads": threads,
        "gpus": [_gpu_name(device) for device in tf.config.list_physical_devices("GPU")],
        "visible_gpus": os.environ.get("CUDA_VISIBLE_DEVICES"),
        "deterministic_ops": os.environ.get(DETERMINISTIC_OPS) == "1",
        "tensor_float_32": os.environ.get(TENSOR_FLOAT_32) != "0",
        "packages": dict(sorted(versions.items())),
        "byteorder": sys.byteorder,
    }


def differences(was: Mapping[str, Any], is_: Mapping[str, Any]) -> Iterator[str]:
    """Yields what of two environments may make equal runs differ, in words.

    Args:
        was: Of a record.
        is_: Of the run that repeats it.
    """
    if was.get("threads") != is_.get("threads"):
        yield f"recorded with --threads {was.get('threads')}, now with {is_.get('threads')}"
    before, now = (", ".join(each.get("gpus") or ["a CPU"]) for each in (was, is_))
    if before != now:
        yield f"recorded on {before}, now on {now}"
    elif was.get("gpus") and not was.get("deterministic_ops"):
        yield "on a GPU only runs with --deterministic-ops give the same bits"


def _gpu_name(device: tf.config.PhysicalDevice) -> str:
    import tensorflow as tf

    details = tf.config.experimental.get_device_details(device)
    return str(details.get("device_name", device.name))


def processor_name() -> str:
    """Returns the model name of the CPU, or its architecture where the system hides it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
