"""Ways to carry out many runs: in this process, one process per run, or on a Ray cluster."""

from tfbs.benchmark.executors.engine import AGAIN as AGAIN
from tfbs.benchmark.executors.engine import Executor as Executor
from tfbs.benchmark.executors.engine import carry_out as carry_out
from tfbs.benchmark.executors.engine import run_all as run_all
from tfbs.benchmark.executors.job import Failure as Failure
from tfbs.benchmark.executors.job import Job as Job
from tfbs.benchmark.executors.job import Outcome as Outcome
from tfbs.benchmark.executors.job import Place as Place
