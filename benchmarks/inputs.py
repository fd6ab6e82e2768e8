"""What feeding costs: `python benchmarks/inputs.py`.

Training on the shuffled batches of a run against training on batches that lie ready in memory, so
that what shuffling and gathering rows cost is seen; and reading the batches alone against training
on them. Two threads. Networks that take little time per sequence wait longest.
"""

from __future__ import annotations

import click
from paired import compared, say
from steps import BATCH_SIZE, batches_of, built, random_split, stepping, trainer_of

THREADS = 2
CASES = (("cnn_local", 200), ("cnn_dist", 200))
"""Networks, and lengths of sequences."""
EXAMPLES = 4096
STEPS = 16
LEAST = 0.95
"""Of the speed that is left."""


@click.command(help=__doc__)
@click.option("--repetitions", default=21, show_default=True, help="Pairs per figure.")
@click.option("--steps", default=STEPS, show_default=True, help="Per timing.")
def main(repetitions: int, steps: int) -> None:
    """Prints two lines per network."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    for network, length in CASES:
        feeding(network, length, steps, repetitions)


def feeding(network: str, length: int, steps: int, repetitions: int) -> None:
    """Compares speeds on batches of a run and on ready ones, and reading with training."""
    model, train = built(network, length), random_split(EXAMPLES, length)
    trainer = trainer_of(model)
    fed = stepping(trainer, batches_of(model, train))
    ready = stepping(trainer, ready_batches(train))
    ready(EXAMPLES // BATCH_SIZE)  # fills the cache
    name = f"{network}, {length:,} nucleotides"
    found = compared(lambda: ready(steps), lambda: fed(steps), repetitions)
    say(f"{name}: training speed, as in a run / ready batches", found, found.wanted(least=LEAST))
    batches = iter(batches_of(model, train))

    def read() -> None:
        for _ in range(steps):
            next(batches)

    found = compared(read, lambda: fed(steps), repetitions)
    say(f"{name}: reading batches alone / training on them", found)


def ready_batches(train):
    """Returns the batches of an epoch, one after another without end, kept from the first time."""
    import tensorflow as tf

    none = tf.zeros((*train.sequence.shape, 0))
    examples = tf.data.Dataset.from_tensor_slices(((train.sequence, none), train.label))
    return examples.batch(BATCH_SIZE).cache().repeat()


if __name__ == "__main__":
    main()
