"""A negative control: nothing can be learned, so a score off chance is a fault."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard


@register("permuted_labels")
@dataclass(frozen=True, kw_only=True)
class PermutedLabels(Standard):
    """Control: standard training on permuted labels, which leaves nothing to learn.

    Labels are permuted within the training and within the validation split, so that early
    stopping cannot pick the epoch that happens to agree with the truth. The test labels stay:
    the test AUROC should be at chance.
    """

    def prepare_labels(self, label: np.ndarray, seed: int) -> np.ndarray:
        """Returns the rows of `label` in a random order."""
        return np.random.default_rng(seed).permutation(label, axis=0)
