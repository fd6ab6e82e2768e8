"""How cost grows: `python benchmarks/scaling.py`.

A training step per nucleotide of longer sequences, against 200; a step with more targets against
one; an epoch, and the metrics with their bootstrap intervals, per example of larger sets, against
the smallest. Per unit, 1 is linear and less than 1 is better; targets share the network, so that a
step with a thousand should cost little more than one with one. One thread.
"""

from __future__ import annotations

import click
import numpy as np
from paired import compared, say
from steps import BATCH_SIZE, batches_of, built, random_split, stepping, trainer_of

THREADS = 1
NETWORKS = "cnn_dist"
LENGTHS = (200, 400, 800, 1600)
TARGETS = (1, 10, 100, 1000)
EXAMPLES = (1024, 8192)
PREDICTIONS = (10_000, 100_000)
STEPS = 4


@click.command(help=__doc__)
@click.option("--networks", default=NETWORKS, show_default=True, help="Which.")
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
def main(networks: str, repetitions: int) -> None:
    """Prints one line per figure."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    for network in networks.split(","):
        first = steps_of(network, LENGTHS[0])
        for length in LENGTHS[1:]:
            found = compared(
                steps_of(network, length), first, repetitions, factor=LENGTHS[0] / length
            )
            say(f"{network}: a nucleotide of {length:,} / of {LENGTHS[0]}, training", found)
        for targets in TARGETS[1:]:
            found = compared(steps_of(network, LENGTHS[0], targets), first, repetitions)
            say(f"{network}: training step with {targets:,} targets / with 1", found)
    epochs(networks.partition(",")[0], repetitions)
    metrics(repetitions)


def steps_of(network: str, length: int, targets: int = 1):
    """Returns what takes some training steps."""
    model = built(network, length, targets)
    take = stepping(trainer_of(model), batches_of(model, random_split(512, length, targets)))
    return lambda: take(STEPS)


def epochs(network: str, repetitions: int) -> None:
    """Compares an epoch of more examples with one of fewer."""

    def epoch_of(number: int):
        model = built(network, LENGTHS[0])
        data = batches_of(model, random_split(number, LENGTHS[0]))
        take = stepping(trainer_of(model), data)
        return lambda: take(number // BATCH_SIZE)

    first = epoch_of(EXAMPLES[0])
    for number in EXAMPLES[1:]:
        factor = EXAMPLES[0] / number
        found = compared(epoch_of(number), first, repetitions, factor=factor)
        say(f"{network}: an example of {number:,} / of {EXAMPLES[0]:,}, epoch", found)


def metrics(repetitions: int) -> None:
    """Compares ranking metrics, with intervals, of more predictions with those of fewer."""
    from tfbs.benchmark.evaluation.prediction import measure_prediction

    rng = np.random.default_rng(0)

    def judge_of(number: int):
        label = (rng.random((number, 1)) < 0.1).astype("int8")
        logit = (rng.normal(size=(number, 1)) + label).astype("float32")
        return lambda: measure_prediction(label, logit, ("target",), 0, "test")

    first = judge_of(PREDICTIONS[0])
    for number in PREDICTIONS[1:]:
        found = compared(judge_of(number), first, repetitions, factor=PREDICTIONS[0] / number)
        say(f"metrics with intervals: a prediction of {number:,} / of {PREDICTIONS[0]:,}", found)


if __name__ == "__main__":
    main()
