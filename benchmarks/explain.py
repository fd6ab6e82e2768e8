"""What explanations cost: `python benchmarks/explain.py`.

In-silico mutagenesis that recomputes only what a substitution can change against recomputing all
(the same effects, to the difference that is stated), and DeepSHAP with 20 references against
forward passes of the same sequences, on 1,000 nucleotides. Two threads.
"""

from __future__ import annotations

import click
import numpy as np
from paired import compared, say

THREADS = 2
LENGTH = 1000
COPIES = 8
NETWORKS = {"basset": {}, "cnn_dist": {}, "deepstarr": {}, "siamese_cnn": {}}


@click.command(help=__doc__)
@click.option("--repetitions", default=3, show_default=True, help="Pairs per figure.")
@click.option("--networks", default=",".join(NETWORKS), show_default=True, help="Which.")
def main(repetitions: int, networks: str) -> None:
    """Prints one line per figure."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    import keras

    from tfbs.architectures import ARCHITECTURES
    from tfbs.datasets.alphabet import one_hot

    rng = np.random.default_rng(0)
    sequences = one_hot(rng.integers(0, 4, (32, LENGTH)).astype("uint8"))
    for name in networks.split(","):
        keras.utils.set_random_seed(0)
        model = ARCHITECTURES[name].build(LENGTH, 1, NETWORKS.get(name, {}))
        mutagenesis(name, model, sequences[:1], repetitions)
        shap(name, model, sequences, repetitions)


def mutagenesis(name: str, model, sequence: np.ndarray, repetitions: int) -> None:
    """Compares both ways to the effects of all 3,000 substitutions of one sequence."""
    from tfbs.benchmark.explain import mutagenesis as room

    columns = np.zeros(1, "int32")

    def by(step) -> np.ndarray:
        return room._all_effects(model, step(model), sequence, columns, None)

    difference = np.abs(by(room._naive) - by(room._fast)).max()  # compiles both
    found = compared(lambda: by(room._naive), lambda: by(room._fast), repetitions)
    say(f"{name}: mutagenesis, plain / fast", found, f"largest difference {difference:.0e}")


def shap(name: str, model, sequences: np.ndarray, repetitions: int) -> None:
    """Compares DeepSHAP with 20 references with one forward pass of the same sequences."""
    from tfbs.benchmark.explain.deeplift import against_references
    from tfbs.benchmark.explain.references import NUM_REFERENCES, shuffled_references
    from tfbs.benchmark.explain.values import values_of

    references = shuffled_references(sequences, NUM_REFERENCES, 0)
    many = np.repeat(sequences, COPIES, axis=0)  # a forward pass worth timing

    def explain() -> None:
        against_references(model, sequences, references)

    def forward() -> None:
        values_of(model, many)

    found = compared(explain, forward, repetitions, factor=COPIES)
    say(f"{name}: DeepSHAP with {NUM_REFERENCES} references / forward pass", found)


if __name__ == "__main__":
    main()
