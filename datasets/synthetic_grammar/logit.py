"""The true logit of a sequence, and the exact effect of every single substitution on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from tfbs.datasets.synthetic_grammar.occupancy import (
    Codes,
    Lattice,
    Values,
    site_sums,
    site_weights,
    sum_configurations,
)
from tfbs.datasets.synthetic_grammar.rule import (
    BIAS,
    FACTORS,
    interactions,
    position_weights,
    sites,
)

DECIMALS = 5
"""To which logits and importances are rounded: what lies below may depend on the machine."""

_CHUNK = 64
"""Sequences at a time; their products of matrices are too small for more than one thread."""


@threadpool_limits.wrap(limits=1, user_api="blas")
def true_logits(codes: Codes) -> npt.NDArray[np.float32]:
    """Returns the true logit of each sequence: `(n,)` float32, rounded to `DECIMALS`.

    The bias plus, for every factor, its effect times `1 - exp(-load)`.

    Args:
        codes: `(n, 200)` uint8 in 0 ... 3.
    """
    parts = []
    for chunk in _chunks(codes):
        total = sum_configurations(_lattice(chunk)).total
        parts.append(_logit(total[:, 1:] / total[:, :1]))
    return _rounded(np.concatenate(parts))


@threadpool_limits.wrap(limits=1, user_api="blas")
def importances(codes: Codes) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Returns the true logit and the effect of every substitution on it, exactly.

    A substitution changes the weights of the sites that cover it, and of these at most one is
    bound at a time. So every sum over configurations changes by the sum, over these sites, of
    (ratio of the weights - 1) times the sum over the configurations that hold the site.

    Args:
        codes: `(n, 200)` uint8 in 0 ... 3.

    Returns:
        `(n,)` float32 logits, and `(n, 200, 4)` float32: logit of the mutant with that letter
        minus logit of the sequence; 0 for the letter that is there. Rounded to `DECIMALS`.
    """
    logits, effects = [], []
    for chunk in _chunks(codes):
        total, held = site_sums(_lattice(chunk))
        logit = _logit(total[:, 1:])
        change = _changes(chunk, held)  # (n, channels, length, 4)
        mutant = total[:, :, None, None] + change
        mutated = _logit(np.moveaxis(mutant[:, 1:] / mutant[:, :1], 1, -1))
        effect = mutated - logit[:, None, None]
        np.put_along_axis(effect, chunk[..., None].astype(np.int64), 0.0, axis=2)
        logits.append(logit)
        effects.append(effect)
    return _rounded(np.concatenate(logits)), _rounded(np.concatenate(effects))


def _changes(codes: Codes, held: Values) -> Values:
    """Returns by how much each substitution changes each sum: `(n, channels, length, 4)`."""
    num, channels, length, kinds = held.shape
    widest = max(site.width for site in sites())
    ratios = _ratios(widest)
    padded = np.zeros((num, channels, widest - 1 + length, kinds))
    padded[:, :, widest - 1 :] = held
    flat = padded.reshape(num * channels, -1)
    change = np.empty((num, channels, length, 4))
    rows = np.arange(num)
    for position in range(length):
        window = flat[:, position * kinds : (position + widest) * kinds]
        by_letter = (window @ ratios).reshape(num, channels, 4, 4)
        change[:, :, position] = by_letter[rows, :, codes[:, position]]
    return change


def _ratios(widest: int) -> Values:
    """Returns ratio - 1 of a site's weights: `(widest * sites, 16)`, letters from and to.

    Row `s * sites + k` is for a site of kind k that starts `widest - 1 - s` before the position.
    """
    ratios = np.zeros((widest, len(sites()), 4, 4))
    for kind, site in enumerate(sites()):
        for offset, energy in enumerate(site.energies):
            ratios[widest - 1 - offset, kind] = np.expm1(energy[None, :] - energy[:, None])
    return ratios.reshape(-1, 16)


def _lattice(codes: Codes) -> Lattice:
    return Lattice(
        site_weights(codes),
        position_weights(),
        interactions(),
        np.array([site.width for site in sites()]),
        np.array([site.factor for site in sites()]),
    )


def _logit(load: Values) -> Values:
    """Returns the logit of `(..., factors)` loads."""
    effect = np.array([factor.effect for factor in FACTORS])
    logit: Values = BIAS - np.expm1(-load) @ effect
    return logit


def _chunks(codes: Codes) -> list[Codes]:
    return [codes[first : first + _CHUNK] for first in range(0, len(codes), _CHUNK)]


def _rounded(values: Values) -> npt.NDArray[np.float32]:
    return np.round(values, DECIMALS).astype(np.float32) + np.float32(0)  # no negative zeros
