"""Serialisable Keras layers, registered under the package name `tfbs`."""

from tfbs.architectures.layers.circular import CircularConv1D
from tfbs.architectures.layers.equilibrium import Equilibrium
from tfbs.architectures.layers.gc_fraction import GCFraction
from tfbs.architectures.layers.kmer_counts import KmerCounts
from tfbs.architectures.layers.log_ratios import LogRatios
from tfbs.architectures.layers.log_sum_exp import GlobalLogSumExp1D
from tfbs.architectures.layers.motif_scan import MotifScan
from tfbs.architectures.layers.random_strand import RandomStrand
from tfbs.architectures.layers.rectified_attention import RectifiedAttention
from tfbs.architectures.layers.relative_attention import RelativeAttention
from tfbs.architectures.layers.site_weights import SiteWeights
from tfbs.architectures.layers.strands import (
    AlignedStrands,
    BothStrands,
    MaxOverStrands,
    MeanOverStrands,
    SumOverStrands,
    WithOtherStrand,
)
from tfbs.architectures.layers.track_channels import TrackChannels
from tfbs.architectures.layers.track_summary import TrackSummary

__all__ = [
    "AlignedStrands",
    "BothStrands",
    "CircularConv1D",
    "Equilibrium",
    "GCFraction",
    "GlobalLogSumExp1D",
    "KmerCounts",
    "LogRatios",
    "MaxOverStrands",
    "MeanOverStrands",
    "MotifScan",
    "RandomStrand",
    "RectifiedAttention",
    "RelativeAttention",
    "SiteWeights",
    "SumOverStrands",
    "TrackChannels",
    "TrackSummary",
    "WithOtherStrand",
]
