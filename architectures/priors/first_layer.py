"""What the motif detectors of a network know before training, and what they can become."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np

from tfbs.architectures.layers.circular import CircularConv1D
from tfbs.architectures.layers.log_ratios import LogRatios
from tfbs.architectures.layers.motif_scan import pack
from tfbs.architectures.layers.site_weights import SiteWeights
from tfbs.architectures.motif_kernels import most_informative
from tfbs.architectures.priors.rebuild import (
    MOTIFS,
    copy,
    motif_layer,
    motif_scan,
    producer,
    rebuild,
)
from tfbs.errors import Refused
from tfbs.jaspar import log_odds, read_jaspar, read_vertebrates

FirstLayer = Callable[[keras.Model, Sequence[str]], keras.Model]
"""From a network, and ids of JASPAR matrices, to the network with another first layer."""

POOLS = (keras.layers.MaxPooling1D, keras.layers.AveragePooling1D)


def jaspar(network: keras.Model, matrix_ids: Sequence[str]) -> keras.Model:
    """Filters start as log-odds of JASPAR matrices and are trained."""
    scan = _convolution(network)
    built = rebuild(network)
    kernel, *bias = scan.get_weights()
    planted = jaspar_kernel(*_sizes(scan), matrix_ids)
    kernel[:, :, : planted.shape[-1]] = planted
    built.get_layer(scan.name).set_weights([kernel, *bias])
    return built


def jaspar_frozen(network: keras.Model, matrix_ids: Sequence[str]) -> keras.Model:
    """Filters are log-odds of JASPAR matrices and stay so; filters left over are trained.

    Where the convolution has biases, those of the matrices stay at their start too.
    """
    scan = _convolution(network)
    planted = jaspar_kernel(*_sizes(scan), matrix_ids)
    num_motifs = planted.shape[-1]
    known = copy(scan, name="jaspar_scan", filters=num_motifs, trainable=False)
    free = (
        copy(scan, name="free_scan", filters=scan.filters - num_motifs)
        if (scan.filters > num_motifs)
        else None
    )

    def connect(layer: keras.Layer, *arguments: Any, **keywords: Any) -> Any:
        if layer.name != scan.name:
            return layer(*arguments, **keywords)
        found = known(*arguments)
        if free is None:
            return found
        return keras.layers.Concatenate(name="motif_scan")([found, free(*arguments)])

    built = rebuild(network, connect=connect)
    _, *bias = known.get_weights()
    known.set_weights([planted, *bias])
    return built


def information(network: keras.Model, matrix_ids: Sequence[str]) -> keras.Model:
    """Filters stay position weight matrices, log-ratios of a distribution over letters."""
    del matrix_ids
    scan = _convolution(network)

    def replace(layer: keras.Layer) -> keras.Layer:
        return copy(layer, kernel_constraint=LogRatios()) if layer is scan else copy(layer)

    built = rebuild(network, replace=replace)
    kernel = built.get_layer(scan.name).kernel
    kernel.assign(LogRatios()(kernel))
    return built


def circular(network: keras.Model, matrix_ids: Sequence[str]) -> keras.Model:
    """Every circular shift of a filter is scanned and the best one counts."""
    del matrix_ids
    scan = _convolution(network)
    return rebuild(
        network, replace=lambda layer: copy(layer, CircularConv1D if layer is scan else None)
    )


def occupancy(network: keras.Model, matrix_ids: Sequence[str]) -> keras.Model:
    """Motifs are occupancies of sites, in either orientation, by factors with energies in kT.

    Each filter becomes a factor with an energy matrix and a chemical potential; w / (1 + w) of
    its weight w takes the place of the network's activation. Batch norm between the two is left
    out: it would change the unit of energy.
    """
    del matrix_ids
    scan = _convolution(network)
    if (scan.strides, scan.dilation_rate, scan.groups) != ((1,), (1,), 1):
        raise Refused(f"prior.first_layer=occupancy: {scan.name} leaves out sites or letters")
    width, num_factors = _sizes(scan)
    sites = SiteWeights(
        num_factors,
        width,
        potential=-float(np.log(2 * width)),  # at first one site in `width` + 1 is bound
        padding=scan.padding,
        name="site_weights",
    )

    def connect(layer: keras.Layer, *arguments: Any, **keywords: Any) -> Any:
        if layer.name == scan.name:
            return sites(*arguments)
        if isinstance(layer, keras.layers.BatchNormalization) and arguments[0] is sites.output:
            return sites.output
        return layer(*arguments, **keywords)

    def replace(layer: keras.Layer) -> keras.Layer:
        if layer.name == MOTIFS:
            return keras.layers.Activation("sigmoid", name=MOTIFS)
        return copy(layer)

    return rebuild(network, replace=replace, connect=connect)


FIRST_LAYERS: dict[str, FirstLayer] = {
    first_layer.__name__: first_layer
    for first_layer in (jaspar, jaspar_frozen, information, circular, occupancy)
}
"""What `prior.first_layer` names."""

OF_JASPAR = ("jaspar", "jaspar_frozen")
"""First layers that `prior.motifs` is for."""


def jaspar_kernel(width: int, num_filters: int, matrix_ids: Sequence[str]) -> np.ndarray:
    """Returns log-odds in the middle of kernels, `(width, 4, filters)` float32, zeros around.

    Args:
        width: Of a kernel; a wider matrix is cut to its most informative stretch.
        num_filters: As many matrices at most.
        matrix_ids: Of JASPAR 2016; by default all of vertebrates, of which the first by id are
            taken.

    Raises:
        Refused: If more matrices are named than there are filters.
        UserError: If JASPAR has no such matrix.
    """
    if len(matrix_ids) > num_filters:
        raise Refused(
            f"prior.motifs names {len(matrix_ids)} matrices, and there are {num_filters} filters"
        )
    motifs = list(read_jaspar(matrix_ids).values()) if matrix_ids else read_vertebrates()
    matrices = [motif.probabilities for motif in motifs[:num_filters]]
    return pack([log_odds(most_informative(matrix, width)) for matrix in matrices], width)


def with_first_pool(network: keras.Model, size: int) -> keras.Model:
    """Returns the network with another width of the pool that follows its motifs.

    Args:
        network: From `(batch, length, 4)` to logits.
        size: In nucleotides, width and stride; 1 for no pool.

    Raises:
        Refused: If no pool follows the motifs, but for batch norm and dropout.
    """
    motifs = motif_layer(network)
    pool = next(
        (x for x in network.layers if isinstance(x, POOLS) and producer(x.input) is motifs), None
    )
    if pool is None:
        raise Refused(f"prior.first_pool: no pool follows the motifs of {network.name}")

    def replace(layer: keras.Layer) -> keras.Layer:
        return copy(layer, pool_size=size, strides=size) if layer is pool else copy(layer)

    return rebuild(network, replace=replace)


def _convolution(network: keras.Model) -> keras.layers.Conv1D:
    """Returns the convolution whose kernels are the motif detectors."""
    scan = motif_scan(network)
    if type(scan) is not keras.layers.Conv1D:
        raise Refused(
            f"prior.first_layer: the motifs of {network.name} come from {scan.name}, which is no "
            "plain convolution"
        )
    return scan


def _sizes(convolution: keras.layers.Conv1D) -> tuple[int, int]:
    return convolution.kernel_size[0], convolution.filters
