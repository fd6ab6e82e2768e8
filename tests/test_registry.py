"""A registry refuses a name that is taken, and helps with one that is unknown."""

import pytest

from tfbs.errors import UserError
from tfbs.registry import Registry


def test_a_second_entry_of_one_name_is_refused():
    registry: Registry[int] = Registry("thing")
    registry.add("a", 1)
    with pytest.raises(ValueError, match="'a' is already registered"):
        registry.add("a", 2)


def test_an_unknown_name_lists_the_nearest():
    registry: Registry[int] = Registry("thing")
    registry.add("cnn_local", 1)
    registry.add("basenji", 2)
    with pytest.raises(UserError, match="no thing is called 'cnn_locl'; nearest: cnn_local"):
        registry["cnn_locl"]


def test_a_path_names_any_importable_object():
    registry: Registry[object] = Registry("thing")
    import json

    assert registry["json:dumps"] is json.dumps


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("no_such_module:x", "cannot import 'no_such_module'"),
        ("json:dumpz", "json has no 'dumpz'; nearest: dump"),
    ],
)
def test_a_wrong_path_says_what_is_missing(path, message):
    with pytest.raises(UserError, match=message):
        Registry("thing")[path]


def test_an_object_of_another_kind_or_a_broken_module_is_the_users_error(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="thing 'os:path' is not a int"):
        Registry("thing", int)["os:path"]
    (tmp_path / "broken_module.py").write_text("def f(:")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UserError, match=r"cannot import 'broken_module' \(SyntaxError"):
        Registry("thing")["broken_module:f"]


def test_entry_points_of_other_packages_are_found(monkeypatch):
    class Point:
        name = "theirs"

        def load(self):
            return 42

    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda group: [Point()] if group == "tfbs.things" else [],
    )
    registry: Registry[int] = Registry("thing")
    assert list(registry) == ["theirs"]
    assert registry["theirs"] == 42
