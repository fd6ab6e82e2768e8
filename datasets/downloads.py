"""Gets public files: from a folder that the user has, else by their addresses; all are checked."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tfbs.errors import UserError

if TYPE_CHECKING:
    import tensorflow_datasets as tfds


@dataclass(frozen=True)
class PublicFile:
    """A file that anybody can have.

    Attributes:
        name: How it is called in a folder.
        url: Its address; empty where it has to be asked for, see `source`.
        digest: `sha256:...`, `md5:...`, or `git:...` of a git blob; empty where whoever reads the
            file checks its content.
        other_names: Other names it may have in a folder: of the same content in another format.
        source: Where it comes from if there is no address.
    """

    name: str
    url: str = ""
    digest: str = ""
    other_names: tuple[str, ...] = ()
    source: str = ""

    @property
    def origin(self) -> str:
        """The folder to get it from."""
        return self.url.rpartition("/")[0] or self.source


def registered(url_infos: Mapping[str, Any], names: Sequence[str]) -> list[PublicFile]:
    """Returns files of a TFDS builder's `checksums.tsv`.

    Args:
        url_infos: The builder's, by address.
        names: Names of the files.
    """
    by_name = {Path(info.filename).name: (url, info) for url, info in url_infos.items()}
    return [
        PublicFile(name, by_name[name][0], f"sha256:{by_name[name][1].checksum}") for name in names
    ]


def fetch(manager: tfds.download.DownloadManager, files: Sequence[PublicFile]) -> dict[str, Path]:
    """Returns a path for each file by its name; all have the right content.

    A folder given by the user (TFDS's `manual_dir`) is searched with its subfolders, and then
    nothing is downloaded.

    Args:
        manager: TFDS's.
        files: Which.

    Raises:
        UserError: If the folder lacks a file or has one of other content, or a download fails.
    """
    folder = Path(manager._manual_dir)  # the property raises where there is no such folder
    paths = _find(folder, files) if folder.is_dir() else _download(manager, files)
    for file in files:
        _check(paths[file.name], file)
    return paths


def _find(folder: Path, files: Sequence[PublicFile]) -> dict[str, Path]:
    there: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            there.setdefault(path.name, path)
    names = {
        file: next((n for n in (file.name, *file.other_names) if n in there), None)
        for file in files
    }
    missing = [file for file, name in names.items() if name is None]
    if missing:
        raise UserError(f"--source {folder}: it lacks {_wanted(missing)}")
    return {file.name: there[name] for file, name in names.items() if name is not None}


def _wanted(files: Sequence[PublicFile]) -> str:
    """Returns which files to get, by where they are."""
    names: dict[str, list[str]] = {}
    for file in files:
        names.setdefault(file.origin, []).append(" or ".join((file.name, *file.other_names)))
    return "; ".join(f"{', '.join(own)} (from {origin})" for origin, own in names.items())


def _check(path: Path, file: PublicFile) -> None:
    kind, _, expected = file.digest.partition(":")
    if not expected:
        return
    found = _digest(path, kind)
    if found != expected:
        raise UserError(
            f"{path}: its {kind} is {found}, not {expected}: it is another file, or damaged"
        )


def _digest(path: Path, kind: str) -> str:
    """Returns the hash of a file; git's has the length before the content."""
    with path.open("rb") as handle:
        if kind != "git":
            return hashlib.file_digest(handle, kind).hexdigest()
        blob = hashlib.sha1(usedforsecurity=False)
        blob.update(f"blob {path.stat().st_size}\0".encode())
        for part in iter(lambda: handle.read(1 << 20), b""):
            blob.update(part)
        return blob.hexdigest()


def _download(
    manager: tfds.download.DownloadManager, files: Sequence[PublicFile]
) -> dict[str, Path]:
    import requests
    from tensorflow_datasets.core.download import DownloadError, downloader
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

    if any(not file.url for file in files):
        raise UserError(
            "some of its files cannot be downloaded; put all in a folder and give it to tfbs data "
            f"build by --source DIR: {_wanted(files)}"
        )
    # the threads of other files go on retrying after the first has failed
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    retries, downloader.MAX_RETRIES = downloader.MAX_RETRIES, 2  # ten take minutes without network
    try:
        found = manager.download({file.name: file.url for file in files})
        return {name: Path(path) for name, path in found.items()}
    except (requests.RequestException, OSError, DownloadError) as error:
        raise UserError(
            f"cannot download ({_reason(error)}); with the files in a folder, give it to tfbs data "
            f"build by --source DIR: {_wanted(files)}"
        ) from error
    except NonMatchingChecksumError as error:
        raise UserError(f"a download has another content than registered: {error}") from error
    finally:
        downloader.MAX_RETRIES = retries


def _reason(error: Exception) -> str:
    """Returns what is wrong without the inner life of a connection pool."""
    import requests

    if isinstance(error, requests.ConnectionError) and error.request is not None:
        return f"no connection to {urlsplit(str(error.request.url)).hostname}"
    return str(error)
