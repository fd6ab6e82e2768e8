"""Perturbations of sequences, for training against and for measuring."""

from tfbs.benchmark.attacks.pgd import PGD as PGD
from tfbs.benchmark.attacks.pgd import Attacker as Attacker
from tfbs.benchmark.attacks.pgd import perturb as perturb
from tfbs.benchmark.attacks.substitution import substitute as substitute
