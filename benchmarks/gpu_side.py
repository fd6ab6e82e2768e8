"""Trains as it is told, in a process of its own: the other side of `gpu.py`."""

from __future__ import annotations

import sys

from paired import timed
from steps import batches_of, built, random_split, stepping, trainer_of

LENGTH = 200
EXAMPLES = 4096


def main() -> None:
    """Answers every number of steps with wall and CPU seconds."""
    from tfbs.benchmark.runtime import pin_threads

    name, threads, batch_size, switch = sys.argv[1:]
    pin_threads(int(threads))

    from tfbs.benchmark.numerics import Numerics

    numerics = Numerics(
        precision="mixed_bfloat16" if switch == "bfloat16" else "float32", xla=switch == "xla"
    )
    with numerics.applied():
        model, train = built(name, LENGTH), random_split(EXAMPLES, LENGTH)
        data = batches_of(model, train, int(batch_size))
        take = stepping(trainer_of(model, xla=numerics.xla), data)
        for line in sys.stdin:
            took = timed(lambda line=line: take(int(line)))
            print(took.wall, took.cpu, flush=True)


if __name__ == "__main__":
    main()
