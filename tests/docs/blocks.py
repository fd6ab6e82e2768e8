"""Reads the fenced blocks of a page, and what it says each prints."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

NOT_RUN = re.compile(r"<!-- not run: (.+?) -->")
_MASKED = re.compile(r"\b[0-9a-f]{8,}\b|[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: `bash`, `python`, …; `text` or nothing is what the block before prints.
        text: What is in it.
        line: Of the page, the first line of the block.
        why_not: Why it is not run; empty where it is.
    """

    language: str
    text: str
    line: int
    why_not: str = ""


def read_blocks(page: Path) -> list[Block]:
    """Returns all fenced blocks of a page of Markdown, in order."""
    blocks, why = [], ""
    for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block":
            found = NOT_RUN.search(token.content)
            why = found[1] if found else ""
        elif token.type == "fence":
            blocks.append(Block(token.info.strip(), token.content, token.map[0] + 1, why))
            why = ""
    return blocks


def commands(block: Block) -> list[list[str]]:
    """Returns the `tfbs` commands of a block of bash, each as words, without assignments."""
    lines = block.text.replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        if "tfbs " not in line or line.lstrip().startswith("#"):
            continue
        words = shlex.split(line, comments=True)
        if "tfbs" in words:
            own = words[words.index("tfbs") + 1 :]
            stop = [i for i, word in enumerate(own) if word in ("|", ">", "&&", ";", "&", "||")]
            found.append(own[: stop[0]] if stop else own)
    return found


def masked(text: str) -> list[str]:
    """Returns the lines of an output with numbers and ids as `#` and single blanks."""
    lines = (" ".join(_MASKED.sub("#", line).split()) for line in text.splitlines())
    return [re.sub("-{2,}", "--", line) for line in lines if line]


def missing_line(expected: str, printed: str) -> str | None:
    """Returns the first line of `expected` that is not printed where it should be, if one is.

    Lines are compared in order, as `masked` has them; a line of `…` stands for any others.
    """
    rest = masked(printed)
    for line in masked(expected):
        if line == "…":
            continue
        if line not in rest:
            return line
        rest = rest[rest.index(line) + 1 :]
    return None
