"""The numbers: prediction, interpretability, robustness, cost."""

from tfbs.benchmark.evaluation import ceiling_gap as ceiling_gap
from tfbs.benchmark.evaluation import confounding as confounding
from tfbs.benchmark.evaluation import exact_attribution as exact_attribution
from tfbs.benchmark.evaluation import interpretability as interpretability
from tfbs.benchmark.evaluation import prediction as prediction
from tfbs.benchmark.evaluation import robustness as robustness
from tfbs.benchmark.evaluation import shift as shift
from tfbs.benchmark.evaluation import true_logit as true_logit
from tfbs.benchmark.evaluation.metric import METRICS as METRICS
from tfbs.benchmark.evaluation.metric import Measurement as Measurement
from tfbs.benchmark.evaluation.metric import Metric as Metric
