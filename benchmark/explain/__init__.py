"""Why a model says what it says. A new attribution is a module and an import line here."""

from tfbs.benchmark.explain import attention as attention
from tfbs.benchmark.explain import deeplift as deeplift
from tfbs.benchmark.explain import grad_cam as grad_cam
from tfbs.benchmark.explain import integrated_gradients as integrated_gradients
from tfbs.benchmark.explain import mutagenesis as mutagenesis
from tfbs.benchmark.explain import occlusion as occlusion
from tfbs.benchmark.explain import saliency as saliency
from tfbs.benchmark.explain import smoothgrad as smoothgrad
from tfbs.benchmark.explain.attribution import ATTRIBUTIONS as ATTRIBUTIONS
from tfbs.benchmark.explain.attribution import Attribution as Attribution
from tfbs.benchmark.explain.completeness import COMPLETE as COMPLETE
