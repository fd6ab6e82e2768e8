"""What evaluation costs in training: `python benchmarks/evaluation.py`.

Evaluating a network on all axes by the default protocol, compilation included, against so many
epochs of training it, compilation left out, on `synthetic_code/small`; before it, the same shares
in the records that are committed with the project, each of one run; then prediction, an attack and
attributions against training on as many sequences. Two threads.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from paired import Compared, Ratio, compared, say
from steps import BATCH_SIZE, batches_of, built, random_split, stepping, trainer_of

THREADS = 2
RECORDS = Path(__file__).parents[1] / "leaderboards" / "records"
TASK = "synthetic_code/small"
NETWORKS = "cnn_dist,deepbind"
EPOCHS = 16
"""As many as the quick start trains at most."""
SEQUENCES = 64
FEW = 4
"""Sequences of explanations that take many passes."""
ATTACK_STEPS = 20
MOST = 0.5


@click.command(help=__doc__)
@click.option("--networks", default=NETWORKS, show_default=True, help="Which.")
@click.option("--repetitions", default=2, show_default=True, help="Pairs of evaluation, training.")
@click.option("--short", default=7, show_default=True, help="Pairs of what takes less.")
def main(networks: str, repetitions: int, short: int) -> None:
    """Prints one line per figure."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    from tfbs.datasets.task import load_task

    recorded()
    task = load_task(TASK)
    for network in networks.split(","):
        whole(network, task, repetitions)
    parts(networks.partition(",")[0], task.length, short)


def recorded() -> None:
    """Says what evaluation took of the training in the committed runs of the standard regime."""
    from tfbs.benchmark.protocol import DEFAULT_PROTOCOL
    from tfbs.benchmark.record import RecordFolder

    shares = [
        record["cost"]["evaluation_seconds"] / record["cost"]["training_seconds"]
        for record in RecordFolder(RECORDS)
        if record["spec"]["protocol"] == DEFAULT_PROTOCOL
        and record["spec"]["regime"]["name"] == "standard"
        and record["training"]["epochs"]
    ]
    found = Compared(Ratio(tuple(shares)), None)
    what = f"committed runs: evaluation by {DEFAULT_PROTOCOL} / their training"
    say(what, found, found.wanted(most=MOST))


def whole(network: str, task, repetitions: int) -> None:
    """Compares evaluation by the default protocol with training."""
    from tfbs.benchmark.evaluation.evaluate import evaluate
    from tfbs.benchmark.protocol import DEFAULT_PROTOCOL, PROTOCOLS

    train = task.splits["train"]
    model = built(network, task.length, len(task.targets))
    take = stepping(trainer_of(model), batches_of(model, train))
    epoch = -(-len(train) // BATCH_SIZE)

    def judge() -> None:
        evaluate(
            built(network, task.length, len(task.targets)), task, PROTOCOLS[DEFAULT_PROTOCOL], 0
        )

    factor = 1 / EPOCHS
    found = compared(judge, lambda: take(epoch), repetitions, factor=factor, warm=False)
    what = f"{network}: evaluation by {DEFAULT_PROTOCOL} / {EPOCHS} epochs of training"
    say(what, found, found.wanted(most=MOST))


def parts(network: str, length: int, repetitions: int) -> None:
    """Compares an attack, a prediction and attributions with training on as many sequences."""
    from tfbs.benchmark.attacks import PGD, Attacker
    from tfbs.benchmark.explain import ATTRIBUTIONS
    from tfbs.benchmark.predict import Predictor
    from tfbs.datasets.alphabet import one_hot

    split = random_split(SEQUENCES, length)
    sequence = one_hot(split.sequence)
    model = built(network, length)
    take = stepping(trainer_of(model), batches_of(model, split))
    predict = Predictor(model)
    attack = Attacker(model, PGD(epsilon=0.1, steps=ATTACK_STEPS))
    few = sequence[:FEW]

    def attacked() -> np.ndarray:
        return attack(sequence, split.label)[0]

    jobs = {
        "prediction": (lambda: predict(split.sequence), 1.0),
        f"attack of {ATTACK_STEPS} steps, a step": (attacked, 1 / ATTACK_STEPS),
        "saliency": (lambda: ATTRIBUTIONS["saliency"](model, sequence), 1.0),
        "integrated gradients": (
            lambda: ATTRIBUTIONS["integrated_gradients"](model, few),
            SEQUENCES / len(few),
        ),
        "in-silico mutagenesis": (lambda: ATTRIBUTIONS["ism"](model, few), SEQUENCES / len(few)),
    }
    for name, (do, factor) in jobs.items():
        found = compared(do, lambda: take(1), repetitions, factor=factor)
        say(f"{network}, {length:,} nucleotides: {name} / training step", found)


if __name__ == "__main__":
    main()
