"""Training speed against plain PyTorch, same networks: `python benchmarks/train_pytorch.py`.

PyTorch needs an environment of its own:

    python -m venv elsewhere && elsewhere/bin/pip install torch numpy
    python benchmarks/train_pytorch.py --python elsewhere/bin/python

Five networks are written anew as PyTorch modules (`pytorch_networks.py`) and given the weights of
ours. Before anything is timed both must compute the same: logits to 1e-4 of the largest, and,
dropout off, the loss of each of three training steps to 1e-3, which holds only if gradients, Adam,
penalties and constraints agree; else the exit status is 1. Then blocks of training steps, about
half a second each, are taken in turn: ours on the batches of a run, theirs on slices of a tensor in
memory, one-hot and channels first beforehand. Same batch size, Adam, loss and number of threads,
one. Ratios of speed: above 1, tfbs is faster.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
import numpy as np
from other_side import OtherSide
from paired import compared, say, timed
from steps import BATCH_SIZE, batches_of, built, random_split, stepping, trainer_of

NETWORKS = "cnn_dist,basset,deepstarr,danq,bpnet"
LENGTH = 200
EXAMPLES = 4096
CHECKED_STEPS = 3
CHECKED_RATE = 1e-4  # at Adam's usual first steps the last bits of a gradient decide
LOGITS, LOSSES = 1e-4, 1e-3
"""How far both sides may differ: of the largest logit, and of each loss."""
BLOCK = 0.5
"""Seconds, about, that a block of our steps takes."""


@click.command(help=__doc__)
@click.option("--python", "interpreter", required=True, help="Of the environment of PyTorch.")
@click.option("--networks", default=NETWORKS, show_default=True, help="Which.")
@click.option("--threads", default=1, show_default=True, help="Of either side.")
@click.option("--repetitions", default=7, show_default=True, help="Pairs per ratio.")
def main(interpreter: str, networks: str, threads: int, repetitions: int) -> None:
    """Prints one line per network; exits with 1 where the two are not the same."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(threads)
    same = True
    for name in networks.split(","):
        same &= is_same(interpreter, name, threads, repetitions)
    sys.exit(not same)


def is_same(interpreter: str, name: str, threads: int, repetitions: int) -> bool:
    """Says how fast a network trains here over there; returns whether it is the same network."""
    model, train = built(name, LENGTH), random_split(EXAMPLES, LENGTH)
    with tempfile.TemporaryDirectory() as folder:
        hand_over(model, train, Path(folder))
        logits, losses = checked(model, train)
        model = built(name, LENGTH)  # the steps have changed the other's weights
        arguments = (folder, name, threads, BATCH_SIZE, CHECKED_STEPS, CHECKED_RATE)
        with OtherSide(interpreter, "pytorch_side.py", *arguments) as other:
            theirs = {job: result(other, Path(folder), job) for job in ("logits", "losses")}
            apart = np.abs(theirs["logits"] - logits).max() / np.abs(logits).max()
            drift = np.abs(theirs["losses"] / losses - 1).max()
            note = f"logits differ by {apart:.0e}, losses by {drift:.0e}"
            if apart > LOGITS or drift > LOSSES:
                print(f"{name}: not the same network: {note}")
                return False
            take = stepping(trainer_of(model), batches_of(model, train))
            steps = max(2, round(BLOCK / (timed(lambda: take(4)).cpu / 4)))
            found = compared(lambda: other.do(f"train {steps}"), lambda: take(steps), repetitions)
    say(f"{name}: training speed, tfbs / PyTorch", found, f"{steps} steps a turn, {note}")
    return True


def result(other: OtherSide, folder: Path, job: str) -> np.ndarray:
    """Returns what the other side found."""
    other.do(job)
    return np.load(folder / f"{job}.npy")


def hand_over(model, train, folder: Path) -> None:
    """Writes the weights of layers that have any, in the order of the layers, and the examples."""
    arrays = {
        f"{place}.{number}": weight.numpy()
        for place, layer in enumerate(layer for layer in model.layers if layer.weights)
        for number, weight in enumerate(layer.weights)
    }
    np.savez(folder / "weights.npz", **arrays)
    np.savez(folder / "examples.npz", sequence=train.sequence, label=train.label)


def checked(model, train) -> tuple[np.ndarray, np.ndarray]:
    """Returns logits of a batch, and the losses of steps without dropout, in the examples' order.

    Returns:
        `(batch,)` logits before the first step, and `(CHECKED_STEPS,)` losses.
    """
    import keras
    import tensorflow as tf

    from tfbs.benchmark.predict import Predictor

    logits = Predictor(model)(train.sequence[:BATCH_SIZE])[:, 0]
    rates = {layer: layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
    for layer in rates:
        layer.rate = 0.0
    trainer = trainer_of(model, settings={"learning_rate": CHECKED_RATE})
    step = tf.function(trainer.train_step)
    losses = []
    for number in range(CHECKED_STEPS):
        rows = slice(number * BATCH_SIZE, (number + 1) * BATCH_SIZE)
        codes, label = tf.constant(train.sequence[rows]), tf.constant(train.label[rows])
        trainer.mean_loss.reset_state()
        losses.append(float(step(((codes, tf.zeros((*codes.shape, 0))), label))["loss"]))
    return logits, np.array(losses)


if __name__ == "__main__":
    main()
