"""Gets public files: from a folder that the user has, else by their registered addresses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tfbs.datasets.text_files import sha256
from tfbs.errors import UserError

if TYPE_CHECKING:
    import tensorflow_datasets as tfds


def fetch(
    manager: tfds.download.DownloadManager, registered: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, Path]:
    """Returns a path for each file; all have the registered content.

    A folder given by the user (TFDS's `manual_dir`) is searched with its subfolders, and then
    nothing is downloaded.

    Args:
        manager: TFDS's.
        registered: What `checksums.tsv` says, by address.
        names: Names of the files.

    Raises:
        UserError: If the folder lacks a file or has one of other content, or a download fails.
    """
    addresses = {Path(info.filename).name: url for url, info in registered.items()}
    folder = Path(manager._manual_dir)  # the property raises where there is no such folder
    if folder.is_dir():
        found = {name: _find(folder, name, addresses[name]) for name in names}
        for name, path in found.items():
            _check(path, registered[addresses[name]].checksum)
        return found
    return _download(manager, {name: addresses[name] for name in names})


def _find(folder: Path, name: str, address: str) -> Path:
    path = next(iter(sorted(folder.rglob(name))), None)
    if path is None:
        raise UserError(f"--source {folder}: it lacks {name}; get it from {address}")
    return path


def _check(path: Path, checksum: str) -> None:
    found = sha256(path)
    if found != checksum:
        raise UserError(
            f"{path}: its sha256 is {found}, not {checksum}: it is another file, or damaged"
        )


def _download(
    manager: tfds.download.DownloadManager, addresses: Mapping[str, str]
) -> dict[str, Path]:
    import requests
    from tensorflow_datasets.core.download import DownloadError, downloader
    from tensorflow_datasets.core.download.download_manager import NonMatchingChecksumError

    # the threads of other files go on retrying after the first has failed
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    retries, downloader.MAX_RETRIES = downloader.MAX_RETRIES, 2  # ten take minutes without network
    try:
        return {name: Path(path) for name, path in manager.download(dict(addresses)).items()}
    except (requests.RequestException, OSError, DownloadError) as error:
        raise UserError(
            f"cannot download ({_reason(error)}); with the files in a folder, give it by "
            f"--source DIR: {', '.join(addresses)}"
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
