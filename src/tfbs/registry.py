"""Named entries of one kind, registered by a decorator and looked up with suggestions."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from tfbs.errors import UserError, nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """A mapping from name to entry that refuses collisions and suggests near names.

    Entries come from three places: the decorator `register`, Python entry points of the
    group `tfbs.<plural>` (installed packages), and `package.module:name` (anything on the
    import path).

    Args:
        kind: What an entry is, in the singular: `"architecture"`.
        of: What an object named by its path must be an instance of; None for anything.
    """

    def __init__(self, kind: str, of: type | None = None) -> None:
        self.kind = kind
        self.of = of
        self._entries: dict[str, T] = {}
        self._entry_points_read = False

    @property
    def group(self) -> str:
        """The entry-point group that other packages register under."""
        return f"tfbs.{self.kind.replace(' ', '_')}s"

    def register(self, name: str) -> Callable[[T], T]:
        """Returns a decorator that files its argument under `name`.

        Raises:
            ValueError: If `name` is taken.
        """

        def file(entry: T) -> T:
            self.add(name, entry)
            return entry

        return file

    def add(self, name: str, entry: T) -> None:
        """Files `entry` under `name`.

        Raises:
            ValueError: If `name` is taken.
        """
        if name in self._entries:
            raise ValueError(f"{self.kind} {name!r} is already registered")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> T:
        """Returns the entry called `name`, or the object that `package.module:name` names.

        Raises:
            UserError: If there is none; the message lists the nearest names.
        """
        if name in self._entries:
            return self._entries[name]
        if ":" in name:
            return self._import(name)
        self._read_entry_points()
        if name not in self._entries:
            raise UserError(f"no {self.kind} is called {name!r}{nearest(name, self._entries)}")
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        self._read_entry_points()
        return iter(sorted(self._entries))

    def __len__(self) -> int:
        self._read_entry_points()
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def _import(self, path: str) -> T:
        module_name, _, attribute = path.partition(":")
        try:
            module = importlib.import_module(module_name)
        except Exception as error:  # whatever the module of somebody else raises
            raise UserError(
                f"{self.kind} {path!r}: cannot import {module_name!r} "
                f"({type(error).__name__}: {error}); is its folder on PYTHONPATH?"
            ) from error
        if not hasattr(module, attribute):
            names = [name for name in vars(module) if not name.startswith("_")]
            raise UserError(
                f"{self.kind} {path!r}: {module_name} has no {attribute!r}"
                f"{nearest(attribute, names)}"
            )
        found: T = getattr(module, attribute)
        if self.of is not None and not isinstance(found, self.of):
            raise UserError(f"{self.kind} {path!r} is not a {self.of.__name__}")
        return found

    def _read_entry_points(self) -> None:
        if self._entry_points_read:
            return
        self._entry_points_read = True
        for point in importlib.metadata.entry_points(group=self.group):
            self.add(point.name, point.load())
