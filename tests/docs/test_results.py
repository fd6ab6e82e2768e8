"""What the README, the limits and the pages of results say is what the committed records hold."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tfbs.benchmark.record import RecordFolder
from tfbs.benchmark.suite import read_suite
from tfbs.datasets.task import load_task
from tfbs.leaderboards.board import suite_board
from tfbs.leaderboards.ceilings import target_ceilings
from tfbs.leaderboards.task_file import read_task_file

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def readme():
    return (REPOSITORY / "README.md").read_text(encoding="utf-8")


def script(name):
    """A script that writes documentation, as a module."""
    spec = importlib.util.spec_from_file_location(name, REPOSITORY / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


results_pages = script("results_pages")


@pytest.fixture(scope="module")
def first_result():
    return script("first_result")


@pytest.fixture(scope="module")
def pages():
    return results_pages.pages(results_pages.committed())


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


@pytest.mark.parametrize("name", results_pages.NAMES)
def test_a_page_of_results_is_that_of_the_committed_records(pages, name):
    page = (REPOSITORY / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert page == pages[name], "run: python docs/results_pages.py"


def test_every_page_of_results_is_compared(pages):
    assert sorted(pages) == sorted(results_pages.NAMES)


def test_the_page_of_limits_counts_the_records():
    page = (REPOSITORY / "docs" / "limits.md").read_text(encoding="utf-8")
    counts = results_pages.counts(results_pages.committed())
    assert f"{results_pages.HEADER}{counts}\n" in page, "run: python docs/results_pages.py"


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
    assert len(networks) >= 18
    assert max(networks) < kmers
    said = " ".join((REPOSITORY / "docs/limits.md").read_text(encoding="utf-8").split())
    first, second, low, high = map(share, (kmers, scan, min(networks), max(networks)))
    assert f"k-mers reaches an AUROC of {first} and a scan with JASPAR {second}" in said
    best = share(floors["(Bayes ceiling)"])
    assert f"of that suite ({low} to {high}); the best possible is {best}." in said


def share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def test_the_cards_of_planted_tasks_say_the_ceilings_that_boards_show():
    def best(suite, task):
        return read_task_file(
            next((REPOSITORY / "leaderboards/tasks").glob(f"{suite}-*/{task}.json"))
        )

    def card(task):
        text = (REPOSITORY / "datasets" / task / "README.md").read_text(encoding="utf-8")
        return " ".join(text.split())

    own = best("attribution", "synthetic_code").ceilings["auroc"]
    assert f"AUROC of {share(own)} on the test split (`hard`: " in card("synthetic_code")
    file = best("filters", "synthetic_motifs")
    (low, first), *_, (high, last) = sorted((v, name) for name, v in file.target_ceilings.items())
    said = (
        f"AUROC of {share(file.ceilings['auroc'])} on the test split, from {share(low)} ({first})"
    )
    assert f"{said} to {share(high)} ({last})" in card("synthetic_motifs")
    one, two, three = (
        f"{share(v)} ({name})"
        for name, v in best("rc", "synthetic_density").target_ceilings.items()
    )
    assert f"AUROC of {one}, {two} and {three}" in card("synthetic_density")


@pytest.mark.slow
def test_the_card_of_hard_code_says_its_ceiling(tmp_path):
    (best,) = target_ceilings(load_task("synthetic_code/hard", tmp_path)).values()
    text = (REPOSITORY / "datasets/synthetic_code/README.md").read_text(encoding="utf-8")
    assert f"(`hard`: {share(best)})" in " ".join(text.split())
