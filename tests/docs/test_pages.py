"""The generated pages of the docs are what the registries hold, and what they say is so."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tfbs.__main__ import main
from tfbs.benchmark.evaluation import METRICS
from tfbs.benchmark.glossary import families, metrics_page
from tfbs.benchmark.protocol import PROTOCOLS
from tfbs.benchmark.training import REGIMES

REPOSITORY = Path(__file__).parents[2]
PAGES = {"tasks": "data", "metrics": "metrics", "protocols": "protocols", "regimes": "regimes"}
ROUNDING = 1e-6


@pytest.fixture(scope="module")
def glossary():
    return metrics_page()


@pytest.fixture(scope="module")
def measured():
    """Protocol, metric and value of everything in the committed records."""
    return [
        (record["spec"]["protocol"], metric["name"], metric["value"])
        for path in (REPOSITORY / "leaderboards/records").glob("*/record.json")
        for record in [json.loads(path.read_text(encoding="utf-8"))]
        for metric in record["metrics"]
    ]


@pytest.mark.parametrize(("kind", "page"), PAGES.items())
def test_the_page_in_the_docs_is_what_the_command_prints(kind, page, capsys):
    assert main(["list", kind, "--markdown"]) == 0
    committed = (REPOSITORY / "docs" / f"{page}.md").read_text(encoding="utf-8")
    assert committed == capsys.readouterr().out, f"run: tfbs list {kind} --markdown"


def test_a_kind_without_a_page_is_refused_in_one_line(capsys):
    assert main(["list", "suites", "--markdown"]) == 2
    out, err = capsys.readouterr()
    assert (
        not out and err.count("\n") == 1 and "suites have no page of their own; known: arc" in err
    )


@pytest.mark.parametrize("name", [name for name in METRICS if ":" not in name])
def test_every_metric_has_a_formula_and_a_protocol_that_measures_it(name, glossary):
    metric = METRICS[name]
    assert metric.formula
    assert metric.between[0] < metric.between[1]
    assert any(metric.asked(PROTOCOLS[own]) for own in PROTOCOLS)
    assert f"`{name}`" in glossary or f"### {name}\n" in glossary


def test_no_record_has_a_metric_that_its_protocol_is_not_said_to_measure(measured):
    wrong = {
        (protocol, name) for protocol, name, _ in measured
        if not METRICS[name].asked(PROTOCOLS[protocol])
    }  # fmt: skip
    assert not wrong


def test_every_metric_of_a_protocol_is_in_a_record_of_it_if_a_task_can_have_it(measured):
    anywhere = {name for _, name, _ in measured}
    found = {(protocol, name) for protocol, name, _ in measured}
    for protocol in {protocol for protocol, _, _ in measured} - {"gia-1"}:
        for name in anywhere - {n for n in anywhere if needs_a_truth(n)}:
            if protocol == "robust-2" and needs_planted_motifs(name):
                continue  # its records are of real sequences
            if METRICS[name].asked(PROTOCOLS[protocol]):
                assert (protocol, name) in found


def needs_planted_motifs(name):
    """Maps against the motifs that were planted, and all around them replaced."""
    maps = ("attribution_auroc_", "attribution_aupr_", "attribution_snr_")
    return name.startswith(maps) or "_background_" in name


def needs_a_truth(name):
    """Of tasks that state their rule, name their motifs, or know the summits of peaks."""
    rule = ("bayes_", "true_", "auroc_drop", "gc_", "attribution_exact_")
    return name.startswith((*rule, "filter_", "summit_"))


def test_every_value_in_the_records_lies_where_its_metric_can(measured):
    for _, name, value in measured:
        low, high = METRICS[name].between
        assert value is None or low - ROUNDING <= value <= high + ROUNDING, name


def test_names_that_differ_in_a_method_or_a_number_are_one_family():
    names = ["auroc", "auroc_pgd_0.1", "auroc_pgd_0.02", "deletion_auc_random", "deletion_auc_ism",
             "deletion_auc_saliency", "attribution_auroc_ism_norm_tfomics",
             "attribution_auroc_saliency_tfomics"]  # fmt: skip
    assert families(names) == [
        ["auroc"],
        ["auroc_pgd_0.02", "auroc_pgd_0.1"],
        ["deletion_auc_saliency", "deletion_auc_ism", "deletion_auc_random"],
        ["attribution_auroc_saliency_tfomics", "attribution_auroc_ism_norm_tfomics"],
    ]


def test_the_page_says_of_each_what_it_is_and_where_it_comes_from(glossary):
    _, _, rest = glossary.partition("### recall_at_fdr_5\n")
    section, _, _ = rest.partition("### ")
    assert "* Formula: `max of tp / positives where fp / (tp + fp) <= 0.05`" in section
    assert "* From 0 to 1; higher is better\n* Protocols: all\n" in section
    assert "* Likewise: `recall_at_fdr_10`, `recall_at_fdr_25`, `recall_at_fdr_50`" in section


def test_unbounded_metrics_are_null_in_json(capsys):
    assert main(["list", "metrics", "--json"]) == 0
    entries = {entry["name"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert entries["lift"]["between"] == [0, None] and math.isinf(METRICS["lift"].between[1])
    assert entries["deletion_auc_ism"]["protocols"] == ["full-3", "full-4"]


def test_every_setting_of_every_regime_is_explained(capsys):
    main(["list", "regimes", "--markdown"])
    page = capsys.readouterr().out
    assert "|  |" not in page
    assert all(f"## {name}\n" in page for name in REGIMES)
