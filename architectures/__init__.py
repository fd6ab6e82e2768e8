"""Who learns: named builders of Keras models. A new one is a module and an import line here."""

if __name__ != "tfbs.architectures":
    raise ImportError(
        "this folder is the package tfbs.architectures; import it by that name, and keep the "
        "repository root off sys.path (PYTHONSAFEPATH=1, or run the tfbs command)"
    )

from tfbs.architectures import basenji as basenji
from tfbs.architectures import cnn_attention as cnn_attention
from tfbs.architectures import cnn_deep as cnn_deep
from tfbs.architectures import cnn_dist as cnn_dist
from tfbs.architectures import cnn_local as cnn_local
from tfbs.architectures import danq as danq
from tfbs.architectures import deepbind as deepbind
from tfbs.architectures import densenet as densenet
from tfbs.architectures import gc_logistic as gc_logistic
from tfbs.architectures import kmer_logistic as kmer_logistic
from tfbs.architectures import residualbind as residualbind
from tfbs.architectures import siamese_cnn as siamese_cnn
from tfbs.architectures.registry import ARCHITECTURES as ARCHITECTURES
from tfbs.architectures.registry import Architecture as Architecture
from tfbs.architectures.registry import LabelledSequences as LabelledSequences
from tfbs.architectures.registry import register as register
