"""`tfbs leaderboard`: one module per group of verbs."""

from __future__ import annotations

import click

from tfbs.leaderboards.cli.ranking import floors, rank
from tfbs.leaderboards.cli.site import render, serve
from tfbs.leaderboards.cli.submitting import mock, submit, template
from tfbs.leaderboards.cli.verifying import pull_request, rescore, validate, verify


@click.group()
def leaderboard() -> None:
    """Submissions: pack, check, verify, score them again, rank and show them.

    Predictions are the submission: the host computes every number from them, and from the
    weights. Nothing in a submission is ever executed. The layout is in leaderboards/README.md.
    """


_VERBS = (
    submit, template, validate, verify, rescore, mock, pull_request, rank, floors, render, serve,
)  # fmt: skip
for _verb in _VERBS:
    leaderboard.add_command(_verb)
