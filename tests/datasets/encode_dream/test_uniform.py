"""The list of the uniform peaks."""

from __future__ import annotations

import pytest

from tfbs.datasets.encode_dream.uniform import canonical_factor, choose, read_list
from tfbs.errors import UserError

MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def line(name, cell, antibody, treatment="None"):
    values = {
        "project": "wgEncode",
        "cell": cell,
        "treatment": treatment,
        "antibody": antibody,
        "md5sum": MD5,
    }
    text = "; ".join(f"{key}={value}" for key, value in values.items())
    return f"wgEncodeAwgTfbs{name}UniPk.narrowPeak.gz\t{text};\n"


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "files.txt"
    path.write_text(
        line("HaibSknshNrsf", "SK-N-SH", "NRSF")
        + line("HaibA549NrsfEtoh", "A549", "NRSF", "EtOH_0.02pct")
        + line("SydhImr90MafkIggrab", "IMR90", "MafK_(ab50322)")
        + line("BroadGm12878Ctcf", "GM12878", "CTCF")
        + line("BroadNhekCtcf", "NHEK", "CTCF")
        + line("UwGm12878Ctcf", "GM12878", "CTCF")
        + line("UwaA549CtcfDex", "A549", "CTCF", "DEX_100nM")
        + line("UwzA549Ctcf", "A549", "CTCF")
    )
    return path


@pytest.mark.parametrize(
    ("antibody", "factor"),
    [
        ("NRSF", "REST"),
        ("c-Myc", "MYC"),
        ("Max", "MAX"),
        ("p300_(SC-584)", "EP300"),
        ("GABP", "GABPA"),
        ("PU.1", "SPI1"),
        ("TEAD4_(SC-101184)", "TEAD4"),
        ("TCF7L2_C9B9_(2565)", "TCF7L2"),
        ("Znf143_(16618-1-AP)", "ZNF143"),
        ("Egr-1", "EGR1"),
        ("eGFP-JunD", "eGFP-JunD"),
        ("Pol2", "Pol2"),
    ],
)
def test_antibodies_are_the_factors_that_they_are_against(antibody, factor):
    assert canonical_factor(antibody) == factor


def test_factors_and_cells_have_the_names_of_the_challenge(listed):
    found = read_list(listed)
    assert {(f.factor, f.cell) for f in found} >= {("REST", "SK-N-SH"), ("MAFK", "IMR-90")}
    assert found[0].public.digest == f"md5:{MD5}"
    assert found[0].public.url.endswith("wgEncodeAwgTfbsHaibSknshNrsfUniPk.narrowPeak.gz")


def test_untreated_comes_before_treated_and_then_the_first_by_name(listed):
    chosen = choose(listed, "REST", ["CTCF", "REST", "YY1"])
    names = {pair: file.public.name[15:-19] for pair, file in chosen.items()}
    assert names == {
        ("CTCF", "GM12878"): "BroadGm12878Ctcf",
        ("CTCF", "A549"): "UwzA549Ctcf",
        ("REST", "SK-N-SH"): "HaibSknshNrsf",
        ("REST", "A549"): "HaibA549NrsfEtoh",
    }


def test_a_factor_that_is_not_listed_is_refused(listed):
    with pytest.raises(UserError, match=r"no peaks of ATF7; .* CTCF, MAFK, REST"):
        choose(listed, "ATF7", ["ATF2", "ATF7"])


def test_a_line_without_a_checksum_is_named(tmp_path):
    path = tmp_path / "files.txt"
    path.write_text(line("a", "K562", "CTCF") + "b.narrowPeak.gz\tcell=K562; antibody=CTCF\n")
    with pytest.raises(UserError, match=r"files\.txt, line 2: 'b\.narrowPeak\.gz' .* md5sum"):
        read_list(path)
