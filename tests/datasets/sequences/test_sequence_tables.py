"""Tables of sequences and labels as they are found, and as they are refused."""

import pytest

from tfbs.datasets.alphabet import decode
from tfbs.datasets.sequences.sequence_tables import read_table
from tfbs.errors import UserError


@pytest.mark.parametrize(
    "text",
    [
        "FoldID\tEventID\tseq\tBound\nA\tp1\tACGT\t1\nA\tp2\tGGNN\t0\n",
        "id,label,Sequence\np1,1,ACGT\np2,0,ggnn\n",
        "\ufeffname,sequence,y\r\np1,ACGT,1.0\r\np2,GGNN,0.0\r\n",
        'name,sequence,y\n"p1","ACGT","1"\np2,GGNN,0\n\n',
        "name sequence bound\np1 ACGT 1\np2   GGNN 0\n",
    ],
)
def test_columns_are_found_by_their_usual_names(write, text):
    examples, targets = read_table(write("a.txt", text))
    assert examples.ids == ["p1", "p2"]
    assert [decode(sequence) for sequence in examples.sequences] == ["ACGT", "GGNN"]
    assert examples.labels.tolist() == [[1], [0]]
    assert targets[0].lower() in ("bound", "label", "y")


@pytest.mark.parametrize("separator", ["\t", ",", " "])
def test_two_columns_need_no_header(write, separator):
    path = write("a.seq.gz", f"ACGT{separator}1\nTTTT{separator}0\n")
    examples, targets = read_table(path)
    assert examples.labels.tolist() == [[1], [0]]
    assert examples.ids == ["line_1", "line_2"]
    assert targets == ("label",)


def test_several_label_columns_are_several_targets(write):
    path = write("a.csv", "dna,SP1,MAX,label\nACGT,1,-1,0\nTTTT,0,1,0\n")
    examples, targets = read_table(path, label_columns=("SP1", "MAX"))
    assert targets == ("SP1", "MAX")
    assert examples.labels.tolist() == [[1, -1], [0, 1]]


def test_a_sequence_column_may_have_any_name(write):
    examples, _ = read_table(write("a.csv", "window,label\nACGT,1\n"), sequence_column="window")
    assert decode(examples.sequences[0]) == "ACGT"


@pytest.mark.parametrize(
    "text", ["id,seq,label\nchr7:1-5,ACGT,1\n", "chrom,start,seq,label\nchr7,1,ACGT,1\n"]
)
def test_chromosomes_are_read_from_names_or_their_own_column(write, text):
    examples, _ = read_table(write("a.csv", text))
    assert examples.chromosomes == ["chr7"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seq,label\nACGT,1\nACGT,2\n", r"line 3: label '2' is not 0, 1 or -1"),
        ("seq,label\nACGT,yes\n", r"line 2: label 'yes' is not 0, 1 or -1"),
        ("seq,label\nACGT,\n", r"line 2: label '' is not 0, 1 or -1"),
        ("seq,label\nACGT,nan\n", r"line 2: label 'nan' is not 0, 1 or -1"),
        ("seq,label\nACGT,0.73\n", r"line 2: label '0.73' is continuous; regression is not supp"),
        ("seq,label\nACXT,1\n", r"line 2: letter 'X' at position 3"),
        ("seq,label\n,1\n", r"line 2: the sequence is empty"),
        ("seq,label\nACGT,1,9\n", r"line 2: 3 columns where line 1 has 2"),
        ("seq,label\n", r"holds a header but no sequences"),
        ("window,label\nACGT,1\n", r"line 1: no sequence column among window, label"),
        ("seq,occupancy\nACGT,1\n", r"line 1: no label column among seq, occupancy"),
        ("seq,label,y\nACGT,1,1\n", r"line 1: any of label, y may be meant; choose with --label-c"),
        ("\n\n", "the table is empty"),
    ],
)
def test_a_bad_table_is_refused_with_file_line_and_value(write, text, message):
    path = write("bad.csv", text)
    with pytest.raises(UserError, match=message) as caught:
        read_table(path)
    assert str(caught.value).startswith(str(path))


def test_a_column_that_is_not_there_is_named_with_near_ones(write):
    path = write("a.csv", "seq,Bound\nACGT,1\n")
    with pytest.raises(UserError, match="no column 'bound'; nearest: Bound"):
        read_table(path, label_columns=("bound",))


def test_cells_may_be_longer_than_a_reader_of_tables_expects(write):
    examples, _ = read_table(write("long.csv", f"sequence,label\n{'ACGT' * 50_000},1\nACGT,0\n"))
    assert len(examples.sequences[0]) == 200_000
