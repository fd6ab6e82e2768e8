"""What a training step of each regime costs: `python benchmarks/regimes.py`.

Steps of a regime against standard ones with the same network and batch. A step of k-step PGD on
attacked sequences makes k + 1 forward and backward passes; free and fast adversarial training are
per optimiser step. The first line, a standard step against itself, says how far the ratios can be
trusted. Two threads.
"""

from __future__ import annotations

from collections.abc import Callable

import click
import numpy as np
from paired import compared, say
from steps import built, trainer_of

THREADS = 2
LENGTH = 200
STEPS = (1, 3, 7)
ATTACKED = {"clean_epochs": 0, "mixed_epochs": 0}
REPLAYS = 4
OTHERS = (
    "gaussian_noise",
    "evoaug",
    "mixup",
    "manifold_mixup",
    "spectral",
    "gradient_angle",
    "attribution_prior",
)


@click.command(help=__doc__)
@click.option("--network", default="distnet", show_default=True, help="Which.")
@click.option("--batch-size", default=100, show_default=True, help="Sequences per step.")
@click.option("--batches", default=8, show_default=True, help="Per timing.")
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
def main(network: str, batch_size: int, batches: int, repetitions: int) -> None:
    """Prints one line per regime."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    standard = _stepper("standard", {}, network, batch_size, batches)

    def show(name: str, settings: dict, per_step: int = 1, bound: float | None = None) -> None:
        step = _stepper(name, settings, network, batch_size, batches)
        found = compared(step, standard, repetitions, factor=1 / per_step)
        limit = "" if bound is None else found.wanted(most=bound)
        own = "".join(f" {key}={value}" for key, value in settings.items() if key not in ATTACKED)
        say(f"step of {name}{own} / standard", found, limit)

    show("standard", {})  # the control: 1, as far as the timing can be trusted
    for steps in STEPS:
        show("pgd", {**ATTACKED, "steps": steps}, bound=1.1 * (steps + 1))
    show("fast", {}, bound=2)
    show("free", {"replays": REPLAYS}, per_step=REPLAYS, bound=2)
    show("nucleotide_adversarial", ATTACKED)
    show("trades", {})
    for name in OTHERS:
        show(name, {})


def _stepper(
    name: str, settings: dict, network: str, batch_size: int, batches: int
) -> Callable[[], None]:
    """Returns what takes some compiled training steps of a regime on random sequences."""
    import tensorflow as tf

    trainer = trainer_of(built(network, LENGTH), name, settings)
    rng = np.random.default_rng(0)
    codes = tf.constant(rng.integers(0, 4, (batch_size, LENGTH)).astype("uint8"))
    label = tf.constant(rng.integers(0, 2, (batch_size, 1)).astype("int8"))
    data = ((codes, tf.zeros((batch_size, LENGTH, 0))), label)
    step = tf.function(trainer.train_step)

    def go() -> None:
        for _ in range(batches):
            found = step(data)
        float(found["loss"])

    go()
    return go


if __name__ == "__main__":
    main()
