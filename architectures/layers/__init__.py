"""Serialisable Keras layers, registered under the package name `tfbs`."""

from tfbs.architectures.layers.gc_fraction import GCFraction
from tfbs.architectures.layers.kmer_counts import KmerCounts
from tfbs.architectures.layers.strands import BothStrands, MaxOverStrands, MeanOverStrands
from tfbs.architectures.layers.track_summary import TrackSummary

__all__ = [
    "BothStrands",
    "GCFraction",
    "KmerCounts",
    "MaxOverStrands",
    "MeanOverStrands",
    "TrackSummary",
]
