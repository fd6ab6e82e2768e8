"""Where the time of a run goes: `python benchmarks/overhead.py`.

Runs of one network on one task, seed after seed in one process, as a suite's executor `local` does
them. Every part is timed without the parts inside it. Beside the table: how often TensorFlow traced
what, in each run.
"""

from __future__ import annotations

import functools
import importlib
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import psutil

IMPORT = "import"
TRACING = "tracing: Python to graph"
FIRST = "first call of each graph: optimised, then run"
OTHER = "other"

PARTS = {
    "data read": ["tfbs.datasets.task:read_task"],
    "network built": ["tfbs.benchmark.training.workbench:Workbench.new_model"],
    "training": ["tfbs.benchmark.training.fit:_Trainer.fit"],
    "validation of epochs": ["tfbs.benchmark.training.callbacks:Validation.on_epoch_end"],
    "joint curves": ["tfbs.benchmark.training.callbacks:Joint.on_epoch_end"],
    "checkpoints": ["tfbs.benchmark.training.checkpoint:StateFile.write"],
    "evaluation: prediction": [
        "tfbs.benchmark.evaluation.evaluate:_prediction",
        "tfbs.benchmark.evaluation.evaluate:measure_known_rule",
    ],
    "evaluation: robustness": [
        "tfbs.benchmark.evaluation.evaluate:_robustness",
        "tfbs.benchmark.evaluation.evaluate:measure_stress",
    ],
    "evaluation: interpretability": ["tfbs.benchmark.evaluation.evaluate:_interpretability"],
    "evaluation: filters": ["tfbs.benchmark.evaluation.evaluate:_filters"],
    "evaluation: cost": ["tfbs.benchmark.evaluation.cost:measure_cost"],
    "MLflow": [
        "tfbs.benchmark.tracking:Store.__init__",
        "tfbs.benchmark.tracking:Store.find",
        "tfbs.benchmark.tracking:Store.folder",
        "tfbs.benchmark.tracking:OpenRun.__init__",
        "tfbs.benchmark.tracking:OpenRun.flush",
        "tfbs.benchmark.tracking:OpenRun.finish",
    ],
    "record and arrays": [
        "tfbs.benchmark.run:write_record",
        "tfbs.benchmark.run:write_arrays",
        "tfbs.benchmark.run:read_record",
        "tfbs.benchmark.run:describe_code",
        "tfbs.benchmark.run:describe_environment",
        "tfbs.benchmark.run:describe_dataset",
    ],
    "model saved": ["keras:Model.save"],
    "graphs and garbage of the run before": ["keras.backend:clear_session", "gc:collect"],
}
"""What is timed, by name: functions as `module:name`, at the place where they are looked up."""


LEARNING = ("training", "validation of epochs", "joint curves")
"""Parts that are training."""


class Watch:
    """Wall and CPU seconds of parts that lie in each other, each without those inside it."""

    def __init__(self) -> None:
        self.wall: defaultdict[str, float] = defaultdict(float)
        self.cpu: defaultdict[str, float] = defaultdict(float)
        self.traced: Counter[str] = Counter()
        self._open = [OTHER]
        self._mark = time.perf_counter(), time.process_time()

    def _settle(self) -> None:
        now = time.perf_counter(), time.process_time()
        self.wall[self._open[-1]] += now[0] - self._mark[0]
        self.cpu[self._open[-1]] += now[1] - self._mark[1]
        self._mark = now

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Counts what happens inside for a part."""
        self._settle()
        self._open.append(name)
        try:
            yield
        finally:
            self._settle()
            self._open.pop()

    def lap(self) -> tuple[dict[str, float], dict[str, float], Counter[str]]:
        """Returns seconds by part and traces by function since the last lap, and starts anew."""
        self._settle()
        found = dict(self.wall), dict(self.cpu), self.traced
        self.wall.clear()
        self.cpu.clear()
        self.traced = Counter()
        return found

    def wrap(self, name: str, place: str) -> None:
        """Times a function wherever it is looked up as `module:name`."""
        module, _, path = place.partition(":")
        holder: Any = importlib.import_module(module)
        *owners, last = path.split(".")
        for owner in owners:
            holder = getattr(holder, owner)
        setattr(holder, last, self._timed(name, getattr(holder, last)))

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **keywords: Any) -> Any:
            with self.part(name):
                return function(*arguments, **keywords)

        return timed

    def watch_imports(self) -> None:
        """Times whatever Python has to load, whenever it does."""
        frozen = sys.modules["_frozen_importlib"]
        frozen._find_and_load = self._timed(IMPORT, frozen._find_and_load)

    def watch_tensorflow(self) -> None:
        """Times and counts traces, and the first call of every graph, in which it is optimised."""
        from tensorflow.python.eager import context
        from tensorflow.python.eager.polymorphic_function import tracing_compilation

        trace = tracing_compilation._create_concrete_function
        call = context.Context.call_function
        known: set[bytes] = set()

        def counted(function_type: Any, type_context: Any, func_graph: Any, options: Any) -> Any:
            self.traced[_label(options)] += 1
            with self.part(TRACING):
                return trace(function_type, type_context, func_graph, options)

        def first(own: Any, name: bytes, tensors: Any, outputs: Any) -> Any:
            if name in known:
                return call(own, name, tensors, outputs)
            known.add(name)
            with self.part(FIRST):
                return call(own, name, tensors, outputs)

        tracing_compilation._create_concrete_function = counted
        context.Context.call_function = first


def _label(options: Any) -> str:
    """Returns the module and name of what is traced."""
    function = options.python_function
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    module = getattr(function, "__module__", "") or ""
    name = getattr(function, "__qualname__", options.name)
    return f"{module}:{name}".replace(".<locals>", "")


@click.command(help=__doc__)
@click.option("--task", "task_name", default="synthetic_code/medium", show_default=True)
@click.option("--architecture", default="cnn_dist", show_default=True)
@click.option("--regime", default="standard", show_default=True)
@click.option("--protocol", default="full-3", show_default=True)
@click.option("--set", "assignments", multiple=True, metavar="KEY=VALUE", help="A setting.")
@click.option("--runs", default=1, show_default=True, help="Seeds, one after another.")
@click.option("--output", type=click.Path(path_type=Path), help="Kept there; else thrown away.")
@click.option("--traces/--no-traces", default=True, show_default=True, help="List what is traced.")
def main(
    task_name: str,
    architecture: str,
    regime: str,
    protocol: str,
    assignments: tuple[str, ...],
    runs: int,
    output: Path | None,
    traces: bool,
) -> None:
    """Prints a table of every run."""
    watch = Watch()
    watch.watch_imports()
    born = psutil.Process().create_time()
    watch.wall[IMPORT] += time.time() - born  # Python itself, click, psutil
    watch.cpu[IMPORT] += time.process_time()
    from tfbs.benchmark.runtime import pin_threads

    pin_threads(2)
    from tfbs.benchmark.run import execute
    from tfbs.benchmark.spec import resolve_spec
    from tfbs.benchmark.tracking import Store
    from tfbs.benchmark.training.networks import Networks
    from tfbs.datasets.task import load_task
    from tfbs.parameters import parse_assignments

    for name, places in PARTS.items():
        for place in places:
            watch.wrap(name, place)
    _wrap_extras(watch)
    watch.watch_tensorflow()
    with tempfile.TemporaryDirectory(prefix="tfbs-overhead-") as folder:
        task = load_task(task_name)
        store, networks = Store(output or Path(folder)), Networks()
        for seed in range(runs):
            overrides = parse_assignments(assignments)
            spec = resolve_spec(task, architecture, regime, seed, overrides, protocol)
            record = execute(spec, task, store, threads=2, networks=networks)
            training = record["training"]
            click.echo(f"\n{spec}, {protocol}: {training['epochs']} epochs")
            _show(*watch.lap(), traces=traces)
        steps = 10 * training["steps"] // training["epochs"]
        wall, cpu = reading(task, spec, steps)
        click.echo(f"\nbatches of ten epochs without training: {wall:.2f} s {cpu:.2f} s CPU")


def reading(task: Any, spec: Any, steps: int) -> tuple[float, float]:
    """Returns wall and CPU seconds of the batches of so many steps, when nothing learns of them."""
    import numpy as np

    from tfbs.architectures import ARCHITECTURES
    from tfbs.benchmark.training.batches import batches
    from tfbs.benchmark.training.sampling import EpochSampler

    architecture, train = spec.architecture, task.splits["train"]
    model = ARCHITECTURES[architecture["name"]].build(
        task.length, len(task.targets), architecture["hyperparameters"], len(task.tracks)
    )
    sampler = EpochSampler(np.asarray(train.label), None, 0)
    given = iter(batches(model, train, sampler, spec.regime["parameters"]["batch_size"], 0))
    next(given)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        next(given)
    return time.perf_counter() - wall, time.process_time() - cpu


def _wrap_extras(watch: Watch) -> None:
    from tfbs.benchmark.evaluation.explained import EXTRAS

    for name in EXTRAS:
        entry = EXTRAS._entries[name]
        EXTRAS._entries[name] = watch._timed(f"evaluation: {name}", entry)


def _show(
    wall: dict[str, float], cpu: dict[str, float], traced: Counter[str], *, traces: bool
) -> None:
    total = sum(wall.values()), sum(cpu.values())
    for name in sorted(wall, key=lambda name: -wall[name]):
        share = 100 * wall[name] / total[0]
        click.echo(f"{name:48} {wall[name]:8.2f} s {cpu[name]:8.2f} s CPU {share:6.1f} %")
    click.echo(f"{'all':48} {total[0]:8.2f} s {total[1]:8.2f} s CPU")
    evaluation = sum(seconds for name, seconds in wall.items() if name.startswith("evaluation"))
    trained = sum(wall.get(name, 0.0) for name in LEARNING)
    ready = sum(wall.get(name, 0.0) for name in (IMPORT, TRACING, FIRST, "network built"))
    overhead = total[0] - ready - trained - evaluation
    click.echo(f"overhead {100 * overhead / total[0]:.1f} % of the run")
    click.echo(f"evaluation {100 * evaluation / max(trained, 1e-9):.0f} % of training")
    click.echo(f"traced {traced.total()} functions")
    if traces:
        for name, times in traced.most_common():
            click.echo(f"  {times:3} x {name}")


if __name__ == "__main__":
    main()
