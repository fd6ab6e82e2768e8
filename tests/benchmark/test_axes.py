"""The Pareto front of all axes, and which lines can be on it."""

from tests.benchmark.test_report import make_record

from tfbs.benchmark.axes import fronts
from tfbs.benchmark.settings import shared_settings
from tfbs.benchmark.verdict import verdict


def front_of(known):
    (found,) = fronts(verdict(known, shared_settings(known)))
    return found


def made(name, auroc, explained, robust, macs):
    metrics = {"auroc": auroc, "attribution_auroc_saliency": explained, "auroc_pgd_0.02": robust}
    return make_record(name, metrics=metrics, cost={"macs": macs})


def test_a_row_is_on_the_front_for_any_axis_and_off_it_where_one_other_is_better_in_all():
    found = front_of(
        [
            made("accurate", 0.9, 0.5, 0.5, 900),
            made("legible", 0.7, 0.9, 0.5, 900),
            made("cheap", 0.6, 0.5, 0.4, 10),
            made("beaten", 0.89, 0.5, 0.5, 901),
        ]
    )
    assert [row.architecture for row in found.best] == ["accurate", "legible", "cheap"]
    assert [column.axis for column in found.columns] == [
        "prediction", "interpretability", "robustness", "cost",
    ]  # fmt: skip


def test_rows_without_a_number_of_every_axis_are_not_placed():
    found = front_of(
        [made("a", 0.9, 0.5, 0.5, 1), made("b", 0.8, None, 0.9, 1), made("c", 0.8, 0.6, 0.5, 1)]
    )
    assert [row.architecture for row in found.rows] == ["a", "c"]


def test_one_row_has_no_front():
    assert fronts(verdict([made("a", 0.9, 0.5, 0.5, 1)])) == []
