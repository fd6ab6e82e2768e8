"""Training on a GPU against CPU threads, and what its switches do: `python benchmarks/gpu.py`.

Every network is trained in processes of its own, which wait for each other: on CPU threads, on the
GPU as a run takes it, and on the GPU with one switch. Then several runs share the GPU. Batches are
those of a run, of random sequences of 200 nucleotides. Ratios of speed: above 1, the first is
faster. Needs a GPU.
"""

from __future__ import annotations

import contextlib
import sys
from concurrent.futures import ThreadPoolExecutor

import click
from other_side import OtherSide
from paired import Times, compared, leave_out, say, timed

from tfbs.benchmark.runtime import DETERMINISTIC_OPS, TENSOR_FLOAT_32

SWITCHES = {
    "tensor_float_32": {TENSOR_FLOAT_32: "1"},
    "bfloat16": {},
    "xla": {},
    "deterministic": {DETERMINISTIC_OPS: "1"},
}
BLOCK = 0.5
"""Seconds of a turn, about."""


@click.command(help=__doc__)
@click.option("--networks", default="cnn_dist,danq,basenji", show_default=True, help="Which.")
@click.option("--batch-sizes", default="64,1024", show_default=True, help="Sequences a step.")
@click.option("--threads", default=2, show_default=True, help="TensorFlow's, of every process.")
@click.option("--together", default=4, show_default=True, help="Runs that share the GPU.")
@click.option("--repetitions", default=3, show_default=True, help="Pairs per ratio.")
def main(networks: str, batch_sizes: str, threads: int, together: int, repetitions: int) -> None:
    """Prints one line per figure."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        leave_out("no GPU is seen")
    print(tf.config.experimental.get_device_details(gpus[0]), flush=True)
    for name in networks.split(","):
        for batch_size in batch_sizes.split(","):
            compare(name, batch_size, threads, together, repetitions)


def compare(name: str, batch_size: str, threads: int, together: int, repetitions: int) -> None:
    """Says what is to be said of a network."""
    what = f"{name}, batches of {batch_size}: training speed"
    arguments = (sys.executable, "gpu_side.py", name, threads, batch_size)
    with contextlib.ExitStack() as stack:

        def start(switch: str, **variables: str) -> OtherSide:
            return stack.enter_context(OtherSide(*arguments, switch, **variables))

        gpus = [start("none") for _ in range(together)]
        cpu = start("none", CUDA_VISIBLE_DEVICES="")
        others = {switch: start(switch, **found) for switch, found in SWITCHES.items()}
        steps, few = (enough(side) for side in (gpus[0], cpu))
        note = f"{1000 * gpus[0].do(str(steps)).wall / steps:.3g} ms a step"
        found = compared(
            lambda: cpu.do(str(few)), lambda: gpus[0].do(str(steps)), repetitions,
            factor=steps / few,
        )  # fmt: skip
        say(f"{what}, GPU / {threads} CPU threads", found, note)
        for switch, other in others.items():
            found = compared(
                lambda: gpus[0].do(str(steps)),
                lambda other=other: other.do(str(steps)),
                repetitions,
            )
            say(f"{what}, {switch} / as it is", found)
        found = compared(
            lambda: gpus[0].do(str(steps)),
            lambda: all_at_once(gpus, steps),
            repetitions,
            factor=together,
        )
        say(f"{what}, {together} runs at once / one, all together", found)


def all_at_once(sides: list[OtherSide], steps: int) -> Times:
    """Returns how long all took together, and their CPU time."""
    each: list[Times] = []
    with ThreadPoolExecutor(len(sides)) as pool:
        took = timed(lambda: each.extend(pool.map(lambda side: side.do(str(steps)), sides)))
    return Times(took.wall, sum(one.cpu for one in each))


def enough(side: OtherSide) -> int:
    """Returns the steps that take about `BLOCK`."""
    side.do("3")
    return max(3, round(BLOCK / (side.do("10").wall / 10)))


if __name__ == "__main__":
    main()
