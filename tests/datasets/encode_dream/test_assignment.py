"""Which tasks there are, and who is held out."""

from __future__ import annotations

import pytest

from tfbs.datasets.encode_dream.assignment import all_assignments, assignment, open_peaks
from tfbs.datasets.encode_dream.pairs import canonical_cell, cells_of, factors, read_pairs, round_of
from tfbs.datasets.task import list_tasks
from tfbs.errors import UserError


def test_the_challenge_had_32_factors_in_14_cells():
    rounds = [row[2] for row in read_pairs()]
    assert [rounds.count(r) for r in ("train", "leaderboard", "final")] == [123, 29, 14]
    assert len(factors()) == 32
    assert len({cell for _, cell, *_ in read_pairs()}) == 14
    assert len({f for f, *_ in read_pairs() if cells_of(f, "final")}) == 12  # ATF2 is dropped


def test_the_final_cells_of_ctcf_are_held_out():
    asked = assignment("official-CTCF")
    held_out = asked.held_out_cells(asked.pairs)
    assert held_out == ("GM12878", "PC-3", "induced_pluripotent_stem_cell")
    trained = {cell for _, cell in asked.pairs} - set(held_out)
    assert trained == {"A549", "H1-hESC", "HeLa-S3", "HepG2", "IMR-90", "K562", "MCF-7"}


def test_within_a_cell_the_final_cell_is_trained_on():
    asked = assignment("official-MAX-within")
    assert asked.pairs == (("MAX", "liver"),) and asked.held_out_cells(asked.pairs) == ()


def test_of_a_family_the_factor_that_is_asked_for_is_held_out():
    asked = assignment("open-JUND-family")
    assert asked.held_out_targets == ("JUND",) and "CEBPB" in asked.targets
    assert {factor for factor, _ in asked.pairs} == set(asked.targets)
    assert "ATF2" not in asked.targets  # of which no peaks are open


def test_109_pairs_need_no_login_and_each_has_two_digests():
    assert len(open_peaks()) == 109
    kinds = {digest.partition(":")[0] for both in open_peaks().values() for digest in both}
    assert kinds == {"sha256", "git"}
    assert not {cell for _, cell in open_peaks()} & {"SK-N-SH"}


def test_every_task_can_be_asked_for_and_says_what_it_is():
    for name, asked in all_assignments().items():
        assert assignment(name) is asked and asked.factor in asked.targets
        assert asked.source in asked.description
        if asked.source == "open":
            assert "UNKNOWN" in asked.description


def test_a_factor_in_one_cell_has_no_task_across_cells():
    with pytest.raises(UserError, match=r"known in H1-hESC alone.*open-NANOG-within"):
        assignment("open-NANOG")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("open-CTFC", "nearest: open-CTCF"),
        ("open-SRF-family", "SRF has no relative among the factors"),
        ("official-ARID3A-within", "of ARID3A nothing is known in the cells"),
        ("open-ATF2", "of ATF2 nothing is known"),
    ],
)
def test_a_task_that_does_not_exist_is_refused_with_the_reason(config, said):
    with pytest.raises(UserError, match=said):
        assignment(config)


def test_upper_and_lower_case_are_the_same():
    assert assignment("official-ctcf-WITHIN").config == "official-CTCF-within"


def test_where_the_later_cells_have_no_labels_one_more_is_held_out():
    asked = assignment("official-YY1")
    assert asked.held_out_cells(asked.pairs) == ("K562", "SK-N-SH")


def test_cells_have_one_name_each():
    assert canonical_cell("IMR90") == "IMR-90" and canonical_cell("HCT-116") == "HCT116"
    assert canonical_cell("NHEK") == "NHEK"
    assert round_of("CTCF", "PC-3") == "final" and round_of("CTCF", "NHEK") is None


def test_one_line_of_the_list_stands_for_all(tmp_path):
    names = [listing.name for listing in list_tasks(tmp_path)]
    assert [n for n in names if n.startswith("encode_dream")] == [
        "encode_dream/SOURCE-FACTOR[-within|-family]"
    ]
