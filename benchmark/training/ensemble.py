"""Several networks that differ by their seeds, as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import keras
from pydantic import Field

from tfbs.benchmark.training.regime import register
from tfbs.benchmark.training.standard import Standard

if TYPE_CHECKING:
    from tfbs.benchmark.training.fit import Training
    from tfbs.benchmark.training.workbench import Workbench


@register("ensemble", source="Lakshminarayanan et al. (2017), https://arxiv.org/abs/1612.01474")
@dataclass(frozen=True, kw_only=True)
class Ensemble(Standard):
    """Deep ensemble: networks trained from seeds of their own; the output is their mean logit.

    The curves of a run are those of one member after another.

    Attributes:
        members: How many.
    """

    members: Annotated[int, Field(ge=2)] = 5

    def train(self, bench: Workbench) -> tuple[keras.Model, Training]:
        """Returns the mean of all members as one model; see `Standard.train`."""
        models, training = [], None
        for number in range(self.members):
            model, own = super().train(bench.member(number))
            models.append(model)
            training = own if training is None else training.then(own)
        assert training is not None  # noqa: S101  (there are two at least)
        return mean_of(models), training


def mean_of(models: list[keras.Model]) -> keras.Model:
    """Returns a model whose logits are the means of those of models of one shape."""
    inputs = [keras.Input(each.shape[1:], name=each.name) for each in models[0].inputs]
    for number, model in enumerate(models):
        model.name = f"member_{number}"
    given = inputs if len(inputs) > 1 else inputs[0]
    mean = keras.layers.Average(name="mean_logits")([model(given) for model in models])
    return keras.Model(given, mean, name="ensemble")
