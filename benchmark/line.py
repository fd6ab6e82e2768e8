"""The runs of one line of a table: those that differ in nothing but their seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tfbs.benchmark.headline import headline
from tfbs.benchmark.record import Record
from tfbs.benchmark.spec import RunSpec
from tfbs.errors import UserError


@dataclass(frozen=True)
class Line:
    """What picks runs, and which of their numbers is meant.

    Attributes:
        task: As `--task` calls it.
        architecture: Its name.
        settings: Of architecture or regime; the rest may be anything.
        metric: Its name.
        regime: Its name; None for any.
    """

    task: str
    architecture: str
    settings: Mapping[str, object]
    metric: str
    regime: str | None = None

    def __str__(self) -> str:
        words = [f"{key}={value}" for key, value in self.settings.items()]
        regime = f" {self.regime}" if self.regime else ""
        return self.architecture + (f"[{', '.join(words)}]" if words else "") + regime

    def runs(self, records: Iterable[Record]) -> list[Record]:
        """Returns the runs that the line picks, by seed.

        Raises:
            UserError: If two have one seed: they differ in more.
        """
        found = sorted(filter(self._picks, records), key=lambda record: record["spec"]["seed"])
        seeds = [record["spec"]["seed"] for record in found]
        if len(set(seeds)) < len(seeds):
            raise UserError(
                f"{self} on {self.task} picks runs that differ in more than their seeds: "
                "more of its settings are needed"
            )
        return found

    def _picks(self, record: Record) -> bool:
        spec = record["spec"]
        values = {**spec["regime"]["parameters"], **spec["architecture"]["hyperparameters"]}
        return (
            RunSpec.from_json(spec).task_name == self.task
            and spec["architecture"]["name"] == self.architecture
            and self.regime in (None, spec["regime"]["name"])
            and all(setting(values, name) == value for name, value in self.settings.items())
        )


def setting(values: Mapping[str, object], name: str) -> object:
    """Returns a setting of a run; a prior that is off is not among them."""
    return values.get(name, "none" if name.startswith("prior.") else None)


def numbers(records: Sequence[Record], metric: str) -> dict[str, float]:
    """Returns a metric of the runs that have it, by id."""
    found = {record["id"]: headline(record, metric) for record in records}
    return {run: own["value"] for run, own in found.items() if own and own["value"] is not None}
