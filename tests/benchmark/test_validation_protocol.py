"""A protocol that judges on validation: the same numbers, and a test split that nobody touches."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tfbs.benchmark.evaluation.validation import validation_as_test, without_test
from tfbs.benchmark.protocol import PROTOCOLS, SWEEP_PROTOCOL
from tfbs.benchmark.run import execute
from tfbs.benchmark.spec import resolve_spec
from tfbs.benchmark.tracking import Store

TINY = {"epochs": 1, "num_filters": 2, "pool_size": 20, "dense_units": 4, "probe_epochs": 0}


class Trap:
    """A split that must not be looked at."""

    def __getattribute__(self, name):
        raise AssertionError(f"somebody looked at {name} of the test split")

    def __len__(self):
        raise AssertionError("somebody counted the test split")


@pytest.fixture
def trapped(planted_task):
    trap = {"test": Trap(), "test_cell": Trap()}
    return dataclasses.replace(planted_task, splits={**planted_task.splits, **trap})


def test_a_trial_is_measured_on_validation_and_touches_no_test_split(trapped, planted_task, output):
    spec = resolve_spec(trapped, "cnn_local", None, 0, TINY, SWEEP_PROTOCOL)
    store = Store(output)
    record = execute(spec, trapped, store, threads=2)
    assert {metric["split"] for metric in record["metrics"]} == {"valid", "valid_probe"}
    assert set(record["dataset"]["splits"]) == {"train", "valid"}
    logit = np.load(store.folder(spec.id) / "arrays/valid_logits.npy")
    label = planted_task.splits["valid"].label
    (auroc,) = (metric for metric in record["metrics"] if metric["name"] == "auroc")
    assert auroc["value"] == pytest.approx(roc_auc_score(label[:, 0], logit[:, 0]), abs=1e-6)
    assert auroc["n"] == len(label)
    names = {metric["name"] for metric in record["metrics"]}
    assert {"auroc_pgd_0.02", "attribution_aupr_saliency", "average_precision"} <= names


def test_what_is_known_of_validation_goes_with_it(planted_task):
    ceilings = {"valid": {"auroc": 0.9}, "test": {"auroc": 0.8}}
    task = dataclasses.replace(planted_task, metadata={"ceiling": ceilings, "note": "n"})
    found = validation_as_test(task)
    assert found.splits["test"] is task.splits["valid"]
    assert found.metadata == {"ceiling": {"test": {"auroc": 0.9}}, "note": "n"}
    assert set(without_test(task).splits) == {"train", "valid"}


def test_other_protocols_judge_on_test():
    judged = {name: PROTOCOLS[name].split for name in PROTOCOLS}
    assert [name for name, split in judged.items() if split == "valid"] == [SWEEP_PROTOCOL]
