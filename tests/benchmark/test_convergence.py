"""Whether a training converged: the rule, in records old and new, and in the tables."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmark.test_report import make_record, page_of

from tfbs.benchmark.convergence import Convergence, caveat, worst
from tfbs.benchmark.record import RecordFolder, comparable, validate_record
from tfbs.benchmark.report.markdown import suite_markdown
from tfbs.benchmark.suite import Suite
from tfbs.benchmark.terminal import suite_table
from tfbs.errors import UserError

RULE = {"epochs": 6, "patience": 2, "monitor": "val_auroc", "warm_up_epochs": 0}
FALLING = [0.6, 0.5, 0.45, 0.42, 0.41, 0.405]
LATE = [0.6, 0.7, 0.8, 0.8, 0.84, 0.82]
FLAT = [0.6, 0.7, 0.8, 0.8, 0.8004, 0.8]


def judge(value, loss=FALLING, **rule):
    parameters = RULE | rule
    return Convergence.judge({"loss": loss, parameters["monitor"]: value}, parameters)


def test_a_gain_late_before_the_limit_is_unsettled_and_a_plateau_converged():
    found = judge(LATE)
    assert (found.status, found.stopped_by) == ("unsettled", "epoch_limit")
    assert found.late_gain == pytest.approx(0.04 / 0.8)
    assert found.loss_change == pytest.approx((0.41 + 0.405) / (0.45 + 0.42) - 1)
    assert judge(FLAT).status == "converged"


def test_patience_converges_whatever_came_late():
    found = judge(LATE, epochs=7)
    assert (found.status, found.stopped_by) == ("converged", "patience")


def test_a_loss_that_rises_late_diverges_even_where_patience_stopped_it():
    rising = [0.6, 0.5, 0.4, 0.4, 0.43, 0.43]
    assert judge(LATE, rising, epochs=7).status == "diverged"
    assert judge(FLAT, [*rising[:4], 0.41, 0.41]).status == "converged"


def test_a_network_whose_validation_auroc_never_changes_is_stuck():
    assert judge([0.5] * 4, epochs=4).status == "stuck"
    assert judge([0.5] * 4, epochs=9).status == "stuck"  # patience does not make it converge
    assert judge([0.5, 0.5, 0.51, 0.5], epochs=9).status == "converged"
    assert judge([float("nan")] * 4, epochs=9).status == "converged"


def test_of_a_monitored_loss_less_is_better():
    falling, rising = [0.9, 0.8, 0.7, 0.65, 0.5, 0.6], [0.9, 0.8, 0.7, 0.65, 0.66, 0.7]
    assert judge(falling, monitor="val_loss").status == "unsettled"
    assert judge(falling, monitor="val_loss").late_gain == pytest.approx(0.15 / 0.65)
    assert judge(rising, monitor="val_loss").status == "converged"


def test_the_warm_up_is_not_judged():
    warm = [0.99, 0.98, *LATE]
    assert judge(warm, [5.0, 4.0, *FALLING], epochs=8, warm_up_epochs=2) == judge(LATE)
    assert judge([0.9], [0.5], epochs=1).status == "unsettled"  # nothing to compare with
    assert judge([0.9], [0.5], epochs=1, warm_up_epochs=3).late_gain is None


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=30),
    st.integers(1, 12),
    st.integers(0, 5),
    st.floats(0.1, 10),
)
def test_the_scale_of_a_curve_does_not_matter(values, patience, warm_up, scale):
    rule = {"epochs": len(values), "patience": patience, "warm_up_epochs": warm_up}
    one = judge(values, values, **rule)
    other = judge([scale * v for v in values], [scale * v for v in values], **rule)
    for name in ("late_gain", "loss_change"):
        first, second = getattr(one, name), getattr(other, name)
        assert (first is None) == (second is None)
        assert first is None or first == pytest.approx(second, abs=1e-9)


def test_undefined_points_are_left_out():
    assert judge([None, 0.7, 0.8, None, 0.84, None]) == judge([0.6, 0.7, 0.8, 0.8, 0.84, 0.82])
    assert judge([None] * 6).late_gain is None


def test_a_run_of_several_networks_is_judged_by_the_one_that_converged_least():
    def network(loss, value):
        return {"loss": list(loss), "val_auroc": list(value)}

    rule = {**RULE, "epochs": 10}
    stopped = network(FALLING, FLAT)  # six epochs of at most ten: stopped by its patience
    assert worst([stopped, stopped], rule) == Convergence.judge(stopped, rule)
    assert worst([stopped, stopped], rule).stopped_by == "patience"
    one_after_another = {name: 2 * values for name, values in stopped.items()}
    assert Convergence.judge(one_after_another, rule).stopped_by == "epoch_limit"
    rising = network(FALLING[::-1], FLAT)
    assert worst([stopped, rising, stopped], rule).status == "diverged"
    assert worst([], rule) is None


def with_rule(record, convergence=None):
    record["spec"]["regime"]["parameters"] = dict(RULE)
    if convergence:
        record["training"]["convergence"] = convergence
    return record


def test_what_a_record_says_holds_and_an_old_one_is_judged_by_its_curves():
    curves = {"loss": FALLING, "val_auroc": LATE}
    old = with_rule(make_record(curves=curves))
    assert Convergence.of(old).status == "unsettled"
    said = with_rule(make_record(curves=curves), judge(FLAT).to_json())
    assert Convergence.of(said) == judge(FLAT)
    assert Convergence.of(make_record(curves=curves)) is None  # a regime without the rule
    assert Convergence.of(with_rule(make_record())) is None  # a floor
    assert comparable(old) == comparable(said)
    assert caveat([old, said, make_record()]) == "1 unsettled of 2"
    assert caveat([said, make_record()]) == ""


def test_the_schema_knows_the_entry_and_no_other_status():
    record = make_record()
    record["training"]["convergence"] = judge(LATE).to_json()
    validate_record(record, "here")
    record["training"]["convergence"]["status"] = "fine"
    with pytest.raises(UserError, match="training/convergence/status"):
        validate_record(record, "here")


def without_refinement(record):
    """A record that says nothing of its convergence, its curves without the last, clean epochs."""
    bare = copy.deepcopy(record)
    training, parameters = bare["training"], record["spec"]["regime"]["parameters"]
    training.pop("convergence", None)
    refined = parameters.get("fine_tuning_epochs", 0)
    if refined:
        assert parameters["fine_tuning_patience"] >= refined  # none of them was left out
        training["curves"] = {
            name: values[:-refined] for name, values in training["curves"].items()
        }
    return bare, refined


def test_committed_records_say_what_their_curves_do():
    for record in RecordFolder(Path(__file__).parents[2] / "leaderboards/records"):
        bare, refined = without_refinement(record)
        found = Convergence.of(bare)
        assert found == Convergence.of(record)
        assert (found is None) == (record["training"]["epochs"] == 0)
        parameters = record["spec"]["regime"]["parameters"]
        if found and found.stopped_by == "patience" and parameters["restore_best_weights"]:
            kept = record["training"]["best_epoch"]
            assert refined or record["training"]["epochs"] - kept == parameters["patience"]


def test_tables_mark_what_did_not_converge_and_say_how(tmp_path):
    curves = {"loss": FALLING, "val_auroc": LATE}
    records = [with_rule(make_record("deep", curves=curves)), with_rule(make_record("wide"))]
    matrix = [{"tasks": ["planted"], "architectures": ["wide"]}]
    suite = Suite.model_validate(
        {"name": "mine", "version": 1, "description": "Two networks.", "matrix": matrix}
    )
    page = suite_markdown(suite, records, 2)
    assert "| planted | deep † | standard | 1 |" in page and "| planted | wide | standard" in page
    footnote = (
        "Not converged, of the trainings of a line: planted deep (standard): 1 unsettled of 1."
    )
    assert f"† {footnote}" in page
    assert "†" not in suite_markdown(suite, records[1:], 2)
    table = suite_table(records)
    assert re.search(r"^planted deep standard ! ", table, re.MULTILINE)
    assert "planted deep standard: 1 unsettled of 1" in table
    assert "!" not in suite_table(records[1:])
    html = page_of(records, tmp_path / "page.html")
    assert "deep †<br>" in html and "wide<br>" in html
    assert html.count('<p class="soft">† Not converged') == 1
