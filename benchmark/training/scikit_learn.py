"""The regime of floors."""

from __future__ import annotations

from dataclasses import dataclass

from tfbs.benchmark.training.regime import FITTED, Procedure, register


@register(FITTED)
@dataclass(frozen=True, kw_only=True)
class ScikitLearn(Procedure):
    """The floor's own fit by scikit-learn, its penalty chosen on the validation split."""
