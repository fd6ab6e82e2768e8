"""Every command that the docs show is one that the program knows, with options that it has."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from tests.docs.blocks import Block, commands, read_blocks

from tfbs.__main__ import VERBS, tfbs

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted([
    REPOSITORY / "README.md",
    REPOSITORY / "leaderboards" / "README.md",
    *(REPOSITORY / "docs").rglob("*.md"),
    *(REPOSITORY / "datasets").glob("*/README.md"),
])  # fmt: skip


def check(words: list[str]) -> None:
    """Parses the words of a command without their values; raises where a name is unknown."""
    command, context = tfbs, click.Context(tfbs, info_name="tfbs")
    while isinstance(command, click.Group):
        assert words and command.get_command(context, words[0]), f"no verb {words[:1]}"
        command, words = command.get_command(context, words[0]), words[1:]
        context = click.Context(command, parent=context, info_name=command.name)
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_command_of_a_page_is_known(page):
    for block in read_blocks(page):
        if block.language == "bash":
            for words in commands(block):
                try:
                    check(words)
                except (click.UsageError, AssertionError) as error:
                    pytest.fail(f"{page.name}:{block.line}: tfbs {' '.join(words)}: {error}")


def test_the_readme_shows_every_verb():
    shown = {words[0] for block in read_blocks(REPOSITORY / "README.md")
             for words in commands(block) if words}  # fmt: skip
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert {verb for verb in VERBS if verb not in shown and f"`tfbs {verb}" not in text} == set()


@pytest.mark.parametrize(
    "line", ["tfbs rnu --task a", "tfbs run --tsak a", "tfbs data biuld sequences --name a"]
)
def test_a_wrong_command_would_be_seen(line):
    (words,) = commands(Block("bash", line + " \\\n  --seed 1 # why\n", 1))
    assert "--seed" in words and "why" not in words
    with pytest.raises((click.UsageError, AssertionError)):
        check(words)
