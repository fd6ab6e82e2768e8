"""Who learns: named builders of Keras models. A new one is a module and an import line here."""

if __name__ != "tfbs.architectures":
    raise ImportError(
        "this folder is the package tfbs.architectures; import it by that name, and keep the "
        "repository root off sys.path (PYTHONSAFEPATH=1, or run the tfbs command)"
    )

from tfbs.architectures import basenji as basenji
from tfbs.architectures import basset as basset
from tfbs.architectures import bpnet as bpnet
from tfbs.architectures import cnn_attention as cnn_attention
from tfbs.architectures import cnn_dist as cnn_dist
from tfbs.architectures import cnn_local as cnn_local
from tfbs.architectures import cnn_lstm_attention as cnn_lstm_attention
from tfbs.architectures import cnn_lstm_transformer as cnn_lstm_transformer
from tfbs.architectures import cnn_multilabel as cnn_multilabel
from tfbs.architectures import cnn_x as cnn_x
from tfbs.architectures import convatt_cnn as convatt_cnn
from tfbs.architectures import danq as danq
from tfbs.architectures import danq_jaspar as danq_jaspar
from tfbs.architectures import deepbind as deepbind
from tfbs.architectures import deepsea as deepsea
from tfbs.architectures import deepstarr as deepstarr
from tfbs.architectures import densenet as densenet
from tfbs.architectures import density_cnn as density_cnn
from tfbs.architectures import evoaug_cnn as evoaug_cnn
from tfbs.architectures import factornet as factornet
from tfbs.architectures import gc_logistic as gc_logistic
from tfbs.architectures import kmer_logistic as kmer_logistic
from tfbs.architectures import localnet_distnet as localnet_distnet
from tfbs.architectures import occupancy as occupancy
from tfbs.architectures import pwm_occupancy as pwm_occupancy
from tfbs.architectures import pwm_scan as pwm_scan
from tfbs.architectures import residualbind as residualbind
from tfbs.architectures import residualbind_dilated as residualbind_dilated
from tfbs.architectures import resnet as resnet
from tfbs.architectures import satori as satori
from tfbs.architectures import siamese_cnn as siamese_cnn
from tfbs.architectures import spliceai as spliceai
from tfbs.architectures import transformer as transformer
from tfbs.architectures.registry import ARCHITECTURES as ARCHITECTURES
from tfbs.architectures.registry import Architecture as Architecture
from tfbs.architectures.registry import LabelledSequences as LabelledSequences
from tfbs.architectures.registry import register as register
