"""NumPy arrays of strangers: the header is checked before anything is allocated."""

from __future__ import annotations

import io
import math
import sys
from dataclasses import dataclass

import numpy as np

from tfbs.leaderboards.names import plain
from tfbs.leaderboards.untrusted import Unusable

FLOATS = ("<f2", "<f4", "<f8")
INTEGERS = ("<i4", "<i8")
_LONGEST_HEADER = 10_000
_MOST_DIMENSIONS = 8


@dataclass(frozen=True)
class Header:
    """What a `.npy` file says of itself.

    Attributes:
        shape: Of the array.
        dtype: Little-endian float or integer.
        fortran: Whether the first index varies fastest.
        offset: Where the values begin, in bytes.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    offset: int

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self.offset + math.prod(self.shape) * self.dtype.itemsize


def read_header(content: bytes, where: str, dtypes: tuple[str, ...] = FLOATS) -> Header:
    """Returns the header of a `.npy` file, of which all bytes are accounted for.

    Args:
        content: The file.
        where: How to name it in an error.
        dtypes: Which are accepted.

    Raises:
        Unusable: If it is no `.npy` file, holds objects, or has more or fewer bytes than it says.
    """
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise Unusable(f"{where}: version {version} of the .npy format is not read")
        shape, fortran, dtype = read(stream, max_header_size=_LONGEST_HEADER)
    except Unusable:
        raise
    except Exception as error:  # NumPy's parser lets many kinds through
        raise Unusable(f"{where}: not a .npy file: {plain(error, 100)}") from error
    if dtype.hasobject:
        raise Unusable(f"{where}: holds pickled objects, which are never opened")
    if dtype.newbyteorder("<").str not in dtypes or dtype.byteorder == ">":
        wanted = ", ".join(np.dtype(each).name for each in dtypes)
        raise Unusable(f"{where}: dtype {plain(dtype, 40)}, expected one of {wanted}")
    if any(length < 0 for length in shape):
        raise Unusable(f"{where}: shape {plain(shape, 100)} has a negative length")
    if len(shape) > _MOST_DIMENSIONS or any(length > sys.maxsize for length in shape):
        raise Unusable(f"{where}: shape {plain(shape, 100)} is none of an array")
    header = Header(tuple(int(length) for length in shape), dtype, bool(fortran), stream.tell())
    if header.size != len(content):
        raise Unusable(
            f"{where}: says {dtype.name}{list(header.shape)}, which takes {header.size:,} bytes; "
            f"the file has {len(content):,}"
        )
    return header


def read_array(content: bytes, where: str, dtypes: tuple[str, ...] = FLOATS) -> np.ndarray:
    """Returns the array of a `.npy` file; see `read_header`."""
    header = read_header(content, where, dtypes)
    values = np.frombuffer(content, header.dtype, offset=header.offset)
    return values.reshape(header.shape, order="F" if header.fortran else "C")


def value_problem(array: np.ndarray, largest: float) -> str | None:
    """Returns why values cannot be scored: the first that is not finite or is too large.

    Args:
        array: Any shape.
        largest: Absolute value that is still accepted.
    """
    if array.dtype.kind != "f":
        return None
    magnitude = np.abs(array.astype("float32") if array.dtype.itemsize == 2 else array)
    bad = ~(magnitude <= largest)  # NaN too
    if not bad.any():
        return None
    place = np.unravel_index(int(bad.argmax()), array.shape)
    where = ", ".join(str(int(index)) for index in place)
    return f"the value at [{where}] is {array[place]}, expected a number within ±{largest:g}"
