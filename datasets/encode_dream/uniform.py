"""The uniform ENCODE peaks of 2012 on hg19: 690 files that one list describes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tfbs.datasets.downloads import PublicFile
from tfbs.datasets.encode_dream.pairs import canonical_cell, cells, factors
from tfbs.datasets.genome_bins.inputs import Pair
from tfbs.datasets.text_files import open_text
from tfbs.errors import UserError

_FOLDER = "https://hgdownload.soe.ucsc.edu/goldenPath/hg19/encodeDCC/wgEncodeAwgTfbsUniform"
LIST = PublicFile("files.txt", f"{_FOLDER}/files.txt")
"""Name and `key=value; ...` of every file, its md5 among them. It cannot be checked itself."""

_ANTIBODIES = {
    "CMYC": "MYC",
    "NRSF": "REST",
    "P300": "EP300",
    "GABP": "GABPA",
    "PU1": "SPI1",
    "TCF7L2C9B9": "TCF7L2",
}
"""Factors of the challenge under the names that the consortium gave its antibodies."""


@dataclass(frozen=True)
class UniformFile:
    """A line of the list.

    Attributes:
        public: The file.
        factor: The factor of the challenge, or the name of the antibody.
        cell: The challenge's name of the cell type where it has one.
        treatment: `None` where there was none.
    """

    public: PublicFile
    factor: str
    cell: str
    treatment: str


def read_list(path: Path) -> list[UniformFile]:
    """Returns the lines of a list.

    Args:
        path: Tab-separated: name of the file, and `key=value` pairs with semicolons.

    Raises:
        UserError: If a line lacks cell, antibody or md5; names line and value.
    """
    found = []
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            name, _, rest = line.rstrip("\n").partition("\t")
            values = dict(re.findall(r"(\w+)=([^;]*)", rest))
            if missing := {"cell", "antibody", "md5sum"} - set(values):
                raise UserError(
                    f"{path}, line {number}: {name[:60]!r} says nothing of {', '.join(missing)}; "
                    f"the list is {LIST.url}"
                )
            found.append(
                UniformFile(
                    PublicFile(name, f"{_FOLDER}/{name}", f"md5:{values['md5sum'].strip()}"),
                    canonical_factor(values["antibody"].strip()),
                    canonical_cell(values["cell"].strip()),
                    values.get("treatment", "None").strip(),
                )
            )
    return found


def choose(path: Path, factor: str, targets: Iterable[str]) -> dict[Pair, UniformFile]:
    """Returns one file for each factor and cell: untreated before treated, then by name.

    The cells are those of the challenge; the list has 91.

    Args:
        path: The list.
        factor: The factor that is asked for.
        targets: It and its relatives; of these some may have no file.

    Raises:
        UserError: If there is none of the factor.
    """
    listed = [file for file in read_list(path) if file.cell in cells()]
    chosen: dict[Pair, UniformFile] = {}
    for target in targets:
        own = [file for file in listed if file.factor == target]
        if not own and target == factor:
            known = sorted({file.factor for file in listed} & set(factors()))
            raise UserError(
                f"{path}: it has no peaks of {target}; of the challenge's factors it has "
                f"{', '.join(known)}"
            )
        for file in sorted(own, key=lambda file: (file.treatment != "None", file.public.name)):
            chosen.setdefault((target, file.cell), file)
    return chosen


def canonical_factor(antibody: str) -> str:
    """Returns the factor of the challenge that an antibody is against, else the antibody.

    The catalogue number behind an underscore, `TEAD4_(SC-101184)`, does not count.
    """
    bare = re.sub(r"_?\(.*$", "", antibody)
    letters = "".join(letter for letter in bare.upper() if letter.isalnum())
    factor = _ANTIBODIES.get(letters, letters)
    return factor if factor in factors() else antibody
