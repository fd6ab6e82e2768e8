"""Named training procedures. A new regime is a module and an import line here."""

from tfbs.benchmark.training import attribution_prior as attribution_prior
from tfbs.benchmark.training import distilled as distilled
from tfbs.benchmark.training import ensemble as ensemble
from tfbs.benchmark.training import evoaug as evoaug
from tfbs.benchmark.training import fast as fast
from tfbs.benchmark.training import fgsm as fgsm
from tfbs.benchmark.training import free as free
from tfbs.benchmark.training import gaussian_noise as gaussian_noise
from tfbs.benchmark.training import gradient_angle as gradient_angle
from tfbs.benchmark.training import manifold_mixup as manifold_mixup
from tfbs.benchmark.training import manifold_noise as manifold_noise
from tfbs.benchmark.training import mixup as mixup
from tfbs.benchmark.training import nucleotide_adversarial as nucleotide_adversarial
from tfbs.benchmark.training import permuted_labels as permuted_labels
from tfbs.benchmark.training import pgd as pgd
from tfbs.benchmark.training import rc_augmentation as rc_augmentation
from tfbs.benchmark.training import scikit_learn as scikit_learn
from tfbs.benchmark.training import shift_augmentation as shift_augmentation
from tfbs.benchmark.training import spectral as spectral
from tfbs.benchmark.training import standard as standard
from tfbs.benchmark.training import trades as trades
from tfbs.benchmark.training.regime import REGIMES as REGIMES
from tfbs.benchmark.training.regime import Regime as Regime
from tfbs.benchmark.training.regime import default_regime as default_regime
from tfbs.benchmark.training.regime import register as register
