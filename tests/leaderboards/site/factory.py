"""Boards that are made up: scores, ranks by a plain rule, hostile words, curves and logos."""

from __future__ import annotations

import numpy as np

from tfbs.leaderboards.standings import (
    Card,
    Curve,
    Ladder,
    Logo,
    Place,
    Score,
    SuiteBoard,
    TaskCard,
)

AXES = ("prediction", "interpretability", "robustness")
METRICS = ("auroc", "average_precision", "auroc_pgd_0.02", "attribution_auroc_saliency")
FAMILIES = ("CNN", "CNN-RNN", "attention", "dilated", "residual")
REGIMES = ("standard", "pgd", "gaussian_noise")
TRUSTS = ("re-scored", "re-evaluated", "re-evaluated", "re-trained")
GAP = 0.02
"""Scores that differ by more are told apart."""
HOSTILE = "<script>alert(1)</script>"


def make_board(entries: int = 12, tasks: int = 3, seed: int = 0, suite: str = "made_up"):
    """Returns a board of `entries` entries and three floors with `4 * tasks` metrics."""
    rng = np.random.default_rng(seed)
    names = [f"dataset_{number}/small" for number in range(tasks)]
    levels = {f"entry-{number:03d}": 0.6 + 0.35 * rng.random() for number in range(entries)}
    floors = {f"floor-{number}": 0.5 + 0.1 * rng.random() for number in range(3)}
    values = {slug: _values(level, names, rng) for slug, level in (levels | floors).items()}
    keys = ["overall", *AXES, *(f"{axis}/{name}" for axis in AXES for name in names)]
    keys += [f"{axis}/family/{family}" for axis in AXES for family in ("bZIP", "C2H2 zinc finger")]
    ladders = tuple(_ladder(key, list(levels), list(floors), values) for key in keys)
    ladders[0].not_ranked["unranked"] = "no run of task dataset_1/small"
    values["unranked"] = {}
    cards = tuple(_card(slug, values[slug], names, rng) for slug in values)
    of_tasks = tuple(
        TaskCard(name, "1.0.0", "7125cf0008ff9ce7", {"train": 9000, "test": 1000},
                 {"auroc": 0.991}, ("bZIP", "C2H2 zinc finger"), missing_floors=("pwm_scan",))
        for name in names
    )  # fmt: skip
    return SuiteBoard(suite, 1, "Made up, to look at.", "full-3", of_tasks, ladders, cards,
                      ("made_up-1/broken: manifest.json: not JSON",))  # fmt: skip


def _values(level: float, tasks: list[str], rng) -> dict[str, Score]:
    """Returns the score of every ladder and metric of an entry: its level and noise."""
    found = {}

    def put(key: str, metric: str, shift: float = 0.0) -> float:
        value = float(np.clip(level + shift + rng.normal(0, 0.02), 0, 1))
        found[key] = Score(metric, value, max(value - 0.012, 0.0), min(value + 0.012, 1.0), 3)
        return value

    for axis, shift in zip(AXES, (0, -0.1, -0.2), strict=True):
        own = rng.normal(0, 0.05)
        for task in tasks:
            put(f"{axis}/{task}", METRICS[0], shift + own)
        for family in ("bZIP", "C2H2 zinc finger"):
            put(f"{axis}/family/{family}", METRICS[0], shift + own)
        put(axis, METRICS[0], shift + own)
    whole = float(np.mean([found[axis].value for axis in AXES]))
    found["overall"] = Score("overall", whole, whole - 0.01, whole + 0.01, 3)
    for task in tasks:
        for metric in METRICS:
            put(f"{task}/{metric}", metric)
    return found


def _ladder(key, entries, floors, values) -> Ladder:
    order = sorted(entries, key=lambda slug: -values[slug][key].value)
    numbers = np.array([values[slug][key].value for slug in order])
    better = [int((numbers > value + GAP).sum()) for value in numbers]
    worse = [int((numbers < value - GAP).sum()) for value in numbers]
    group, leader, groups = 1, numbers[0] if len(numbers) else 0.0, []
    for value in numbers:
        if leader - value > GAP:
            group, leader = group + 1, value
        groups.append(group)
    places = tuple(
        Place(slug, values[slug][key], 1 + better[i], len(order) - worse[i], groups[i],
              (0.1, 0.2, 0.3), i % 7 != 6, tuple(order[len(order) - worse[i] :]))
        for i, slug in enumerate(order)
    )  # fmt: skip
    gaps = numbers[:-1] - numbers[1:]
    beside = tuple(
        Place(slug, values[slug][key], 0, 0, None, (0.1,))
        for slug in sorted(floors, key=lambda slug: -values[slug][key].value)
    )
    beside += (Place("(Bayes ceiling)", Score(METRICS[0], 0.991), 0, 0, None, ()),)
    heading = key.replace("/family/", ": ").replace("/", ": ", 1)
    warning = "the floor GC logistic ties the best" if key.endswith("dataset_1/small") else ""
    metric = next(iter(values.values()))[key].metric
    return Ladder(
        key, heading[0].upper() + heading[1:], metric, True, places, {}, GAP,
        (int((gaps > GAP).sum()), max(len(gaps), 0)), beside, warning,
    )  # fmt: skip


def _card(slug: str, scores, tasks, rng) -> Card:
    number = int(rng.integers(1000))
    kind, index = slug.partition("-")[0], int(slug.rpartition("-")[2]) if "-" in slug else 0
    is_floor = kind == "floor"
    hostile = slug == "entry-001"
    regime = "standard" if is_floor else REGIMES[index % 3]
    architecture = ("gc_logistic", "kmer_logistic", "pwm_scan")[index] if is_floor else "cnn_local"
    specs = {
        f"{number:04d}{task_number}{seed}".ljust(64, "a"): {
            "task": {"name": task.partition("/")[0], "config": "small"},
            "architecture": {
                "name": architecture,
                "hyperparameters": {"num_filters": 20 + index % 4, "prior.rc": "none"},
            },
            "regime": {"name": regime, "parameters": {"epochs": 16, "patience": None}},
            "seed": seed,
            "protocol": "full-3",
        }
        for task_number, task in enumerate(tasks)
        for seed in range(3)
    }
    gates = {"rank order": "passed", "unbounded attack": "passed", "random search": "passed"}
    if index % 5 == 4:
        gates["unbounded attack"] = "AUROC 0.62 at any radius"
    return Card(
        slug, HOSTILE if hostile else f"{kind.capitalize()} network {index}",
        "=HYPERLINK(0)" if hostile else f"Team {index % 7}",
        "</script><img src=x onerror=alert(2)>" if hostile else "A network with a description.",
        architecture, regime, "floor" if is_floor else FAMILIES[index % 5],
        "javascript:alert(3)" if hostile else "Koo 2021, doi:10.1038/s42256-020-00291-x",
        is_floor, TRUSTS[index % 4] if not is_floor else "re-evaluated", "", index == 0 and not
        is_floor, "", scores,
        {"parameters": 1000.0 + 37 * number, "macs": 1e6 + 999 * number,
         "training_seconds": 20.0 + number, "peak_memory_bytes": 1.2e9},
        gates if scores else {}, specs, f"tfbs run --architecture {architecture}",
        _curves(rng), _logos(rng), ("manifest: ok", "9 runs: metrics within 1e-6"), "2026-01-01",
    )  # fmt: skip


def _curves(rng) -> tuple[Curve, ...]:
    epochs = tuple(float(epoch) for epoch in range(1, 17))

    def falling(start: float) -> tuple[float | None, ...]:
        return (None, *(float(start * 0.9**epoch + 0.02 * rng.random()) for epoch in epochs[1:]))

    starts = {"training/loss": 0.7, "training/val_loss": 0.8}
    training = [
        Curve(name, f"seed {seed}", "epoch", "loss", epochs, falling(start))
        for name, start in starts.items()
        for seed in range(3)
    ]
    radii = (0.0, 0.01, 0.02, 0.05, 0.1)
    pgd = Curve("robustness/pgd", "seed 0", "radius", "AUROC", radii, (0.93, 0.85, 0.7, 0.4, 0.1))
    return (*training, pgd)


def _logos(rng) -> tuple[Logo, ...]:
    motif = np.full((8, 4), 0.03)
    motif[np.arange(8), [3, 2, 0, 1, 2, 3, 1, 0]] = 0.91
    saliency = np.zeros((60, 4))
    saliency[np.arange(60), rng.integers(0, 4, 60)] = rng.normal(0, 0.1, 60)
    saliency[20:28] = (motif - 0.03) * 1.2
    return (
        Logo("filter 3", "motif", tuple(map(tuple, motif.tolist()))),
        Logo("saliency of a bound sequence", "map", tuple(map(tuple, saliency.tolist()))),
    )
