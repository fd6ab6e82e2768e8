"""The regime of floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tfbs.benchmark.spec import FITTED
from tfbs.benchmark.training.regime import Procedure, register


@register(FITTED)
@dataclass(frozen=True, kw_only=True)
class ScikitLearn(Procedure):
    """The floor's own fit by scikit-learn, its penalty chosen on the validation split.

    Attributes:
        negatives_per_positive: Unbound training rows per bound one; by default 1 where fewer than
            one label in ten is 1, else all rows are fitted.
    """

    negatives_per_positive: Annotated[float, Field(gt=0)] | None = None
