"""Do maps depend on what the model has learned? They should not survive without it.

Source: Adebayo et al. (2018), https://arxiv.org/abs/1810.03292, model parameter randomisation: all
weights at once, and those of the last layer; not layer by layer. Their other test, labels
permuted before training, is a run of its own, of the regime `permuted_labels`, whose maps the
report compares with those of the others.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np

from tfbs.benchmark.evaluation.explained import EXTRAS, Explained
from tfbs.benchmark.evaluation.metric import CORRELATION, METRICS, Measurement, Metric, extra
from tfbs.benchmark.evaluation.sequence_mean import measure_mean
from tfbs.benchmark.explain.graph import run_graph
from tfbs.benchmark.protocol import EXPLAINED
from tfbs.benchmark.runtime import stream_seed
from tfbs.benchmark.similarity import spearman

CHECKED = 50
"""Sequences of the probe set that are explained again."""

_STATISTICS = ("moving_mean", "moving_variance")
_CONSTANT = "a map is constant in every sequence"
_PARTS = {"weights": "all trained weights", "head": "the weights of the last layer"}

for _part, _words in _PARTS.items():
    for _method in EXPLAINED:
        METRICS.add(
            f"randomised_{_part}_correlation_{_method}",
            Metric(
                "interpretability",
                f"Spearman correlation of the absolute values of {_method} x input before and "
                f"after {_words} are drawn anew, mean over the first {CHECKED} sequences of the "
                "probe set, in [-1, 1]; 0 where maps depend on what was learned (Adebayo et al. "
                "2018).",
                higher_is_better=False,
                formula="mean over x of spearman(|a|, |a with new weights|)",
                between=CORRELATION,
                source="Adebayo et al. (2018), https://arxiv.org/abs/1810.03292",
                asked=extra("sanity", _method),
            ),
        )


@EXTRAS.register("sanity")
def measure_sanity(probe: Explained) -> list[Measurement]:
    """Returns how alike maps are before and after weights are drawn anew."""
    some = probe.first(CHECKED)
    measured = []
    for part in _PARTS:
        seed = stream_seed(probe.seed, "randomised weights")
        with randomised(some.model, seed, head_only=part == "head"):
            for method in some.maps:
                before = np.abs(some.contributions(method))
                after = np.abs((some.explain(method) * some.sequence).sum(axis=-1))
                values = spearman(before, after)
                name = f"randomised_{part}_correlation_{method}"
                measured.append(measure_mean(name, values, probe.seed, _CONSTANT))
    return measured


@contextmanager
def randomised(model: keras.Model, seed: int, *, head_only: bool = False) -> Iterator[None]:
    """Draws trained weights anew by their initialisers, and puts them back at the end.

    In place, so that whatever was compiled for the model serves again. Statistics of batch
    normalisation begin anew too; other weights that are not trained stay.

    Args:
        model: Functional.
        seed: The same seed draws the same weights.
        head_only: Whether only the layers change that no other trained layer follows.
    """
    trained = model.get_weights()
    drawn = _initial_weights(model, seed)
    chosen = _head(model) if head_only else None
    fresh = [
        new if _is_drawn(variable) and (chosen is None or id(variable) in chosen) else old
        for variable, new, old in zip(model.weights, drawn, trained, strict=True)
    ]
    model.set_weights(fresh)
    try:
        yield
    finally:
        model.set_weights(trained)


def _is_drawn(variable: Any) -> bool:
    return bool(variable.trainable) or variable.name in _STATISTICS


def _initial_weights(model: keras.Model, seed: int) -> list[np.ndarray]:
    """Returns the weights of a fresh copy; initialisers without a seed ask Python for one."""
    state = random.getstate()
    random.seed(seed)
    try:
        copy = keras.models.clone_model(model)
    finally:
        random.setstate(state)
    found: list[np.ndarray] = copy.get_weights()
    return found


def _head(model: keras.Model) -> set[int]:
    """Returns the ids of the variables of the layers that no other trained layer follows.

    What flows through the graph is the set of the trained layers that were met last.
    """

    def call(operation: Any, *arguments: Any, **keywords: Any) -> Any:
        leaves = keras.tree.flatten((arguments, keywords))
        last = frozenset().union(*(leaf for leaf in leaves if isinstance(leaf, frozenset)))
        if getattr(operation, "trainable_weights", []):
            last = frozenset([operation])
        outputs = operation.output
        return [last] * len(outputs) if isinstance(outputs, list | tuple) else last

    layers = run_graph(model, [frozenset() for _ in model.inputs], call)
    return {id(variable) for layer in layers for variable in layer.weights}
