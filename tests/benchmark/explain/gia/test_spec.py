"""Files of experiments, good and bad."""

from __future__ import annotations

import pytest

from tfbs.benchmark.explain.gia.spec import make_experiment, read_experiments
from tfbs.errors import UserError


def write(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text)
    return path


def test_a_file_says_which_experiments_with_which_settings(tmp_path):
    path = write(
        tmp_path,
        "experiments:\n"
        "  - {experiment: position, motifs: [MA0079.3], step: 5}\n"
        "  - {experiment: motif, null_model: uniform, samples: 50}\n"
        "  - {experiment: gc, name: gc-high, shares: [1, 0.5], sites: drawn}\n",
    )
    first, second, third = read_experiments(path)
    assert (first.kind, first.step, first.motifs) == ("position", 5, ["MA0079.3"])
    assert (second.kind, second.null_model, second.samples) == ("motif", "uniform", 50)
    assert (third.kind, third.name, third.shares) == ("gc", "gc-high", [1, 0.5])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("experiments: [", r"\.yaml:1: not YAML"),
        ("", "one key is needed, 'experiments'"),
        ("experiments: []", "at least one entry"),
        ("experiments: [motif]", r"experiments\.0: each entry is a mapping that names its"),
        (
            "experiments:\n- {experiment: motive}",
            "no experiment is called 'motive'; nearest: motif",
        ),
        (
            "experiments:\n- {experiment: motif}\n- {experiment: position, stpe: 5}",
            r"experiments\.1\.stpe: Extra inputs are not permitted, got 5",
        ),
        ("experiments: [{experiment: spacing, gaps: [-1]}]", r"gaps\.0: .* greater than or equal"),
        (
            "experiments:\n- {experiment: motif, samples: '9'}",
            r"samples: .* valid integer, got '9'",
        ),
        ("experiments:\n- {experiment: motif, name: a/b}", "name: .* pattern"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, text, words):
    with pytest.raises(UserError, match=words) as refused:
        read_experiments(write(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"own\.yaml: no such file"):
        read_experiments(tmp_path / "own.yaml")


def test_a_setting_that_is_not_there():
    with pytest.raises(UserError, match=r"copies\.number: Extra inputs"):
        make_experiment("copies", number=3)
