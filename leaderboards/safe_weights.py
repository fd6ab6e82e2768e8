"""Weights of strangers: numbers for a network that we build, never a model.

Keras model files are programs (CVE-2024-3660, CVE-2025-1550, CVE-2025-9905, CVE-2026-1669 and
others); no file of a stranger is handed to Keras. HDF5 can reach out of its file by external and
soft links, external storage and virtual datasets, and can promise more than it holds: every object
is checked before a value is read, against the shapes of the network that we built ourselves.
"""

from __future__ import annotations

import io
import math
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tfbs.leaderboards.names import plain
from tfbs.leaderboards.safe_arrays import read_array, value_problem
from tfbs.leaderboards.safe_zip import open_zip
from tfbs.leaderboards.untrusted import LARGEST_FILE, Unusable

if TYPE_CHECKING:
    import keras

NPZ = "weights.npz"
HDF5 = "model.weights.h5"
LARGEST_WEIGHT = 1e9
"""Batch norm behind an exponential layer was seen to hold variances above a million."""

_SLACK = 4096
"""Bytes that a header may take."""

_IGNORED = ("seed_generator/", "optimizer/", "_metrics/")
"""Places of a `.weights.h5` file that say nothing of the trained network."""


def write_npz(path: Path, model: keras.Model) -> None:
    """Writes the weights of a model as `w0000`, `w0001`, ... in the order of `model.weights`."""
    named = {f"w{index:04d}": value for index, value in enumerate(model.get_weights())}
    with path.open("wb") as file:
        np.savez(file, **named)


def read_weights(content: bytes, name: str, model: keras.Model) -> list[np.ndarray]:
    """Returns arrays for `model.set_weights`.

    Args:
        content: Of a file `weights.npz` or `model.weights.h5`.
        name: Which of the two.
        model: The network that the weights are meant for, built by us.

    Raises:
        Unusable: If anything but arrays of exactly the shapes of this network is in the file.
    """
    return read_npz(content, model) if name == NPZ else read_hdf5(content, model)


def read_npz(content: bytes, model: keras.Model) -> list[np.ndarray]:
    """Returns the arrays of an npz file; see `read_weights`."""
    shapes = [tuple(variable.shape) for variable in model.weights]
    expected = {f"w{index:04d}.npy": shape for index, shape in enumerate(shapes)}
    with open_zip(content, NPZ) as archive:
        _check_members(archive.infolist(), expected, len(content))
        return [_member(archive, name, shape) for name, shape in expected.items()]


def _check_members(
    members: Sequence[zipfile.ZipInfo], expected: dict[str, tuple[int, ...]], size: int
) -> None:
    names = [member.filename for member in members]
    if sorted(names) != sorted(expected):
        odd = sorted({*names} ^ {*expected})
        raise Unusable(
            f"{NPZ}: has {len(names)} members, the network has {len(expected)} weights: "
            f"{', '.join(plain(name, 40) for name in odd[:3])}"
        )
    for member in members:
        most = 8 * math.prod(expected[member.filename]) + _SLACK
        if member.file_size > most:
            raise Unusable(
                f"{NPZ}: {member.filename} unpacks to {member.file_size:,} bytes, the network "
                f"needs {most:,} at most"
            )
    if sum(member.compress_size for member in members) > size:
        raise Unusable(f"{NPZ}: its members overlap")


def _member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> np.ndarray:
    where = f"{NPZ}: {name}"
    with archive.open(name) as file:
        content = file.read(8 * math.prod(shape) + _SLACK + 1)
    return _checked(read_array(content, where), shape, where)


def read_hdf5(content: bytes, model: keras.Model) -> list[np.ndarray]:
    """Returns the arrays of a Keras 3 `.weights.h5` file; see `read_weights`.

    The file is read from memory by h5py. Where the weights of our network lie is learned from a
    file that we write ourselves.
    """
    import h5py

    places = _places(model)
    shapes = [tuple(variable.shape) for variable in model.weights]
    found: dict[int, np.ndarray] = {}
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            for path, dataset in _datasets(file, h5py, set()):
                if any(part in f"{path}/" for part in _IGNORED):
                    continue
                if path not in places:
                    raise Unusable(f"{HDF5}: {plain(path, 80)} is no weight of this network")
                index = places[path]
                found[index] = _dataset(dataset, shapes[index], f"{HDF5}: {path}")
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        if isinstance(error, Unusable):
            raise
        raise Unusable(f"{HDF5}: not a sound HDF5 file: {plain(error, 100)}") from error
    missing = [path for path, index in places.items() if index not in found]
    if missing:
        raise Unusable(f"{HDF5}: the weight {missing[0]} of the network is missing")
    return [found[index] for index in range(len(shapes))]


def _datasets(
    group: Any, h5py: Any, seen: set[int], prefix: str = "", depth: int = 0
) -> list[tuple[str, Any]]:
    """Returns all datasets below a group; refuses every link that is not a plain one.

    A group with several names is refused too: twenty levels of them would never end.
    """
    address = h5py.h5o.get_info(group.id).addr
    if depth > 20 or address in seen:
        raise Unusable(f"{HDF5}: nested too deeply, in a circle, or one group with several names")
    seen.add(address)
    found: list[tuple[str, Any]] = []
    for name in group:
        path = f"{prefix}{name}"
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            kind = "an external" if isinstance(link, h5py.ExternalLink) else "a soft"
            raise Unusable(f"{HDF5}: {plain(path, 80)} is {kind} link, which is not followed")
        kind = group.get(name, getclass=True)
        if kind is h5py.Group:
            found += _datasets(group[name], h5py, seen, f"{path}/", depth + 1)
        elif kind is h5py.Dataset:
            found.append((path, group[name]))
        else:
            raise Unusable(f"{HDF5}: {plain(path, 80)} is neither a group nor a dataset")
        if len(found) > 10_000:
            raise Unusable(f"{HDF5}: more than 10,000 datasets")
    return found


def _dataset(dataset: Any, shape: tuple[int, ...], where: str) -> np.ndarray:
    where = plain(where)
    properties = dataset.id.get_create_plist()
    if properties.get_external_count():
        raise Unusable(f"{where} is stored in another file, which is not read")
    if dataset.is_virtual:
        raise Unusable(f"{where} is a virtual dataset, which is not read")
    if properties.get_nfilters():
        raise Unusable(f"{where} is compressed; Keras writes weights plainly")
    if dataset.shape != shape:
        raise Unusable(f"{where} has shape {dataset.shape}, the network {shape}")
    if dataset.dtype.kind != "f" or dataset.dtype.itemsize > 8:
        raise Unusable(f"{where} has dtype {plain(dataset.dtype, 40)}, expected a float")
    size = math.prod(shape) * dataset.dtype.itemsize
    if dataset.id.get_storage_size() != size:
        raise Unusable(
            f"{where} stores {dataset.id.get_storage_size():,} bytes instead of {size:,}"
        )
    return _checked(dataset[()], shape, where)


def _checked(array: np.ndarray, shape: tuple[int, ...], where: str) -> np.ndarray:
    if array.shape != shape:
        raise Unusable(f"{where} has shape {array.shape}, the network {shape}")
    problem = value_problem(array, LARGEST_WEIGHT)
    if problem is not None:
        raise Unusable(f"{where}: {problem}")
    return np.asarray(array, "float32")


def _places(model: keras.Model) -> dict[str, int]:
    """Returns where Keras writes each weight of a network: path in the file to its number.

    The network is filled with its weights' numbers, saved, and read back.
    """
    import h5py

    before = model.get_weights()
    if sum(weight.nbytes for weight in before) > LARGEST_FILE:
        raise Unusable(f"{HDF5}: the network has more than {LARGEST_FILE:,} bytes of weights")
    model.set_weights([np.full(w.shape, index + 0.5) for index, w in enumerate(before)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / HDF5
        model.save_weights(path)
        with h5py.File(path, "r") as file:
            marked = {
                name: float(np.ravel(dataset[()])[0])
                for name, dataset in _datasets(file, h5py, set())
                if dataset.dtype.kind == "f" and dataset.size
            }
    model.set_weights(before)
    return {name: int(value - 0.5) for name, value in marked.items() if value % 1 == 0.5}
