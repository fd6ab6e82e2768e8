"""How much of the machine networks use: `python benchmarks/peak.py`.

Multiply-accumulates a second of prediction and of training against those of a product of two large
float32 matrices, the most that this machine does; training is counted as three forward passes. One
thread. What keeps a network below the peak was not measured apart; what is no multiplication
(pools, batch norm, activations, Adam) and convolutions of four channels are likely.
"""

from __future__ import annotations

import click
from paired import compared, say
from steps import BATCH_SIZE, batches_of, built, random_split, stepping, trainer_of

THREADS = 1
NETWORKS = "cnn_dist,basset,deepstarr,bpnet"
LENGTH = 200
SIDE = 2048
"""Rows and columns of the matrices."""
TRAINING = 3
"""Forward passes' worth: the gradients by the weights and by the input are as much each."""
STEPS = 4


@click.command(help=__doc__)
@click.option("--networks", default=NETWORKS, show_default=True, help="Which.")
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
def main(networks: str, repetitions: int) -> None:
    """Prints two lines per network."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    import tensorflow as tf

    from tfbs.benchmark.evaluation.macs import count_macs
    from tfbs.benchmark.predict import Predictor

    matrix = tf.random.normal((SIDE, SIDE))
    product = tf.function(lambda: tf.reduce_sum(tf.matmul(matrix, matrix)))

    def multiply() -> None:
        product().numpy()

    multiply()
    split = random_split(256, LENGTH)
    for network in networks.split(","):
        model = built(network, LENGTH)
        macs = count_macs(model)
        take = stepping(trainer_of(model), batches_of(model, split))
        predict = Predictor(model)
        predict(split.sequence)
        jobs = {
            "prediction": (lambda predict=predict: predict(split.sequence), len(split)),
            "training": (lambda take=take: take(STEPS), TRAINING * STEPS * BATCH_SIZE),
        }
        for name, (do, passes) in jobs.items():
            factor = passes * macs / SIDE**3
            found = compared(multiply, do, repetitions, factor=factor)
            say(
                f"{network}, {macs / 1e6:.3g} M MACs: {name} / matrix product, MACs a second", found
            )


if __name__ == "__main__":
    main()
