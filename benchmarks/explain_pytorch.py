"""Explanations against tangermeme on PyTorch, same weights: `python benchmarks/explain_pytorch.py`.

tangermeme needs an environment of its own, since it brings PyTorch:

    python -m venv elsewhere && elsewhere/bin/pip install torch tangermeme
    python benchmarks/explain_pytorch.py --python elsewhere/bin/python

Networks of convolution, batch norm, ReLU, max pooling and dense layers learn a planted motif for a
moment, and their weights go over as numbers. The other side (`tangermeme_side.py`) builds the
network anew and computes logits, every substitution, and DeepLIFT/SHAP against the same
references. Logits and effects must agree to 1e-4 of the largest, contributions correlate above .99
in every sequence, else the exit status is 1. One thread. tangermeme's fast mutagenesis tries itself
first and falls back to the plain one where that is faster.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click
import numpy as np
from other_side import OtherSide
from paired import compared, say

THREADS = 1  # more would wait for each other on a busy machine
NETWORKS = "cnn_local,cnn_dist,basset,deepstarr"
REFERENCES = 20
EQUAL, CORRELATED = 1e-4, 0.99
MOTIF = "TGACGTCA"


@click.command(help=__doc__)
@click.option("--python", "interpreter", required=True, help="Of the environment of tangermeme.")
@click.option("--networks", default=NETWORKS, show_default=True, help="Which, of ReLU.")
@click.option("--length", default=200, show_default=True, help="Nucleotides.")
@click.option("--sequences", default=4, show_default=True, help="To explain.")
@click.option("--repetitions", default=3, show_default=True, help="Pairs per ratio.")
def main(interpreter: str, networks: str, length: int, sequences: int, repetitions: int) -> None:
    """Prints one line per figure; exits with 1 where a bound is not kept."""
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(THREADS)
    kept = True
    for name in networks.split(","):
        model, sequence = trained(name, length, sequences)
        with (
            tempfile.TemporaryDirectory() as folder,
            Other(interpreter, Path(folder), model, sequence) as other,
        ):
            found = agreement(other)
            print(f"{name}: differences", *(f"{key} {each:.0e}" for key, each in found.items()))
            kept &= is_close(found)
            say_times(name, other, repetitions)
    sys.exit(not kept)


def trained(name: str, length: int, number: int):
    """Returns a network that has seen a motif in half of random sequences, and some that hold it.

    Args:
        name: Of the architecture.
        length: Nucleotides.
        number: Of sequences, returned one-hot: `(number, length, 4)`.
    """
    import keras

    from tfbs.architectures import ARCHITECTURES
    from tfbs.datasets.alphabet import one_hot

    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (2000, length)).astype("uint8")
    label = np.arange(len(codes)) % 2
    for row in np.flatnonzero(label):
        start = rng.integers(0, length - len(MOTIF))
        codes[row, start : start + len(MOTIF)] = ["ACGT".index(letter) for letter in MOTIF]
    model = ARCHITECTURES[name].build(length, 1, {"activation": "relu"})
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    sequence = one_hot(codes)
    model.fit(sequence, label[:, None], epochs=4, batch_size=64, verbose=0)
    return model, sequence[label == 1][:number]


def exported(model) -> tuple[list[dict], dict[str, np.ndarray]]:
    """Returns the layers of a network that is a chain, in words, and their weights by place.

    Args:
        model: Of the layers below.

    Raises:
        click.ClickException: If it has another one.
    """
    steps: list[dict] = []
    arrays: dict[str, np.ndarray] = {}
    for layer in model.layers:
        kind, place = type(layer).__name__, len(steps)
        own = {weight.name: weight.numpy() for weight in layer.weights}
        if kind in ("InputLayer", "Dropout"):
            continue
        if kind == "MaxPooling1D":
            _check_pool(layer)
            steps.append({"kind": "pool", "size": layer.pool_size[0]})
        elif kind == "Flatten":
            steps.append({"kind": "flatten"})
            flattened = layer.input.shape[1:]
        elif kind == "Dense":
            if steps[-1]["kind"] == "flatten":  # PyTorch has channels before positions
                kernel = own["kernel"].reshape(*flattened, -1)
                own["kernel"] = kernel.swapaxes(0, 1).reshape(-1, layer.units)
            steps.append({"kind": "dense"})
        elif kind == "Conv1D" and layer.strides == layer.dilation_rate == (1,):
            steps.append({"kind": "convolution", "padding": layer.padding})
        elif kind == "BatchNormalization" and layer.scale and layer.center:
            steps.append({"kind": "norm", "epsilon": layer.epsilon})
        elif kind != "Activation":
            raise click.ClickException(f"no counterpart for layer {layer.name} ({kind})")
        arrays |= {f"{place}.{weight}": value for weight, value in own.items()}
        activation = getattr(getattr(layer, "activation", None), "__name__", "linear")
        if activation not in ("linear", "relu"):
            raise click.ClickException(f"no counterpart for {activation} of {layer.name}")
        if activation == "relu":
            steps.append({"kind": "relu"})
    return steps, arrays


def _check_pool(layer) -> None:
    size, length = layer.pool_size[0], layer.input.shape[1]
    if layer.strides != layer.pool_size or (layer.padding == "same" and length % size):
        raise click.ClickException(f"no counterpart for the padding or strides of {layer.name}")


class Other(OtherSide):
    """The network in the other interpreter.

    Args:
        interpreter: Its path.
        folder: Where numbers go back and forth.
        model: The network here.
        sequence: `(n, length, 4)`, what is explained.
    """

    def __init__(self, interpreter: str, folder: Path, model, sequence: np.ndarray) -> None:
        from tfbs.benchmark.explain.references import shuffled_references

        self.model, self.sequence, self.folder = model, sequence, folder
        self.references = shuffled_references(sequence, REFERENCES, 0)
        steps, arrays = exported(model)
        (folder / "steps.json").write_text(json.dumps(steps))
        np.savez(folder / "weights.npz", **arrays)
        np.savez(folder / "inputs.npz", sequence=sequence, references=self.references)
        super().__init__(interpreter, "tangermeme_side.py", folder, THREADS)

    def result(self, job: str) -> np.ndarray:
        """Returns what the other side found at `logits`, `ism`, `plain_ism` or `shap`."""
        self.do(job)
        return np.load(self.folder / f"{job}.npy")


def agreement(other: Other) -> dict[str, float]:
    """Returns largest differences, as shares of the largest number, and correlations."""
    from tfbs.benchmark.explain.deeplift import against_references
    from tfbs.benchmark.explain.mutagenesis import mutation_effects
    from tfbs.benchmark.explain.values import values_of

    effects = mutation_effects(other.model, other.sequence).change
    ours = against_references(other.model, other.sequence, other.references).map
    theirs = other.result("shap")
    letters = other.sequence > 0
    each = [_correlation(one, two) for one, two in zip(ours, theirs, strict=True)]
    return {
        "logits": _difference(values_of(other.model, other.sequence), other.result("logits")),
        "ISM": _difference(effects, other.result("ism")),
        "plain ISM": _difference(effects, other.result("plain_ism")),
        "SHAP": _difference(ours, theirs),
        "SHAP of letters": _difference(ours[letters], theirs[letters]),
        "1 - worst correlation": 1 - min(*each, _correlation(ours[letters], theirs[letters])),
    }


def is_close(found: dict[str, float]) -> bool:
    """Returns whether both sides agree as far as they must."""
    equal = all(found[name] < EQUAL for name in ("logits", "ISM", "plain ISM"))
    return equal and found["1 - worst correlation"] < 1 - CORRELATED


def _difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def _correlation(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.corrcoef(ours.ravel(), theirs.ravel())[0, 1])


def say_times(name: str, other: Other, repetitions: int) -> None:
    """Says how many times longer the other side takes."""
    from tfbs.benchmark.explain.deeplift import against_references
    from tfbs.benchmark.explain.mutagenesis import mutation_effects

    def mutate() -> None:
        mutation_effects(other.model, other.sequence)

    def explain() -> None:
        against_references(other.model, other.sequence, other.references)

    jobs = {
        "mutagenesis, tangermeme's fast": ("ism", mutate),
        "mutagenesis, tangermeme's plain": ("plain_ism", mutate),
        "DeepSHAP, tangermeme's": ("shap", explain),
    }
    for what, (job, ours) in jobs.items():
        found = compared(lambda job=job: other.do(job), ours, repetitions)
        say(f"{name}: {what} / tfbs", found)


if __name__ == "__main__":
    main()
