"""Perturbations of sequences, for training against and for measuring."""

from tfbs.benchmark.attacks.guided_substitution import GuidedAttacker as GuidedAttacker
from tfbs.benchmark.attacks.guided_substitution import substitute_guided as substitute_guided
from tfbs.benchmark.attacks.pgd import PGD as PGD
from tfbs.benchmark.attacks.pgd import Attack as Attack
from tfbs.benchmark.attacks.pgd import Attacker as Attacker
from tfbs.benchmark.attacks.pgd import perturb as perturb
from tfbs.benchmark.attacks.substitution import substitute as substitute
