"""The genome of the challenge, GRCh37 as UCSC hg19: chromosomes, their content, their order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tfbs.datasets.alphabet import Codes, decode
from tfbs.datasets.downloads import PublicFile
from tfbs.datasets.genome_files import read_genome
from tfbs.errors import UserError

HELD_OUT = ("chr1", "chr8", "chr21")
"""Held out from every factor and cell; scores are on them."""

_TABLE = """
chr1   249250621  1b22b98cdeb4a9304cb5d48026a85128
chr2   243199373  a0d9851da00400dec1098a9255ac712e
chr3   198022430  641e4338fa8d52a5b781bd2a2c08d3c3
chr4   191154276  23dccd106897542ad87d2765d28a19a1
chr5   180915260  0740173db9ffd264d728f32784845cd7
chr6   171115067  1d3a93a248d92a729ee764823acbbc6b
chr7   159138663  618366e953d6aaad97dbe4777c29375e
chr8   146364022  96f514a9929e410c6651697bded59aec
chr9   141213431  3e273117f15e0a400f01055d9f393768
chr10  135534747  988c28e000e84c26d552359af1ea2e1d
chr11  135006516  98c59049a2df285c76ffb1c6db8f8b96
chr12  133851895  51851ac0e1a115847ad36449b0015864
chr13  115169878  283f8d7892baa81b510a015719ca7b0b
chr14  107349540  98f3cae32b2a2e9524bc19813927542e
chr15  102531392  e5645a794a8238215b2cd77acb95a078
chr16   90354753  fc9b1a7b42b97a864f56b348b06095e6
chr17   81195210  351f64d4f4f9ddd45b35336ad97aa6de
chr18   78077248  b15d4b2d29dde9d3e4f93d1d0f2cbc9c
chr19   59128983  1aacd71f30db8e561810913e0b72636d
chr20   63025520  0dec9660ec1efaaf33281c0d5ea2560f
chr21   48129895  2979a6085bfe28e3ad6f552f361ed74d
chr22   51304566  a718acaa6135fdca8357d5bfe94211dd
chrX   155270560  7e0e2e580297b7764e31dbc80c2540dd
"""
_ROWS = [line.split() for line in _TABLE.strip().splitlines()]


@dataclass(frozen=True)
class Reference:
    """A genome whose content is known.

    Attributes:
        name: For messages.
        md5: Of each chromosome in upper case without line breaks, as the field M5 of a SAM header.
        lengths: Of each chromosome, in base pairs.
    """

    name: str
    md5: Mapping[str, str]
    lengths: Mapping[str, int]


HG19 = Reference(
    "hg19",
    {name: digest for name, _, digest in _ROWS},
    {name: int(length) for name, length, _ in _ROWS},
)
"""The 23 chromosomes of the challenge; it leaves Y and M out."""

GENOME_FILE = PublicFile(
    "hg19.2bit",
    "https://hgdownload.soe.ucsc.edu/goldenPath/hg19/bigZips/hg19.2bit",
    other_names=(
        "hg19.fa.gz",
        "hg19.fa",
        "hg19.genome.fa",
        "hg19.genome.fa.gz",
        "GRCh37.primary_assembly.genome.fa.gz",
        "GRCh37.primary_assembly.genome.fa",
    ),
)
"""In any format; checked by the content of every chromosome."""

EXCLUDED_FILE = PublicFile(
    "wgEncodeDacMapabilityConsensusExcludable.bed.gz",
    "https://raw.githubusercontent.com/uci-cbcl/FactorNet/"
    "90ee7894154854bd05b8875b088e69cf10d43841/resources/"
    "wgEncodeDacMapabilityConsensusExcludable.bed.gz",
    "sha256:48862f2834dadb288dcdc627ea7f1ad4472f06549886b1cc2d656428391f2635",
)
"""The 411 regions of the DAC exclusion list of ENCODE, which the challenge used."""


def read_reference(path: Path, reference: Reference = HG19) -> dict[str, Codes]:
    """Returns the chromosomes of a genome file, checked letter by letter.

    Args:
        path: FASTA or 2bit.
        reference: What it must hold; what it holds beside is left out.

    Raises:
        UserError: If a chromosome is missing or has another content.
    """
    genome = read_genome(path)
    return {name: _checked(genome, name, path, reference) for name in reference.md5}


def _checked(genome: Mapping[str, Codes], name: str, path: Path, reference: Reference) -> Codes:
    if name not in genome:
        raise UserError(f"{path}: it has no {name}; the genome is {reference.name} of UCSC")
    codes, length = genome[name], reference.lengths[name]
    if len(codes) != length:
        raise UserError(
            f"{path}: {name} has {len(codes):,} bp, that of {reference.name} {length:,}: another "
            "assembly?"
        )
    digest = hashlib.md5(decode(codes).encode(), usedforsecurity=False).hexdigest()
    if digest != reference.md5[name]:
        raise UserError(
            f"{path}: {name} has another content (MD5 {digest}) than in {reference.name}"
        )
    return codes
