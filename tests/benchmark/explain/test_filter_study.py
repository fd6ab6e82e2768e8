"""Filters of any layer: what they see, what they are, in which sequences and where they fire."""

from __future__ import annotations

import csv
from dataclasses import replace

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom
from sklearn.metrics import roc_auc_score

from tfbs.benchmark.explain.filter_protocols import FILTER_PROTOCOLS
from tfbs.benchmark.explain.filter_responses import central_enrichment, class_enrichment
from tfbs.benchmark.explain.filter_study import study_filters
from tfbs.benchmark.explain.filters import align
from tfbs.benchmark.explain.layer_view import View, find_layer, measure_view
from tfbs.benchmark.explain.motif_database import named_motifs, read_database
from tfbs.benchmark.report.filter_table import short_table, write_table
from tfbs.errors import Refused, UserError
from tfbs.jaspar import read_jaspar

LENGTH = 60
(SP1,) = read_jaspar(["MA0079.3"]).values()  # 11 wide


def random_sequences(n, seed=0):
    codes = np.random.default_rng(seed).integers(0, 4, (n, LENGTH))
    return np.eye(4, dtype="float32")[codes]


def network(*layers, activation="relu"):
    """Layers over one-hot DNA and a dense layer, with random weights."""
    sequence = keras.Input((LENGTH, 4))
    x = sequence
    for layer in layers:
        x = layer(x)
    outputs = keras.layers.Dense(1)(keras.layers.Flatten()(x))
    model = keras.Model(sequence, outputs, name="net")
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def view_of(model, layer):
    extract = keras.Model(model.inputs, find_layer(model, layer).output)
    return measure_view(extract, random_sequences(64))


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([("conv", 5, "same")], View(-2, 1, 5, 60)),
        ([("conv", 4, "same")], View(-1, 1, 4, 60)),
        ([("conv", 7, "valid")], View(0, 1, 7, 54)),
        # pooled position i sees 2i-2 .. 2i+3, the next convolution three of these
        ([("conv", 5, "same"), ("pool", 2), ("conv", 3, "valid")], View(-2, 2, 10, 28)),
        ([("conv", 3, "valid"), ("pool", 4), ("conv", 3, "same")], View(-4, 4, 14, 14)),
    ],
)
def test_what_positions_see_follows_from_the_layers(layers, expected):
    made = [
        keras.layers.Conv1D(6, size, padding=rest[0])
        if kind == "conv"
        else keras.layers.MaxPooling1D(size)
        for kind, size, *rest in layers
    ]
    number = sum(kind == "conv" for kind, *_ in layers)
    assert view_of(network(*made), str(number)) == expected
    middle = expected.first + (expected.width - 1) // 2
    assert expected.centres()[[0, 1]].tolist() == [middle, middle + expected.stride]


def test_a_layer_is_found_by_name_or_number():
    model = network(
        keras.layers.Conv1D(4, 5, padding="same", name="first"),
        keras.layers.BatchNormalization(),
        keras.layers.Activation("relu", name="motifs"),
        keras.layers.MaxPooling1D(2),
        keras.layers.Conv1D(4, 3, activation="relu", name="second"),
    )
    names = [find_layer(model, wanted).name for wanted in ("motifs", "1", "2", "first")]
    assert names == ["motifs", "motifs", "second", "first"]
    for wanted, said in (
        ("motif", "no layer 'motif'; nearest: motifs"),
        ("3", "2 convolutions, so no layer 3"),
        ("0", "no layer 0"),
        (model.layers[-1].name, "no filters along it"),
    ):
        with pytest.raises(Refused, match=said):
            find_layer(model, wanted)


def test_layers_that_see_everything_are_refused():
    model = network(
        keras.layers.Conv1D(4, 5, padding="same"),
        keras.layers.Permute((2, 1)),
        keras.layers.Dense(LENGTH),
        keras.layers.Permute((2, 1), name="reads"),
    )
    with pytest.raises(Refused, match="not each the same, shifted"):
        view_of(model, "reads")


def sp1_detector():
    """One filter that is SP1 and one that is silent; the motif is centred on the position."""
    model = network(
        keras.layers.Conv1D(2, SP1.width, padding="same"),
        keras.layers.Activation("relu", name="motifs"),
    )
    kernel = np.zeros((SP1.width, 4, 2))
    kernel[..., 0] = np.log(SP1.probabilities + 0.01) - np.log(0.26)
    weights = model.get_weights()
    model.set_weights([kernel, np.array([-4.0, -1.0]), *weights[2:]])
    return model


@pytest.fixture(scope="module")
def planted():
    """Sequences, the first half with SP1 near the middle."""
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 4, (600, LENGTH))
    for row in range(300):
        start = 24 + rng.integers(-3, 4)
        codes[row, start : start + SP1.width] = [rng.choice(4, p=p) for p in SP1.probabilities]
    label = (np.arange(600) < 300).astype("int8")[:, None]
    return np.eye(4, dtype="float32")[codes], label


@pytest.mark.parametrize("protocol", list(FILTER_PROTOCOLS))
def test_a_filter_that_is_a_motif_is_named_and_enriched(planted, protocol):
    sequence, label = planted
    how = replace(FILTER_PROTOCOLS[protocol], database="JASPAR2016")
    database = read_database(how.database)
    study = study_filters(sp1_detector(), sequence, label, how, database)
    assert study.layer == "motifs" and study.view == View(-5, 1, 11, LENGTH)
    assert study.window == {"toneyan2022": 24, "kelley2016": 11}.get(protocol, 20)
    known, silent = study.filters
    assert known.match.motif.name in ("SP1", "SP3", "SP4", "KLF5") and known.match.strand == "+"
    assert known.values[known.match.index] < how.limit
    assert known.by_class.target == 0 and known.by_class.bound > 0.7 > 0.1 > known.by_class.unbound
    assert known.by_class.fisher_p < 1e-20 and known.by_class.auroc > 0.85
    assert 0 < known.by_class.mann_whitney_p < 1e-60
    assert known.by_place.p < 1e-10 and known.by_place.width <= 21
    assert len(silent.motif) == 0 and silent.match is None and np.isinf(silent.values).all()
    assert silent.windows == 0 and not len(silent.sites)


def test_a_filter_that_fires_in_no_bound_sequence_has_no_place(planted, tmp_path):
    sequence, label = planted
    how = FILTER_PROTOCOLS["koo2021"]
    database = read_database(how.database)
    study = study_filters(sp1_detector(), sequence[:350], label[:350], how, database)
    nowhere = central_enrichment(np.array([], int), np.arange(LENGTH), LENGTH)
    known = replace(study.filters[0], sites=np.array([], int), by_place=nowhere)
    found = replace(study, filters=[known, study.filters[1]])
    lines = write_table(tmp_path / "f.csv", found, ["bound"], 0.1).read_text().splitlines()
    rows = list(csv.DictReader(lines))
    assert [row["central_share"] + row["central_p"] for row in rows] == ["", ""]
    assert "nan" not in short_table(found, ["bound"], how)


def test_the_number_of_windows_can_be_capped(planted):
    sequence, _ = planted
    model = sp1_detector()
    extract = keras.Model(model.inputs, model.get_layer("motifs").output)
    centres, largest = np.arange(LENGTH), np.array([1.0, 0.0])
    _, all_windows = align(extract, sequence, centres, largest)
    few, counts = align(extract, sequence, centres, largest, most=7)
    assert all_windows[0] > 300 and counts.tolist() == [7, 0]
    found = np.asarray(extract([sequence]))[:, :, 0]
    rows, places = np.nonzero(found[:, 10:51] > 0.5)
    windows = [sequence[r, p : p + 20] for r, p in zip(rows[:7], places[:7], strict=True)]
    np.testing.assert_allclose(few[0], np.mean(windows, axis=0), atol=1e-6)


def test_enrichment_by_class_is_that_of_the_table_and_of_ranks():
    rng = np.random.default_rng(0)
    label = np.stack([np.arange(200) % 2, rng.integers(-1, 2, 200)], axis=1)
    strength = rng.normal(size=200) + label[:, 0]
    fires = strength > 0.8
    found = class_enrichment(strength, fires, label, [0])
    bound = label[:, 0] == 1
    assert found.bound == fires[bound].mean() and found.unbound == fires[~bound].mean()
    assert found.auroc == pytest.approx(roc_auc_score(bound, strength))
    law = hypergeom(200, fires.sum(), bound.sum())
    mass = law.pmf(np.arange(101))
    observed = law.pmf(fires[bound].sum())
    assert found.fisher_p == pytest.approx(mass[mass <= observed * (1 + 1e-9)].sum())
    both = class_enrichment(strength, fires, label, [0, 1])
    assert both.target == 0 and both.mann_whitney_p == pytest.approx(2 * found.mann_whitney_p)
    assert class_enrichment(strength, fires, np.ones((200, 1), int), [0]) is None


def test_central_enrichment_is_the_best_binomial_test_times_their_number():
    sites = np.array([4, 5, 5, 5, 6, 0])
    found = central_enrichment(sites, np.arange(11), 11)
    # windows of 1, 3, 5, 7 and 9 nucleotides; the one of 3 holds 5 of 6
    best = min(binom.sf(k - 1, 6, w / 11) for k, w in ((3, 1), (5, 3), (5, 5), (5, 7), (5, 9)))
    assert best == binom.sf(4, 6, 3 / 11)
    assert (found.width, found.share, found.expected) == (3, 5 / 6, 3 / 11)
    assert found.p == pytest.approx(5 * best)
    assert central_enrichment(np.array([], int), np.arange(11), 11).p == 1


@given(st.lists(st.integers(0, 49), min_size=1, max_size=30), st.integers(50, 60))
def test_central_enrichment_is_a_probability(sites, length):
    found = central_enrichment(np.array(sites), np.arange(50), length)
    assert 0 < found.p <= 1 and 0 <= found.share <= 1 and 0 < found.expected < 1


def test_uniform_sites_are_seldom_central():
    rng = np.random.default_rng(5)
    small = [
        central_enrichment(rng.integers(0, 101, 60), np.arange(101), 101).p for _ in range(200)
    ]
    assert np.mean(np.array(small) < 0.05) <= 0.06


def test_motifs_are_named_by_factor_or_id():
    database = read_database("JASPAR2016")
    assert named_motifs(["sp1", "MA0138", "MA0079.3"], database) == {
        "sp1": ["MA0079.3"], "MA0138": ["MA0138.2"], "MA0079.3": ["MA0079.3"],
    }  # fmt: skip
    with pytest.raises(UserError, match="no motif 'SPP1'; nearest: SP1, SPI1"):
        named_motifs(["SPP1"], database)
    with pytest.raises(UserError, match="does not ship release 'JASPAR2015'"):
        read_database("JASPAR2015")
    with pytest.raises(UserError, match="no group 'fish'"):
        read_database("JASPAR2024/fish")
    with pytest.raises(UserError, match="JASPAR24: cannot be read as a MEME file"):
        read_database("JASPAR24")
