"""The filters of one layer: matrices, matches, and in which sequences and where they fire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from tfbs.benchmark.explain.filter_protocols import FilterProtocol
from tfbs.benchmark.explain.filter_responses import (
    CentralEnrichment,
    ClassEnrichment,
    central_enrichment,
    class_enrichment,
    respond,
)
from tfbs.benchmark.explain.filters import MOTIF_LAYER, align, largest_activations, trimmed
from tfbs.benchmark.explain.layer_view import View, find_layer, measure_view
from tfbs.benchmark.explain.motif_database import Match, best_match, match_all
from tfbs.benchmark.explain.tomtom import Matches
from tfbs.datasets.task import RowArray
from tfbs.errors import Refused
from tfbs.jaspar import Motif


@dataclass(frozen=True)
class Filter:
    """What is known of one filter.

    Attributes:
        number: From 0.
        motif: `(width, 4)` frequencies, trimmed; no columns where it says nothing.
        windows: How many windows they are the mean of.
        match: The most similar motif of the database, however unlike.
        values: `(motifs,)` E- or q-values, as the protocol asks; infinity where `motif` is empty.
        by_class: None where no target has both classes.
        by_place: Where it fires, in bound sequences.
        sites: `(k,)` the strongest site in each bound sequence in which it fires.
    """

    number: int
    motif: np.ndarray
    windows: int
    match: Match | None
    values: np.ndarray
    by_class: ClassEnrichment | None
    by_place: CentralEnrichment
    sites: np.ndarray


@dataclass(frozen=True)
class FilterStudy:
    """All filters of a layer.

    Attributes:
        layer: Its name.
        view: What its positions see.
        window: Nucleotides of a matrix before it is trimmed.
        filters: In the order of the layer.
        shuffled: `(filters, motifs)` E- or q-values of the same matrices with their columns in
            random order: what chance gives.
    """

    layer: str
    view: View
    window: int
    filters: list[Filter]
    shuffled: np.ndarray


def study_filters(
    model: keras.Model,
    sequence: np.ndarray,
    label: np.ndarray,
    protocol: FilterProtocol,
    database: Sequence[Motif],
    *,
    layer: str = MOTIF_LAYER,
    targets: Sequence[int] = (0,),
    tracks: RowArray | None = None,
) -> FilterStudy:
    """Returns what the filters of a layer respond to.

    A filter that sees more than the protocol's window gets a window as wide as what it sees.

    Args:
        model: From one-hot, and perhaps tracks, to logits.
        sequence: `(n, length, 4)` one-hot.
        label: `(n, targets)`, 1 bound, 0 unbound, -1 unknown.
        protocol: How activations become matrices, and what a match is.
        database: What they are compared with.
        layer: A name, or the number of a convolution from 1.
        targets: Columns that enrichment is looked for in.
        tracks: `(n, length, tracks)`, for a model that reads them.

    Raises:
        Refused: If there is no such layer, or it has no filters along the sequence.
    """
    found = find_layer(model, layer)
    extract = keras.Model(model.inputs, found.output, name=found.name)
    view = measure_view(extract, sequence, tracks)
    window = view.width if protocol.window is None else max(protocol.window, view.width)
    if window > sequence.shape[1]:
        raise Refused(f"a window of {window} does not fit into {sequence.shape[1]} nucleotides")
    largest = largest_activations(extract, sequence, tracks)
    limit = np.where(largest > 0, protocol.threshold * largest, np.inf)
    motifs, windows = align(
        extract,
        sequence,
        view.centres(),
        largest,
        tracks=tracks,
        window=window,
        threshold=protocol.threshold,
        fewest=protocol.fewest_windows,
        most=protocol.most_windows,
    )
    shown = [_shown(motif, protocol) for motif in motifs]
    matches = match_all(shown, database, protocol.distance)
    rng = np.random.default_rng(0)
    by_chance = match_all([rng.permutation(motif) for motif in shown], database, protocol.distance)
    responses = respond(extract, sequence, view.centres(), limit, tracks)
    filters = []
    for number, (motif, matched) in enumerate(zip(shown, matches, strict=True)):
        fires = responses.fires[:, number]
        by_class = class_enrichment(responses.strength[:, number], fires, label, targets)
        columns = [by_class.target] if by_class else list(targets)
        sites = responses.position[fires & (label[:, columns] == 1).any(axis=1), number]
        filters.append(
            Filter(
                number,
                motif,
                int(windows[number]),
                best_match(matched, database),
                _values(matched, protocol, len(database)),
                by_class,
                central_enrichment(sites, responses.centres, sequence.shape[1]),
                sites,
            )
        )
    shuffled = np.stack([_values(one, protocol, len(database)) for one in by_chance])
    return FilterStudy(found.name, view, window, filters, shuffled)


def _values(matched: Matches | None, protocol: FilterProtocol, number: int) -> np.ndarray:
    """Returns `(motifs,)` E- or q-values; infinity where there was nothing to compare."""
    if matched is None:
        return np.full(number, np.inf)
    return matched.e_values if protocol.score == "E" else matched.q_values


def _shown(motif: np.ndarray, protocol: FilterProtocol) -> np.ndarray:
    """Returns a matrix as it is compared; without columns where no column says anything."""
    cut = trimmed(motif)
    return cut if protocol.trims or not len(cut) else motif
