"""Which choice matters: the runs of a suite as a crossed design, by the headline of every axis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tfbs.benchmark.axes import headlines
from tfbs.benchmark.columns import Column
from tfbs.benchmark.formatting import format_interval, format_value
from tfbs.benchmark.headline import headline
from tfbs.benchmark.record import Record
from tfbs.benchmark.settings import changed, shared_settings
from tfbs.benchmark.spec import FITTED
from tfbs.benchmark.statistics.crossed import DegenerateDesignError, Design
from tfbs.benchmark.statistics.factorial import Analysis, Term, analyse
from tfbs.benchmark.statistics.seeds import MINIMUM_SEEDS
from tfbs.benchmark.statistics.tiers import LEVEL, holm
from tfbs.benchmark.table import Table
from tfbs.benchmark.verdict import Row
from tfbs.errors import UserError, nearest

HEADER = ("effect", "spread over levels", "95 % interval", "p (F, Holm)", "best level")
_ABSENT = "not a setting"


@dataclass(frozen=True)
class Effects:
    """What a suite says of its choices by one metric.

    Attributes:
        column: The metric.
        analysis: None where the design is degenerate.
        reason: Why it is.
        runs: How many the analysis is of.
        left_out: Which runs it is not of, and why.
    """

    column: Column
    analysis: Analysis | None
    reason: str
    runs: int
    left_out: tuple[str, ...]

    @property
    def ranked(self) -> list[tuple[Term, float]]:
        """Effects with their p-values after Holm, the largest spread first."""
        terms = self.analysis.terms if self.analysis else ()
        corrected = holm([term.p_value for term in terms])
        pairs = zip(terms, corrected.tolist(), strict=True)
        return sorted(pairs, key=lambda pair: -pair[0].spread)

    @property
    def sentence(self) -> str:
        """Which choice matters most, or why it cannot be told."""
        if self.analysis is None:
            return f"For {self._axis} nothing is analysed: {self.reason}."
        told = [term for term, p_value in self.ranked if p_value < LEVEL]
        if not told:
            return f"For {self._axis} no choice can be told from the noise of seeds."
        named = ", ".join(f"{t.name} ({self._value(t.spread)})" for t in told)
        return (
            f"For {self._axis} what matters is {named}, by the spread over levels; runs of one "
            f"kind spread by {self._value(self.analysis.spreads['residual'])}."
        )

    @property
    def note(self) -> str:
        """Of how many runs it is, what is drawn from many, and what could not be told."""
        if self.analysis is None:
            return ""
        drawn = [f"{name} {self._value(v)}" for name, v in self.analysis.spreads.items()]
        said = [f"{self.runs} runs; spread of what is not a choice: {', '.join(drawn)}"]
        said += [f"left out: {text}" for text in (*self.analysis.refused, *self.left_out)]
        return "; ".join(said) + "."

    def table(self) -> Table:
        """Returns one line per effect, the largest first."""
        lines, data = [], []
        for term, p_value in self.ranked:
            best = self._best(term)
            lines.append(
                (
                    term.name,
                    self._value(term.spread),
                    format_interval(term.interval, self.column.unit),
                    "<.0001" if p_value < 1e-4 else f"{p_value:.4f}",
                    best,
                )
            )
            data.append(
                {
                    "metric": self.column.name,
                    "effect": term.name,
                    "spread": term.spread,
                    "spread_low": term.interval[0],
                    "spread_high": term.interval[1],
                    "p_value_holm": p_value,
                    **{f"effect of {level}": value for level, (value, _) in term.effects.items()},
                    **{f"error of {level}": error for level, (_, error) in term.effects.items()},
                }
            )
        title = f"Which choice matters for {self.column.axis}: {self.column.heading}"
        return Table(f"factors_{self.column.axis}", title, HEADER, lines, data, self.note)

    def _best(self, term: Term) -> str:
        if not term.effects:
            return ""
        sign = 1 if self.column.higher_is_better else -1
        level, (value, _) = max(term.effects.items(), key=lambda item: sign * item[1][0])
        return f"{level} ({value:+.3f})"

    @property
    def _axis(self) -> str:
        return f"{self.column.axis} ({self.column.heading})"

    def _value(self, value: float) -> str:
        return format_value(value, self.column.unit)


def effects_of(
    rows: Sequence[Row], names: Sequence[str] = (), columns: Sequence[Column] | None = None
) -> list[Effects]:
    """Returns the effects of choices on the headline of every axis, or why there are none.

    Seeds and tasks are drawn from many, choices are not. Runs of fitted floors are left out, for
    nothing is crossed with them, and so are combinations of choices with fewer than three seeds.

    Args:
        rows: Of a verdict.
        names: `architecture`, `family`, `prior`, `regime`, or settings; by default `architecture`
            and all others that vary.
        columns: Which metrics; by default the headlines.

    Raises:
        UserError: If there is no such factor.
    """
    records = [record for row in rows for record in row.records]
    crossed = [r for r in records if r["spec"]["regime"]["name"] != FITTED]
    levels = _levels(crossed, names)
    floors = len(records) - len(crossed)
    noted = [f"{floors} runs of fitted floors"] if floors else []
    return [_effects(crossed, levels, column, noted) for column in columns or headlines(rows)]


def _effects(
    records: Sequence[Record],
    levels: Mapping[str, Sequence[str]],
    column: Column,
    noted: Sequence[str],
) -> Effects:
    def refused(reason: str) -> Effects:
        return Effects(column, None, reason, 0, tuple(noted))

    if column.axis == "cost":
        return refused("it is the same for every seed: the table has it exactly")
    if not levels:
        return refused("nothing but tasks and seeds is varied, so there is no choice to compare")
    try:
        kept, left_out = _replicated(records, levels, column)
    except DegenerateDesignError as error:
        return refused(str(error))
    of_kept = {name: [found[i] for i in kept] for name, found in levels.items()}
    factors = {name: found for name, found in of_kept.items() if len(set(found)) > 1}
    left_out += [
        f"{name}, of which only {found[0]} has {MINIMUM_SEEDS} seeds"
        for name, found in of_kept.items()
        if name not in factors and len(set(levels[name])) > 1
    ]
    groups = {
        "task": [_task(records[i]) for i in kept],
        "seed": [str(records[i]["spec"]["seed"]) for i in kept],
    }
    if len(set(groups["task"])) > 1:  # a choice may help on one task and not on another
        combined = zip(groups["task"], *factors.values(), strict=True)
        groups["choices on a task"] = [" ".join(levels) for levels in combined]
    response = np.array([_number(records[i], column) for i in kept], float)
    try:
        analysis = analyse(Design(response, factors, groups))
    except DegenerateDesignError as error:
        return refused(str(error))
    return Effects(column, analysis, "", len(kept), (*noted, *left_out))


def _replicated(
    records: Sequence[Record], levels: Mapping[str, Sequence[str]], column: Column
) -> tuple[list[int], list[str]]:
    """Returns the runs whose combination of choices has enough seeds on a task, and what has not.

    Raises:
        DegenerateDesignError: If two runs differ in more than the choices, or too few are left.
    """
    cells: dict[tuple[str, tuple[str, ...]], dict[int, int]] = defaultdict(dict)
    for index, record in enumerate(records):
        if _number(record, column) is None:
            continue
        task, choices = _task(record), tuple(found[index] for found in levels.values())
        cell = task, choices
        seed = record["spec"]["seed"]
        if seed in cells[cell]:
            raise DegenerateDesignError(
                f"runs of {', '.join((task, *choices))} and seed {seed} differ in more than the "
                "choices: more of them are needed"
            )
        cells[cell][seed] = index
    enough = {cell: own for cell, own in cells.items() if len(own) >= MINIMUM_SEEDS}
    few = len(cells) - len(enough)
    combinations = {choices for _, choices in enough}
    if not combinations or (few and len(combinations) == 1):
        raise DegenerateDesignError(
            f"{'only one' if enough else 'no'} combination of choices has {MINIMUM_SEEDS} seeds: "
            "under that nothing is called better"
        )
    said = [f"{few} combinations with fewer than {MINIMUM_SEEDS} seeds"] if few else []
    return sorted(index for own in enough.values() for index in own.values()), said


def _levels(records: Sequence[Record], names: Sequence[str]) -> dict[str, list[str]]:
    """Returns the level of every factor in every record."""
    usual = shared_settings(records)
    known: dict[str, Callable[[Record], str]] = {
        "architecture": lambda record: str(record["spec"]["architecture"]["name"]),
        "family": _family,
        "prior": _prior,
        "regime": lambda record: _regime(record, usual(record)[1]),
    }
    varied = {
        name
        for record in records
        for name in changed(record["spec"]["architecture"]["hyperparameters"], usual(record)[0])
        if not name.startswith("prior.")
    }
    for name in sorted(varied):
        known[name] = lambda record, name=name: str(  # type: ignore[misc]
            record["spec"]["architecture"]["hyperparameters"].get(name, _ABSENT)
        )
    for name in names:
        if name not in known:
            raise UserError(f"no choice {name!r} is varied{nearest(name, known)}")
    chosen = names or [name for name in known if name != "family"]
    found = {name: [known[name](record) for record in records] for name in chosen}
    return {name: own for name, own in found.items() if names or len(set(own)) > 1}


def _task(record: Record) -> str:
    task = record["spec"]["task"]
    return f"{task['name']}/{task['config']}" if task["config"] else str(task["name"])


def _number(record: Record, column: Column) -> float | None:
    found = headline(record, column.name)
    return None if found is None else found["value"]


def _family(record: Record) -> str:
    from tfbs.architectures import ARCHITECTURES

    try:
        return str(ARCHITECTURES[record["spec"]["architecture"]["name"]].family)
    except UserError:
        return "not installed"


def _prior(record: Record) -> str:
    """Returns the priors that are on; which motifs one starts from is not another prior."""
    settings = record["spec"]["architecture"]["hyperparameters"]
    on = {
        name.removeprefix("prior."): value
        for name, value in sorted(settings.items())
        if name.startswith("prior.") and isinstance(value, str) and value != "none"
    }
    return ", ".join(f"{name}={value}" for name, value in on.items()) or "none"


def _regime(record: Record, usual: Mapping[str, object]) -> str:
    regime = record["spec"]["regime"]
    settings = changed(regime["parameters"], usual)
    words = ", ".join(f"{name}={value}" for name, value in settings.items())
    return f"{regime['name']}[{words}]" if words else str(regime["name"])
