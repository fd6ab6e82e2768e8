"""The genome of the challenge, GRCh37 as UCSC hg19: chromosomes, their content, their order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tfbs.datasets.alphabet import Codes, decode
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

LENGTHS = {name: int(length) for name, length, _ in _ROWS}
"""Base pairs of the 23 chromosomes of the challenge; it leaves Y and M out."""

MD5 = {name: digest for name, _, digest in _ROWS}
"""Of each sequence in upper case without line breaks, as the field M5 of a SAM header."""


def nuclear(genome: Mapping[str, Codes], where: str) -> dict[str, Codes]:
    """Returns the 23 chromosomes of a genome, checked letter by letter.

    Args:
        genome: Codes by chromosome.
        where: Its file, for the message.

    Raises:
        UserError: If a chromosome is missing or is not that of hg19.
    """
    found = {}
    for name, length in LENGTHS.items():
        if name not in genome:
            raise UserError(f"{where}: it has no {name}; the genome is hg19 of UCSC")
        codes = genome[name]
        if len(codes) != length:
            raise UserError(
                f"{where}: {name} has {len(codes):,} bp, that of hg19 {length:,}: another assembly?"
            )
        digest = hashlib.md5(decode(codes).encode(), usedforsecurity=False).hexdigest()
        if digest != MD5[name]:
            raise UserError(f"{where}: {name} has another content (MD5 {digest}) than in hg19")
        found[name] = codes
    return found
