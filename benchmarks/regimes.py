"""What a training step of each regime costs: `python benchmarks/regimes.py`.

Steps of a regime against standard ones, in turn, with the same network and batch in one run. A
step of k-step PGD on attacked sequences makes k + 1 forward and backward passes; free and fast
adversarial training are per optimiser step. Ratios are of wall time and of the CPU time of this
process, which other work on the machine disturbs less; a pair whose wall times mean anything
needs a machine to itself.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import click
import numpy as np
from paired import Ratio, seconds

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
@click.option("--batches", default=20, show_default=True, help="Per timing.")
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
def main(network: str, batch_size: int, batches: int, repetitions: int) -> None:
    """Prints one line per regime."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    standard = _stepper("standard", {}, network, batch_size, batches)

    def show(name: str, settings: dict, per_step: int = 1, bound: float | None = None) -> None:
        step = _stepper(name, settings, network, batch_size, batches)
        wall, cpu = _ratios(step, standard, per_step, repetitions)
        limit = ""
        if bound is not None:
            kept = statistics.median(cpu.values) <= bound
            limit = f", wanted at most {bound:.3g}: {'kept' if kept else 'BROKEN'}"
        print(f"{name} {settings or ''}: cpu {cpu}, wall {wall}{limit}", flush=True)

    show("standard", {})  # the control: 1, as far as the timing can be trusted
    for steps in STEPS:
        show("pgd", {**ATTACKED, "steps": steps}, bound=1.1 * (steps + 1))
    show("fast", {}, bound=2)
    show("free", {"replays": REPLAYS}, per_step=REPLAYS, bound=2)
    show("nucleotide_adversarial", ATTACKED)
    show("trades", {})
    for name in OTHERS:
        show(name, {})


def _ratios(
    first: Callable[[], None], second: Callable[[], None], per_step: int, repetitions: int
) -> tuple[Ratio, Ratio]:
    """Times both in turn, changing who begins; returns the ratios of wall and of CPU time.

    Both run once untimed: the first run after another graph was traced costs more, whose it is.
    """
    first()
    second()
    pairs = []
    for repetition in range(repetitions):
        order = (first, second) if repetition % 2 == 0 else (second, first)
        times = {}
        for do in order:
            begun = time.process_time()
            wall = seconds(do)
            times[do] = (wall, time.process_time() - begun)
        pairs.append([a / b / per_step for a, b in zip(times[first], times[second], strict=True)])
    wall, cpu = zip(*pairs, strict=True)
    return Ratio(wall), Ratio(cpu)


def _stepper(
    name: str, settings: dict, network: str, batch_size: int, batches: int
) -> Callable[[], None]:
    """Returns what takes some compiled training steps of a regime on random sequences."""
    import keras
    import tensorflow as tf

    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training import REGIMES
    from tfbs.benchmark.training.fit import _Trainer

    keras.utils.set_random_seed(0)
    model = ARCHITECTURES[network].build(LENGTH, 1, {})
    procedure = REGIMES[name].make(REGIMES[name].resolve(name, settings))
    trainer = _Trainer(model, procedure, np.ones((1, 2), "float32"), 0, None)
    trainer.compile(keras.optimizers.Adam(1e-3), jit_compile=False)
    trainer.optimizer.build(model.trainable_variables)
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
