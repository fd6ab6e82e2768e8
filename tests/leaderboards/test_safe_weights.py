"""Weights of strangers: read exactly, or refused with a reason; nothing outside of the file."""

from __future__ import annotations

import io
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tfbs.leaderboards.safe_weights import HDF5, NPZ, read_hdf5, read_npz, read_weights, write_npz
from tfbs.leaderboards.untrusted import Unusable

KERNEL = "layers/dense/vars/0"


@pytest.fixture(scope="module")
def model():
    inputs = keras.Input((6, 4))
    x = keras.layers.Conv1D(3, 3)(inputs)
    x = keras.layers.Dropout(0.1)(keras.layers.BatchNormalization()(x))
    return keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)))


@pytest.fixture(scope="module")
def honest(model, tmp_path_factory):
    """Contents of both files, and the weights that are in them."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(weights)
    folder = tmp_path_factory.mktemp("weights")
    write_npz(folder / NPZ, model)
    model.save_weights(folder / HDF5)
    model.set_weights([np.zeros_like(w) for w in weights])
    return (folder / NPZ).read_bytes(), (folder / HDF5).read_bytes(), weights


def test_both_formats_give_the_weights_and_leave_the_network_alone(model, honest):
    for name, content in zip((NPZ, HDF5), honest[:2], strict=True):
        found = read_weights(content, name, model)
        assert all(np.array_equal(*pair) for pair in zip(found, honest[2], strict=True))
    assert all((w == 0).all() for w in model.get_weights())


def rezipped(content: bytes, change) -> bytes:
    """The npz file with its members, bytes by name, changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in change(members).items():
            archive.writestr(name, value)
    return stream.getvalue()


def npy(array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def test_a_deflated_stream_that_is_broken_is_refused(model, honest):
    content = rezipped(honest[0], lambda members: members)
    at = content.index(b"w0000.npy") + len("w0000.npy")
    with pytest.raises(Unusable, match="not a sound zip file"):
        read_npz(content[:at] + b"\xff" * 8 + content[at + 8 :], model)


def test_groups_of_many_names_are_not_walked_for_ever(model):
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        groups = [file.create_group("layers")]
        for _ in range(15):
            below = groups[-1].create_group("0")
            for name in range(1, 10):
                groups[-1][str(name)] = below
            groups.append(below)
    with pytest.raises(Unusable, match="one group with several names"):
        read_hdf5(stream.getvalue(), model)


BAD_NPZ = {
    "bomb": (lambda m: m | {"w0000.npy": bytes(50_000_000)}, "unpacks to 50,000,000 bytes"),
    "pickle": (lambda m: m | {"w0000.npy": npy(np.array([{}], object))}, "pickled objects"),
    "path up": (lambda m: m | {"../../w0009.npy": b"x"}, "../../w0009.npy"),
    "missing": (lambda m: {k: v for k, v in m.items() if k != "w0001.npy"}, "w0001.npy"),
    "shape": (lambda m: m | {"w0000.npy": npy(np.zeros((4, 3, 3), "f4"))}, "has shape (4, 3, 3)"),
    "infinite": (lambda m: m | {"w0000.npy": npy(np.full((3, 4, 3), np.inf))}, "is inf"),
    "integers": (lambda m: m | {"w0000.npy": npy(np.ones((3, 4, 3), int))}, "dtype int64"),
    "big-endian": (lambda m: m | {"w0000.npy": npy(np.ones((3, 4, 3), ">f4"))}, "dtype"),
}


@pytest.mark.parametrize("name", BAD_NPZ)
def test_a_bad_npz_is_refused(name, model, honest):
    change, message = BAD_NPZ[name]
    with pytest.raises(Unusable) as refusal:
        read_npz(rezipped(honest[0], change), model)
    assert message in str(refusal.value)


def test_a_broken_zip_is_refused(model, honest):
    content = bytearray(honest[0])
    content[200] ^= 1
    with pytest.raises(Unusable, match="not a sound zip file: Bad CRC-32"):
        read_npz(bytes(content), model)
    for broken in (b"", b"PK", honest[0][:100], honest[1]):
        with pytest.raises(Unusable, match=NPZ):
            read_npz(broken, model)


def changed(content: bytes, change, tmp_path) -> bytes:
    """The HDF5 file, changed by h5py."""
    path = tmp_path / "changed.h5"
    path.write_bytes(content)
    with h5py.File(path, "a") as file:
        change(file, tmp_path)
    return path.read_bytes()


def replaced(file, **options):
    del file[KERNEL]
    file.create_dataset(KERNEL, **options)


def external_link(file, folder):
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink(str(folder / "secret.h5"), "/x")


def soft_link(file, folder):
    del file[KERNEL]
    file[KERNEL] = h5py.SoftLink("/layers/conv1d/vars/0")


def external_storage(file, folder):
    (folder / "secret").write_bytes(bytes(range(256)))
    size = 12 * 2 * 4
    replaced(file, shape=(12, 2), dtype="f4", external=[(str(folder / "secret").encode(), 0, size)])


def virtual(file, folder):
    layout = h5py.VirtualLayout((12, 2), "f4")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "x", (12, 2))
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def bomb(file, folder):
    replaced(file, shape=(1 << 40,), dtype="f4", chunks=(1 << 20,))


def sparse(file, folder):
    replaced(file, shape=(12, 2), dtype="f4", chunks=(12, 2))


def compressed(file, folder):
    replaced(file, data=np.zeros((12, 2), "f4"), compression="gzip")


def references(file, folder):
    replaced(file, shape=(12, 2), dtype=h5py.ref_dtype)


def strings(file, folder):
    replaced(file, shape=(12, 2), dtype=h5py.string_dtype())


def not_a_number(file, folder):
    file[KERNEL][3, 1] = np.nan


def circle(file, folder):
    file["layers/again"] = file["layers"]


def named_type(file, folder):
    file["layers/kind"] = np.dtype("f8")


def another(file, folder):
    file["layers/dense_9/vars/0"] = np.zeros(3, "f4")


def missing(file, folder):
    del file[KERNEL]


BAD_HDF5 = {
    external_link: "layers/dense/vars/0 is an external link, which is not followed",
    soft_link: "layers/dense/vars/0 is a soft link, which is not followed",
    external_storage: "is stored in another file, which is not read",
    virtual: "is a virtual dataset, which is not read",
    bomb: "has shape (1099511627776,), the network (12, 2)",
    sparse: "stores 0 bytes instead of 96",
    compressed: "is compressed",
    references: "expected a float",
    strings: "expected a float",
    not_a_number: "the value at [3, 1] is nan",
    circle: "nested too deeply, in a circle, or one group with several names",
    named_type: "is neither a group nor a dataset",
    another: "layers/dense_9/vars/0 is no weight of this network",
    missing: "the weight layers/dense/vars/0 of the network is missing",
}


@pytest.mark.parametrize("change", BAD_HDF5, ids=lambda change: change.__name__)
def test_a_bad_hdf5_is_refused(change, model, honest, tmp_path):
    content = changed(honest[1], change, tmp_path)
    with pytest.raises(Unusable) as refusal:
        read_hdf5(content, model)
    assert BAD_HDF5[change] in str(refusal.value)


def test_broken_hdf5_is_refused(model, honest):
    for broken in (b"", b"\x89HDF\r\n\x1a\n", honest[1][:500], honest[0], b"\x00" * 4096):
        with pytest.raises(Unusable, match="not a sound HDF5 file"):
            read_hdf5(broken, model)


def test_every_flipped_byte_is_refused_or_read_as_numbers(model, honest):
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(honest[1]), 40):
        content = bytearray(honest[1])
        content[place] ^= 255
        try:
            found = read_hdf5(bytes(content), model)
        except Unusable:
            continue
        assert [w.shape for w in found] == [w.shape for w in honest[2]]
