"""A user's files become a task whole, or nothing is left behind."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from tfbs.datasets.alphabet import decode, encode, one_hot
from tfbs.datasets.dinucleotide_shuffle import dinucleotide_counts
from tfbs.datasets.sequences.build import build_sequences
from tfbs.datasets.sequences.sources import Reading, Sources, gather
from tfbs.datasets.task import list_tasks, load_task
from tfbs.errors import UserError


def table(sequences, labels):
    rows = [f"{sequence},{label}" for sequence, label in zip(sequences, labels, strict=True)]
    return "\n".join(["sequence,label", *rows, ""])


def fasta(sequences, name="s"):
    return "".join(f">{name}{i}\n{sequence}\n" for i, sequence in enumerate(sequences))


def held(task):
    """Every (sequence, label) of a task, by split."""
    return {
        name: sorted(zip(map(decode, split.sequence), split.label[:, 0].tolist(), strict=True))
        for name, split in task.splits.items()
    }


@pytest.fixture
def alternating(write, dna):
    """A table of 200 sequences whose labels alternate."""
    return write("a.csv", table(dna, [i % 2 for i in range(len(dna))]))


def gathered(sources, reading=None, seed=0):
    return gather(sources, reading or Reading(), seed, lambda _: None)


def test_a_table_becomes_a_task_that_tfds_loads_too(data_dir, alternating, dna):
    import tensorflow_datasets as tfds

    lines = []
    task = build_sequences("mine", Sources(input=alternating), progress=lines.append)
    everything = [pair for split in held(task).values() for pair in split]
    assert sorted(everything) == sorted((s, i % 2) for i, s in enumerate(dna))
    assert (task.name, task.length, task.targets) == ("sequences/mine", 30, ("label",))
    assert task.metadata["sources"][0]["file"] == "a.csv"
    assert len(task.metadata["sources"][0]["sha256"]) == 64
    assert task.metadata["notes"] == []
    assert any("read 200 sequences from a.csv" in line for line in lines)
    assert {"sequences/mine"} <= {listing.name for listing in list_tasks()}
    assert sorted(path.name for path in data_dir.iterdir()) == [".sequences-mine.lock", "sequences"]

    records = tfds.load("sequences/mine", split="test", data_dir=data_dir)
    ids = sorted(example["id"].decode() for example in records.as_numpy_iterator())
    assert ids == sorted(task.splits["test"].ids.tolist())


def test_a_name_is_kept_for_its_content(data_dir, write, alternating, dna):
    first = build_sequences("mine", Sources(input=alternating))
    folder = data_dir / "sequences" / "mine" / "1.0.0"
    written = (folder / "dataset_info.json").stat().st_mtime_ns
    lines = []
    again = build_sequences("mine", Sources(input=alternating), progress=lines.append)
    assert again.fingerprint == first.fingerprint
    assert (folder / "dataset_info.json").stat().st_mtime_ns == written
    assert lines[-1] == "sequences/mine holds this content already"

    other = write("b.csv", table(dna, [int(i < 100) for i in range(200)]))
    with pytest.raises(UserError, match="exists with other content; choose another --name, or"):
        build_sequences("mine", Sources(input=other))
    assert load_task("sequences/mine").fingerprint == first.fingerprint
    replaced = build_sequences("mine", Sources(input=other), overwrite=True)
    assert replaced.fingerprint != first.fingerprint
    assert load_task("sequences/mine").fingerprint == replaced.fingerprint
    assert [path.name for path in (data_dir / "sequences" / "mine").iterdir()] == ["1.0.0"]


def test_a_build_that_fails_leaves_nothing(data_dir, alternating, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tfbs.datasets.prepare.write_arrays", killed)
    with pytest.raises(KeyboardInterrupt):
        build_sequences("mine", Sources(input=alternating))
    assert [path.name for path in data_dir.iterdir()] == [".sequences-mine.lock"]


def test_given_splits_are_kept_and_leaks_are_noted(data_dir, write, dna):
    from tfbs.datasets.sequences.build import _configure
    from tfbs.datasets.sequences.splits import Splitting

    labels = [i % 2 for i in range(40)]
    sources = Sources(
        train=write("train.csv", table(dna[:40], labels)),
        valid=write("valid.csv", table(dna[40:80], labels)),
        test=write("test.csv", table(dna[30:70], labels)),
    )
    config = _configure("x", gathered(sources), Reading(), Splitting())
    assert [len(part.ids) for part in config.content.values()] == [40, 40, 40]
    assert config.metadata["split_rule"] == "as given"
    assert config.metadata["notes"] == [
        "10 of 40 test sequences also occur in train (either strand)"
    ]


def test_negatives_are_shuffled_for_the_files_that_lack_them(data_dir, write, dna):
    sources = Sources(
        train=write("ac.tsv.gz", table(dna[:100], [1] * 100)),
        test=write("b.tsv", table(dna[100:], [i % 2 for i in range(100)])),
        negatives="shuffle",
    )
    task = build_sequences("shuffled", sources)
    sizes = {name: (len(split), int(split.label.sum())) for name, split in task.splits.items()}
    assert sizes["test"] == (100, 50)
    assert sizes["train"][0] + sizes["valid"][0] == 200
    for split in ("train", "valid"):
        label = task.splits[split].label[:, 0]
        assert sizes[split][1] * 2 == sizes[split][0]
        counts = dinucleotide_counts(np.array(task.splits[split].sequence))
        positive, negative = (sorted(c.tobytes() for c in counts[label == k]) for k in (1, 0))
        assert positive == negative
    assert "dinucleotide shuffle of each positive in train; others given" in str(
        task.metadata["negatives"]
    )


def test_fasta_pairs_of_several_lengths(data_dir, write, dna):
    lengths = [30] * 60 + [20] * 20 + [25] * 20
    cut = [sequence[:length] for sequence, length in zip(dna[:100], lengths, strict=True)]
    sources = Sources(
        positives=write("p.fa", fasta(cut, "p")), negatives=write("n.fa", fasta(dna[100:], "n"))
    )
    task = build_sequences("pairs", sources)
    assert task.length == 30
    assert "0 longer ones cut to their middle, 40 shorter" in str(task.metadata["length_rule"])
    padded = sum(int((split.sequence == 4).sum()) for split in task.splits.values())
    assert padded == 20 * 10 + 20 * 5
    (note,) = task.metadata["notes"]
    assert note.startswith("padding alone predicts 'label' with AUROC 0.30")


def test_hdf5_keeps_its_splits_and_tells_its_layout(data_dir, tmp_path, dna):
    codes = np.stack([encode(sequence) for sequence in dna])
    rows = one_hot(codes).transpose(0, 2, 1)
    label = (np.arange(200) % 2).astype(np.int8)[:, None]
    with h5py.File(tmp_path / "a.h5", "w") as handle:
        for split, part in (
            ("train", slice(120)),
            ("valid", slice(120, 150)),
            ("test", slice(150, 200)),
        ):
            handle[f"X_{split}"], handle[f"Y_{split}"] = rows[part], label[part]
    lines = []
    task = build_sequences("onehot", Sources(input=tmp_path / "a.h5"), progress=lines.append)
    assert "a.h5: one-hot layout (n, 4, length), found from the shapes" in lines
    test = task.splits["test"]
    order = [int(name.removeprefix("test_")) for name in test.ids]
    assert np.array_equal(test.sequence, codes[150:][order])
    assert np.array_equal(test.label, label[150:][order])


def test_unknown_labels_and_several_targets_are_kept(data_dir, write, dna):
    rows = [f"{s},{i % 2},{(-1, 0, 1)[i % 3]}" for i, s in enumerate(dna)]
    path = write("m.csv", "\n".join(["seq,SP1,MAX", *rows]))
    task = build_sequences(
        "multi", Sources(input=path), reading=Reading(label_columns=("SP1", "MAX"))
    )
    assert task.targets == ("SP1", "MAX")
    label = np.concatenate([split.label for split in task.splits.values()])
    assert sorted(set(label[:, 1].tolist())) == [-1, 0, 1]
    assert (label[:, 0] == 1).sum() == 100


def test_targets_are_called_what_the_user_says(data_dir, write, dna):
    pairs = Sources(
        positives=write("p.fa", fasta(dna[:100], "p")),
        negatives=write("n.fa", fasta(dna[100:], "n")),
    )
    unnamed = build_sequences("unnamed", pairs)
    task = build_sequences("named", pairs, reading=Reading(targets=("REST",)))
    assert task.targets == ("REST",)
    assert task.fingerprint == unnamed.fingerprint
    for targets in (("REST", "CTCF"), (" ",)):
        with pytest.raises(UserError, match=f"--target .*{targets[-1]}"):
            gathered(pairs, Reading(targets=targets))


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({}, "no files given; give --input FILE"),
        (
            {"input": "a", "train": "a"},
            "give one of --input, --train and --positives, not --input,",
        ),
        ({"test": "a"}, "--valid and --test need --train"),
        ({"positives": "a"}, "--positives needs --negatives FASTA or shuffle"),
        (
            {"positives": "a", "negatives": "b", "test_positives": "c"},
            "--test-positives needs --test",
        ),
        ({"test_positives": "a", "test_negatives": "b"}, "not --test-negatives, --test-positives"),
        ({"input": "a", "negatives": Path("n.fa")}, "--negatives FASTA goes with --positives"),
    ],
)
def test_files_that_do_not_go_together_are_refused(sources, message):
    with pytest.raises(UserError, match=message):
        gathered(Sources(**sources))


def test_a_file_of_the_wrong_kind_is_told_where_it_belongs(write, dna, alternating, tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as handle:
        handle["X_train"] = one_hot(encode("ACGTA"))[None]
    wrong = {
        "FASTA carries no labels; pass it as --positives": {"input": write("a.fa", fasta(dna))},
        "not FASTA but a table; pass it as --input": {
            "positives": alternating,
            "negatives": "shuffle",
        },
        "an HDF5 file holds its own splits; pass it as --input": {"train": tmp_path / "a.h5"},
        "every file holds negatives already": {"input": alternating, "negatives": "shuffle"},
        "label columns y differ from label": {
            "train": alternating,
            "test": write("y.csv", "seq,y\nACGT,1\n"),
        },
    }
    for message, sources in wrong.items():
        with pytest.raises(UserError, match=message):
            gathered(Sources(**sources))


@pytest.mark.parametrize("name", ["", "1.0.0", "a/b", "../x", "a b", "default"])
def test_a_name_that_cannot_be_a_config_is_refused(data_dir, alternating, name):
    with pytest.raises(UserError, match="does not do; use letters"):
        build_sequences(name, Sources(input=alternating))
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("positives", "negatives", "length", "warned"),
    [(60, (40, 80), 60, True), (60, (80,), 40, False), (60, (60,), 60, False)],
)
def test_padding_that_tells_labels_is_noted_and_lengths_that_are_cut_off_are_not(
    data_dir, write, positives, negatives, length, warned
):
    rng = np.random.default_rng(0)

    def draw(size):
        return "".join("ACGT"[code] for code in rng.integers(0, 4, size))

    bound = [draw(positives) for _ in range(100)]
    unbound = [draw(negatives[i % len(negatives)]) for i in range(100)]
    sources = Sources(
        positives=write("p.fa", fasta(bound, "p")), negatives=write("n.fa", fasta(unbound, "n"))
    )
    task = build_sequences("padding", sources, reading=Reading(length=length))
    assert any("padding alone" in str(note) for note in task.metadata["notes"]) == warned
