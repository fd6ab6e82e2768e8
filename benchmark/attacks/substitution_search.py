"""The worst substitutions: an attack that stays DNA."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.attacks.margin import MarginGradient, margins
from tfbs.benchmark.predict import Predictor
from tfbs.datasets.alphabet import UNKNOWN, one_hot


@dataclass(frozen=True)
class Worst:
    """What a search found, with at most 0, 1, ... substitutions.

    Attributes:
        codes: `(n, most + 1, length)` uint8.
        logit: `(n, most + 1, targets)` float32.
    """

    codes: np.ndarray
    logit: np.ndarray


def worst_substitutions(
    predict: Predictor,
    codes: np.ndarray,
    label: np.ndarray,
    most: int,
    *,
    beam: int = 1,
    candidates: int = 32,
    tracks: np.ndarray | None = None,
) -> Worst:
    """Returns the sequences with the lowest margin that a beam search finds.

    Each round takes, of every sequence in the beam, the substitutions that the gradient promises
    most of, computes them exactly, and keeps the best. With as many candidates as there are
    substitutions one round is exhaustive. A position is substituted once; unknown letters stay.

    Source: the gradient as a guide to letters is that of Ebrahimi et al. (2018),
    https://doi.org/10.18653/v1/P18-2006.

    Args:
        predict: The model.
        codes: `(n, length)` uint8.
        label: `(n, targets)` int8, -1 where unknown; the margin sums over all known targets.
        most: Substitutions.
        beam: Sequences that are kept from round to round; 1 is greedy.
        candidates: Substitutions of each that are computed.
        tracks: `(n, length, tracks)`, for a model that reads them.
    """
    gradient = MarginGradient(predict.model)
    found = [(codes, predict(codes, tracks))]
    kept = codes[:, None]
    for _ in range(most):
        children = _children(gradient, codes, kept, label, candidates, tracks)
        logit = _predict(predict, children, tracks)
        order = _ranking(children, margins(logit, label[:, None]))
        kept = np.take_along_axis(children, order[:, :beam, None], axis=1)
        best = kept[:, 0], np.take_along_axis(logit, order[:, :1, None], axis=1)[:, 0]
        found.append(_worse(found[-1], best, label))
    return Worst(np.stack([c for c, _ in found], 1), np.stack([f for _, f in found], 1))


def _children(
    gradient: MarginGradient,
    codes: np.ndarray,
    kept: np.ndarray,
    label: np.ndarray,
    candidates: int,
    tracks: np.ndarray | None,
) -> np.ndarray:
    """Returns `(n, children, length)`: each sequence of the beam with one more substitution."""
    n, beam, length = kept.shape
    flat, original = kept.reshape(-1, length), np.repeat(codes, beam, axis=0)
    beside = None if tracks is None else np.repeat(tracks, beam, axis=0)
    slope = gradient(one_hot(flat), np.repeat(label, beam, axis=0), tracks=beside)
    own = (slope * one_hot(flat)).sum(axis=-1, keepdims=True)
    promised = slope - own
    closed = (flat != original) | (original == UNKNOWN)
    promised[closed] = np.inf
    promised[one_hot(flat) == 1] = np.inf
    promised = promised.reshape(len(flat), -1)
    number = min(candidates, promised.shape[1])
    chosen = np.argpartition(promised, number - 1, axis=1)[:, :number]
    possible = np.isfinite(np.take_along_axis(promised, chosen, axis=1))
    position, letter = chosen // 4, chosen % 4
    children = np.repeat(flat[:, None], number, axis=1)
    was = np.take_along_axis(flat, position, axis=1)
    put = np.where(possible, letter, was).astype("uint8")
    np.put_along_axis(children, position[..., None], put[..., None], axis=2)
    return children.reshape(n, beam * number, length)


def _predict(predict: Predictor, children: np.ndarray, tracks: np.ndarray | None) -> np.ndarray:
    n, number, length = children.shape
    beside = None if tracks is None else np.repeat(tracks, number, axis=0)
    return predict(children.reshape(-1, length), beside).reshape(n, number, -1)


def _ranking(children: np.ndarray, margin: np.ndarray) -> np.ndarray:
    """Returns `(n, children)` indices, lowest margin first, repeated sequences last."""
    order = np.argsort(margin, axis=1, kind="stable")
    whole = np.ascontiguousarray(children).view(f"V{children.shape[2]}")[..., 0]
    for row, own in enumerate(order):
        seen: set[bytes] = set()
        again = []
        for sequence in whole[row, own].tolist():
            again.append(sequence in seen)
            seen.add(sequence)
        order[row] = np.concatenate([own[np.invert(again)], own[again]])
    return order


def _worse(
    before: tuple[np.ndarray, np.ndarray], after: tuple[np.ndarray, np.ndarray], label: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns, of two findings, the one with the lower margin, sequence by sequence."""
    lower = (margins(after[1], label) < margins(before[1], label))[:, None]
    return np.where(lower, after[0], before[0]), np.where(lower, after[1], before[1])
