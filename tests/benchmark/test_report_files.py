"""What is beside the page: every figure and table as files; and the sections over all runs."""

from __future__ import annotations

import csv
import io
import json
import struct

import numpy as np
import pytest
from tests.benchmark.test_factors import records as crossed
from tests.benchmark.test_over_tasks import records as over_eight_tasks
from tests.benchmark.test_report import make_arrays, make_record, page_of, section
from tests.browser.test_page import records as full

from tfbs.benchmark.record import write_arrays
from tfbs.benchmark.report import Places


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """The folder beside the page of eight recipes, and the page."""
    path = tmp_path_factory.mktemp("report") / "suite.html"
    page = page_of(full(), path)
    return path.with_name("suite_files"), page


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_every_figure_is_also_svg_png_and_csv(beside):
    folder, page = beside
    stems = {path.stem for path in folder.glob("*.png")}
    assert len(stems) == page.count("<img") > 4
    for stem in stems:
        assert (folder / f"{stem}.svg").read_text().startswith("<?xml")
        width, height = struct.unpack(">II", (folder / f"{stem}.png").read_bytes()[16:24])
        assert min(width, height) > 150
        assert read_csv(folder / f"{stem}.csv"), stem


def test_data_of_a_figure_are_those_of_the_records(beside):
    (path,) = beside[0].glob("overview_*_auroc_pgd*.csv")
    lines = read_csv(path)
    runs = {}
    for record in full():
        settings = record["spec"]["architecture"]["hyperparameters"]
        name = f"{record['spec']['architecture']['name']}[activation={settings['activation']}]"
        runs.setdefault(name, []).append(record["metrics"][0]["value"])
    for line in lines:
        assert float(line["auroc"]) == pytest.approx(np.median(runs[line["line"]]))
    beaten = [line["line"] for line in lines if line["on_pareto_front"] == "False"]
    assert any(name.startswith("kmer") for name in beaten)


def test_every_table_is_also_json_csv_markdown_and_latex(beside):
    folder, _ = beside
    assert {path.stem for path in folder.glob("*.json")} >= {
        "verdict_prediction", "verdict_cost", "factors_interpretability", "cost",
    }  # fmt: skip
    for path in folder.glob("*.json"):
        assert json.loads(path.read_text())
        for kind in ("csv", "md", "tex"):
            assert path.with_suffix(f".{kind}").read_text().count("\n") > 2


def test_a_second_page_leaves_nothing_of_the_first(beside, tmp_path):
    path = tmp_path / "suite.html"
    page_of(full(), path)
    page_of([make_record()], path)
    assert not list(tmp_path.glob("suite_files/factors*"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["suite.html", "suite_files"]


def test_the_choice_that_matters_is_named_first_and_drawn(tmp_path):
    page = page_of(crossed(), tmp_path / "x.html")
    assert "For interpretability (attribution AUROC) what matters is activation" in section(
        page, "verdict"
    )
    drawn = section(page, "factors")
    assert "Spread of attribution AUROC by effect: activation 0.1" in drawn
    assert drawn.count("<img") == 2


def test_with_few_seeds_the_page_says_why_no_choice_is_judged(tmp_path):
    page = page_of(crossed(seeds=2), tmp_path / "x.html")
    assert "under that nothing is called better" in section(page, "factors")


@pytest.mark.parametrize(("seeds", "bars"), [(3, 0), (2, 1)])
def test_a_diagram_joins_what_nothing_separates(tmp_path, seeds, bars):
    page = page_of(over_eight_tasks(seeds=seeds), tmp_path / "x.html")
    assert "Mean ranks in AUROC over 8 tasks: good standard 1.00" in section(page, "over-tasks")
    said = "fewer than 3 seeds, so nothing is called better" in section(page, "over-tasks")
    assert said == bool(bars)


def test_calibration_is_that_of_the_recorded_outputs(tmp_path, planted_task):
    arrays = make_arrays(planted_task)
    record = make_record(arrays=write_arrays(tmp_path, arrays))
    page = page_of([record], tmp_path / "x.html", Places(folder=tmp_path).array, planted_task)
    probability = 1 / (1 + np.exp(-arrays["test_logits"][:, 0].astype(float)))
    label = planted_task.splits["test"].label[:, 0]
    own = np.minimum((15 * probability).astype(int), 14)
    error = sum(
        abs((probability - label)[own == place].sum()) for place in range(15)
    ) / len(label)  # fmt: skip
    assert f"Expected calibration error: cnn {error:.3f}." in section(page, "calibration")
