"""Global importance analysis: what patterns do to a model's output, by experiments on sequences.

A new experiment is a class in a module, and an import line here.

Source: Koo, Majdandzic, Ploenzke, Anand & Paul (2021), https://doi.org/10.1371/journal.pcbi.1008925.
"""

from tfbs.benchmark.explain.gia import alone as alone
from tfbs.benchmark.explain.gia import necessity as necessity
from tfbs.benchmark.explain.gia import pairs as pairs
from tfbs.benchmark.explain.gia import places as places
from tfbs.benchmark.explain.gia.experiment import EXPERIMENTS as EXPERIMENTS
from tfbs.benchmark.explain.gia.experiment import Experiment as Experiment
from tfbs.benchmark.explain.gia.nulls import NULLS as NULLS
