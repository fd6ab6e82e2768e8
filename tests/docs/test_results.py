"""What the README and the limits say of our runs is what the committed records hold."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from pathlib import Path

import pytest
from tests.benchmark.test_markdown import specs_of

from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.suite import read_suite, shipped_suites
from tfbs.leaderboards.board import suite_board

REPOSITORY = Path(__file__).parents[2]
MINIMUM_SEEDS = 3


@pytest.fixture(scope="module")
def readme():
    return (REPOSITORY / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def first_result():
    path = REPOSITORY / "docs" / "first_result.py"
    spec = importlib.util.spec_from_file_location("first_result", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def results(first_result):
    return first_result.results()


def test_the_table_of_the_readme_is_that_of_the_records(readme, first_result, results):
    table = first_result.table(results)
    assert table in readme, f"run: python docs/first_result.py\n{table}"
    assert f"of {len(results)} models by AUROC" in readme


def test_what_the_readme_says_of_its_table_is_so(readme, first_result, results):
    value = first_result.value
    own = {first_result.name(record): record for record in results}
    explains = {name: value(r, "attribution_auroc_saliency") for name, r in own.items()}
    attacked = {name: value(r, "auroc_pgd_0.02") for name, r in own.items()}
    kmers, dilated = own["kmer_logistic"], own["residualbind_dilated"]
    assert f"The best eight of {len(results)} models" in readme
    assert "`pwm_occupancy`, is not beaten" in readme
    assert max(value(record, "auroc") for record in results) == value(own["pwm_occupancy"], "auroc")
    assert "predicts as well as a logistic regression on k-mers" in readme
    assert abs(value(dilated, "auroc") - value(kmers, "auroc")) < 0.01
    found = [f"{explains[name]:.3f}"[1:] for name in ("residualbind_dilated", "kmer_logistic")]
    assert f"({found[0]} against {found[1]}, the best of all)" in readme
    assert max(explains, key=explains.get) == "kmer_logistic"
    kept = [f"{attacked[name]:.3f}"[1:] for name in ("residualbind_dilated", "kmer_logistic")]
    assert f"under attack it keeps {kept[0]} and the k-mers {kept[1]}" in readme
    assert "1,057 parameters, withstands attacks best" in readme
    assert max(attacked, key=attacked.get) == "occupancy"
    assert own["occupancy"]["cost"]["parameters"] == 1057


def test_every_point_of_the_figure_has_a_name(first_result, results):
    axes = first_result.draw(results).axes[0]
    assert {text.get_text() for text in axes.texts} == {first_result.name(r) for r in results}


def finished_table():
    """The table of the page of limits, from the records and the entries of the boards."""
    entered = REPOSITORY.glob("leaderboards/entries/*/*/runs/*/record.json")
    records = [
        *RecordFolder(REPOSITORY / "leaderboards/records"),
        *(json.loads(path.read_text(encoding="utf-8")) for path in sorted(entered)),
    ]
    kept = {record["id"] for record in records}
    rows = []
    for name, suite in shipped_suites().items():
        specs = specs_of(suite, records)
        lines = Counter(str({**spec.to_json(), "seed": None}) for spec in specs if spec.id in kept)
        whole = sum(seeds >= MINIMUM_SEEDS for seeds in lines.values())
        done = f"{sum(lines.values())} of {len(specs)}"
        rows.append(f"| {name} | {done} | {len(lines)} | {whole} |")
    return "\n".join(rows)


def test_the_page_of_limits_counts_the_records():
    page = (REPOSITORY / "docs" / "limits.md").read_text(encoding="utf-8")
    assert finished_table() in page, f"docs/limits.md should have:\n{finished_table()}"


def test_floors_beat_the_networks_of_rc_as_the_page_of_limits_says():
    board = suite_board(REPOSITORY / "leaderboards", read_suite("rc")).ladder("prediction")
    floors = {place.slug: place.score.value for place in board.floors}
    networks = [
        measured["value"]
        for record in RecordFolder(REPOSITORY / "leaderboards/records")
        if record["spec"]["task"]["name"] == "synthetic_density"
        for measured in record["metrics"]
        if (measured["name"], measured["split"]) == ("auroc", "test")
        and (measured["target"], measured["design"]) == ("mean", "all")
    ]
    kmers, scan = floors["k-mer-logistic"], floors["pwm-scan"]
    assert len(networks) == 6
    assert max(networks) < kmers
    said = " ".join((REPOSITORY / "docs/limits.md").read_text(encoding="utf-8").split())
    first, second, low, high = (
        f"{value:.3f}"[1:] for value in (kmers, scan, min(networks), max(networks))
    )
    assert f"k-mers reaches an AUROC of {first} and a scan with JASPAR {second}" in said
    assert f"more than every network of that suite ({low} to {high})" in said
