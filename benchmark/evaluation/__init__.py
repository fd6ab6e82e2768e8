"""The numbers: prediction, interpretability, robustness, cost."""

from tfbs.benchmark.evaluation import interpretability as interpretability
from tfbs.benchmark.evaluation import prediction as prediction
from tfbs.benchmark.evaluation import robustness as robustness
from tfbs.benchmark.evaluation.metric import METRICS as METRICS
from tfbs.benchmark.evaluation.metric import Measurement as Measurement
from tfbs.benchmark.evaluation.metric import Metric as Metric
