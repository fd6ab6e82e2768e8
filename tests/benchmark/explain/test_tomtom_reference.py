"""Our Tomtom beside tables that MEME's own wrote, with correlated columns as its distance."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from tfbs.benchmark.explain.tomtom import compare
from tfbs.meme import read_meme

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "tomtom-reference"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="MEME's tables are not here")


@pytest.fixture(scope="module")
def database():
    return read_meme(FOLDER / "flyFactorSurvey_cleaned.meme")


@pytest.fixture(scope="module")
def table(database):
    """Pairs of a line of MEME's table and what we find: the index of the target, and all."""
    with (FOLDER / "tomtom_memes_reference.tsv").open() as lines:
        theirs = list(csv.DictReader(lines, delimiter="\t"))
    targets = [motif.probabilities for motif in database]
    index = {motif.matrix_id: number for number, motif in enumerate(database)}
    found = {
        query.matrix_id: compare(query.probabilities, targets, min_overlap=5)
        for query in read_meme(FOLDER / "query_motifs_derived.meme")
    }
    return [(line, index[line["match_name"]], found[line["query"]]) for line in theirs]


def test_best_matches_offsets_and_strands_are_those_of_meme(table):
    assert len(table) == 33
    queries = {line["query"]: (number, ours) for line, number, ours in reversed(table)}
    assert len(queries) == 3  # the first line of a query is its best match
    assert all(ours.p_values.min(axis=1).argmin() == best for best, ours in queries.values())
    for line, number, ours in table:
        strand = ours.p_values[number].argmin()
        assert "+-"[strand] == line["match_strand"]
        assert ours.offsets[number, strand] == int(line["match_offset"])


def test_p_values_are_those_of_meme_within_a_third(table):
    theirs = np.array([float(line["match_pval"]) for line, *_ in table])
    ours = np.array([found.p_values[number].min() for _, number, found in table])
    assert (ours >= 0).all() and (ours <= 1).all()
    assert spearmanr(ours, theirs).statistic > 0.99
    assert np.abs(np.log(ours / theirs)).max() < np.log(1.4)
    assert np.median(ours / theirs) == pytest.approx(1, abs=0.05)


def test_e_and_q_values_follow_from_p_as_in_meme(table):
    best = [(line, number, found) for line, number, found in table if line["match_qval"] != "1.0"]
    assert len(best) == 7
    for line, number, found in table:
        ratio = found.e_values[number] / found.p_values[number].min()
        assert ratio == pytest.approx(556)
        assert float(line["match_eval"]) / float(line["match_pval"]) == pytest.approx(556, rel=0.01)
    for line, number, found in best:
        assert found.q_values[number] == pytest.approx(float(line["match_qval"]), rel=0.35)


def test_with_euclidean_distance_the_table_is_another_one(database, table):
    """Like must be compared with like: the table was not made with that distance."""
    query = read_meme(FOLDER / "query_motifs_derived.meme")[0]
    ours = compare(
        query.probabilities, [m.probabilities for m in database], distance="euclidean"
    ).p_values.min(axis=1)
    mine = [(line, number) for line, number, _ in table if line["query"] == query.matrix_id]
    theirs = np.array([float(line["match_pval"]) for line, _ in mine])
    assert np.abs(np.log(ours[[number for _, number in mine]] / theirs)).max() > np.log(10)


def test_a_second_table_of_another_database():
    """MEME 5.1.1; it loaded 608 of 656 motifs, one of each name, and added a pseudocount."""
    root = ElementTree.parse(FOLDER / "tomtom.xml").getroot()  # noqa: S314  (ours)
    (query,) = [motif for motif in root.iter("motif") if motif.get("id") == "AATAATAA"]
    columns = [[float(pos.get(letter)) for letter in "ACGT"] for pos in query.iter("pos")]
    names = [motif.get("id") for motif in root.find("targets").iter("motif")]
    known = {m.matrix_id: m.probabilities for m in read_meme(FOLDER / "fly_factor_survey_id.meme")}
    index = {name: number for number, name in enumerate(known)}
    assert len(known) == 608
    found = compare(np.array(columns), list(known.values()), min_overlap=5)
    theirs, ours = [], []
    for match in root.find("matches").iter("target"):
        number = index[names[int(match.get("idx"))]]
        strand = found.p_values[number].argmin()
        assert "+-"[strand] == ("-" if match.get("rc") == "y" else "+")
        assert found.offsets[number, strand] == int(match.get("off"))
        theirs.append(float(match.get("pv")))
        ours.append(found.p_values[number].min())
    assert len(theirs) == 11 and theirs[0] == min(theirs)
    assert ours[0] == found.p_values.min()
    assert spearmanr(ours, theirs).statistic > 0.95
    assert np.abs(np.log(np.array(ours) / theirs)).max() < np.log(1.4)
