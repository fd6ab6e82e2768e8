"""Named training procedures. A new regime is a module and an import line here."""

from tfbs.benchmark.training import permuted_labels as permuted_labels
from tfbs.benchmark.training import pgd as pgd
from tfbs.benchmark.training import scikit_learn as scikit_learn
from tfbs.benchmark.training import standard as standard
from tfbs.benchmark.training.regime import REGIMES as REGIMES
from tfbs.benchmark.training.regime import Regime as Regime
from tfbs.benchmark.training.regime import default_regime as default_regime
from tfbs.benchmark.training.regime import register as register
