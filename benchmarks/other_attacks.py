"""Our attack beside those of other packages: `python benchmarks/other_attacks.py`.

The same L-infinity attack (radius, steps, step length, start, box) on the same Keras model by
adversarial-robustness-toolbox and by foolbox, where they are installed: the loss that each
reaches, and its time relative to ours, in turn. Neither is a dependency of this package; both are
best kept in an environment of their own.
"""

from __future__ import annotations

from collections.abc import Callable

import click
import numpy as np
from paired import compared, say

THREADS = 2
LENGTH = 200
EPSILON = 0.05
STEPS = 20
STEP_SIZE = 2.5 * EPSILON / STEPS


@click.command(help=__doc__)
@click.option("--sequences", default=512, show_default=True, help="How many are attacked.")
@click.option("--repetitions", default=5, show_default=True, help="Pairs per figure.")
def main(sequences: int, repetitions: int) -> None:
    """Prints one line per package."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    import keras

    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.attacks import PGD, Attacker

    keras.utils.set_random_seed(0)
    model = ARCHITECTURES["distnet"].build(LENGTH, 1, {})
    rng = np.random.default_rng(0)
    clean = np.eye(4, dtype="float32")[rng.integers(0, 4, (sequences, LENGTH))]
    label = rng.integers(0, 2, (sequences, 1)).astype("int8")
    attacker = Attacker(model, PGD(epsilon=EPSILON, steps=STEPS))

    def ours() -> np.ndarray:
        return attacker(clean, label)[0]

    print(f"clean: loss {_loss(model, clean, label):.6f}")
    reached = ours()
    print(f"tfbs: loss {_loss(model, reached, label):.6f}")
    for name, prepare in (("art", _art), ("foolbox", _foolbox)):
        try:
            theirs = prepare(model, clean, label)
            found = theirs()
        except Exception as error:  # whatever does not run is what is to be said
            print(f"{name}: does not run: {type(error).__name__}: {error}")
            continue
        same = np.abs(found - reached).max(axis=(1, 2)) < 1e-4
        note = (
            f"loss {_loss(model, found, label):.6f}, largest change "
            f"{np.abs(found - clean).max():.4f}, same sequence as ours {same.mean():.1%}"
        )
        say(f"attack of {name} / tfbs", compared(theirs, ours, repetitions), note)


def _loss(model, sequence: np.ndarray, label: np.ndarray) -> float:
    logit = model.predict(sequence, verbose=0).astype("float64")
    return float(np.logaddexp(0, -(2.0 * label - 1) * logit).mean())


def _art(model, clean: np.ndarray, label: np.ndarray) -> Callable[[], np.ndarray]:
    import tensorflow as tf
    from art.attacks.evasion import ProjectedGradientDescent
    from art.estimators.classification import TensorFlowV2Classifier

    def two_logits(x, training=False):
        logit = model(x, training=False)
        return tf.concat([tf.zeros_like(logit), logit], axis=1)

    classifier = TensorFlowV2Classifier(
        model=two_logits,
        nb_classes=2,
        input_shape=(LENGTH, 4),
        loss_object=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        clip_values=(0.0, 1.0),
    )
    attack = ProjectedGradientDescent(
        classifier,
        norm=np.inf,
        eps=EPSILON,
        eps_step=STEP_SIZE,
        max_iter=STEPS,
        num_random_init=0,
        batch_size=256,
        verbose=False,
    )
    return lambda: attack.generate(clean, label[:, 0].astype("int64"))


def _foolbox(model, clean: np.ndarray, label: np.ndarray) -> Callable[[], np.ndarray]:
    import foolbox
    import tensorflow as tf

    def two_logits(x, training=False):
        logit = model(x, training=False)
        return tf.concat([tf.zeros_like(logit), logit], axis=1)

    wrapped = foolbox.models.TensorFlowModel(two_logits, bounds=(0, 1))
    attack = foolbox.attacks.LinfPGD(abs_stepsize=STEP_SIZE, steps=STEPS, random_start=False)
    target = tf.constant(label[:, 0].astype("int64"))

    def run() -> np.ndarray:
        _, clipped, _ = attack(wrapped, tf.constant(clean), target, epsilons=EPSILON)
        return clipped.numpy()

    return run


if __name__ == "__main__":
    main()
