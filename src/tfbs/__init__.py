"""Benchmarks deep networks for transcription-factor binding sites on four axes.

Prediction, interpretability, robustness and cost of task x architecture x regime x seed.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("tfbs")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"
