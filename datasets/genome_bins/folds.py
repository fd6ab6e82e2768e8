"""Which chromosomes are trained on, validated on and tested on."""

from __future__ import annotations

import hashlib
import json
import re
import reprlib
from collections.abc import Mapping
from pathlib import Path

from tfbs.datasets.chromosomes import Renaming, match_chromosomes
from tfbs.datasets.text_files import check_file
from tfbs.errors import UserError

SPLITS = ("train", "valid", "test")
LADDER = "ladder"
"""A further set that folds may have: chromosomes to predict of which no label is known."""

Folds = dict[str, tuple[str, ...]]

AUTO = "auto"
"""Chromosomes in the order of a hash of their names: test until a fifth, then validation until a
tenth of the genome, the rest training."""

PRESETS: dict[str, dict[str, list[str]]] = {
    "dream": {"valid": ["chr11"], "test": ["chr1", "chr8", "chr21"]},
    "dream_open": {"valid": ["chr11"], "test": ["chr10"], LADDER: ["chr1", "chr8", "chr21"]},
    "wilds": {"valid": ["chr2", "chr9", "chr11"], "test": ["chr1", "chr8", "chr21"]},
    "yeast": {"valid": ["chrVII", "chrXV"], "test": ["chrIV", "chrXII", "chrXVI"]},
}
"""Named folds; all other chromosomes are training. `dream`: the ENCODE-DREAM challenge (2017)
with the validation chromosome of FactorNet (Quang & Xie 2019, 10.1016/j.ymeth.2019.03.020);
`dream_open`: where nothing is known of its held-out chromosomes, tested on chr10;
`wilds`: the encode task of WILDS (Sagawa et al. 2022); `yeast`: of this suite."""

_COPY = re.compile(r"(?P<of>[^_]+)_.*(alt|fix|hap\d+)")
"""Names of other versions of a piece of a chromosome, as UCSC writes them."""

_SHARES = {"test": 0.2, "valid": 0.1}


def resolve_folds(
    asked: str | Path, lengths: Mapping[str, int], renaming: Renaming = None
) -> tuple[Folds, str]:
    """Returns the chromosomes of each split by the genome's names, and the rule in words.

    Alternative versions of a piece of a chromosome (`chr6_GL000250v2_alt`, `chr6_cox_hap2`,
    `chr1_KN196472v1_fix`) are in no split unless they are named: they nearly repeat what may be in
    another split, and peaks are seldom called on them.

    Args:
        asked: `auto`, a preset, or a JSON file `{"train": [...], "valid": [...], "test": [...]}`.
        lengths: Of the genome's chromosomes.
        renaming: See `match_chromosomes`.

    Raises:
        UserError: If a chromosome is unknown or in two splits, or a split is empty.
    """
    if str(asked) == AUTO:
        folds, rule = _by_hash(lengths), "by a hash of the chromosome's name"
    elif str(asked) in PRESETS:
        folds = _matched(PRESETS[str(asked)], lengths, f"folds {asked}", renaming)
        rule = f"folds {asked}"
    else:
        folds = _matched(_read(Path(asked)), lengths, str(asked), renaming)
        rule = f"folds of {Path(asked).name}"
    _check(folds, str(asked))
    shown = [split for split in folds if split != "train"]
    words = "; ".join(f"{split} {', '.join(folds[split])}" for split in shown)
    return folds, f"{rule}: {words}"


def _read(path: Path) -> dict[str, list[str]]:
    if not path.exists() and path.suffix != ".json":
        raise UserError(
            f"no folds are called {str(path)!r}; there are {AUTO}, {', '.join(PRESETS)}, or give "
            "a JSON file"
        )
    check_file(path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not JSON: {error}") from error
    fine = isinstance(found, dict) and all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in found.values()
    )
    if not fine or not {"valid", "test"} <= set(found) <= {*SPLITS, LADDER}:
        raise UserError(
            f'{path}: folds are {{"train": [names], "valid": [names], "test": [names]}}, where '
            f"train may be left out and is then the rest; {LADDER}, chromosomes of which no "
            "label is known, may be added"
        )
    return dict(found)


def _matched(
    asked: Mapping[str, list[str]], lengths: Mapping[str, int], where: str, renaming: Renaming
) -> Folds:
    names = [name for listed in asked.values() for name in listed]
    matched, missing = match_chromosomes(names, lengths, where, renaming)
    if missing:
        raise UserError(f"{where}: the genome has no chromosome {reprlib.repr(missing[0])}")
    folds = {split: tuple(matched[name] for name in listed) for split, listed in asked.items()}
    taken = {name for listed in folds.values() for name in listed}
    folds.setdefault("train", tuple(name for name in _own(lengths) if name not in taken))
    return {split: folds[split] for split in (*SPLITS, LADDER) if split in folds}


def _own(lengths: Mapping[str, int]) -> dict[str, int]:
    """Returns the chromosomes without other versions of their pieces."""
    versions = {
        name for name in lengths if (found := _COPY.fullmatch(name)) and found["of"] in lengths
    }
    return {name: length for name, length in lengths.items() if name not in versions}


def _by_hash(lengths: Mapping[str, int]) -> Folds:
    lengths = _own(lengths)
    waiting = sorted(lengths, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    folds: Folds = {}
    for position, (split, share) in enumerate(_SHARES.items()):
        chosen: list[str] = []
        while len(waiting) > len(_SHARES) - position and sum(
            lengths[name] for name in chosen
        ) < share * sum(lengths.values()):
            chosen.append(waiting.pop(0))
        folds[split] = tuple(name for name in lengths if name in chosen)
    folds["train"] = tuple(name for name in lengths if name in waiting)
    return {split: folds[split] for split in SPLITS}


def _check(folds: Folds, where: str) -> None:
    seen: dict[str, str] = {}
    for split, names in folds.items():
        if not names:
            raise UserError(
                f"folds {where}: no chromosome is left for {split}; three chromosomes are the least"
            )
        for name in names:
            if name in seen:
                raise UserError(f"folds {where}: {name} is in {seen[name]} and in {split}")
            seen[name] = split
