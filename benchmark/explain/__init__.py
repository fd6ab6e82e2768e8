"""Why a model says what it says. A new attribution is a module and an import line here."""

from tfbs.benchmark.explain import saliency as saliency
from tfbs.benchmark.explain.attribution import ATTRIBUTIONS as ATTRIBUTIONS
from tfbs.benchmark.explain.attribution import Attribution as Attribution
