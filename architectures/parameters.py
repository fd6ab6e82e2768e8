"""Types of hyperparameters that carry their range."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Positive = Annotated[int, Field(ge=1)]
"""A count or a width: an int of at least 1."""

NonNegative = Annotated[float, Field(ge=0)]
"""A penalty or a scale: a float of at least 0."""

Fraction = Annotated[float, Field(ge=0, lt=1)]
"""A dropout rate: a float in [0, 1)."""

Count = Annotated[int, Field(ge=0)]
"""A number of things that may be absent: an int of at least 0."""
