"""`tfbs leaderboard`: one module per group of verbs."""

from __future__ import annotations

import click

from tfbs.leaderboards.cli.ranking import rank
from tfbs.leaderboards.cli.submitting import mock, submit, template
from tfbs.leaderboards.cli.verifying import pull_request, rescore, validate, verify


@click.group()
def leaderboard() -> None:
    """Submissions: pack, check, verify, score them again, rank them.

    Predictions are the submission: the host computes every number from them, and from the
    weights. Nothing in a submission is ever executed. The layout is in leaderboards/README.md.
    """


for _verb in (submit, template, validate, verify, rescore, mock, pull_request, rank):
    leaderboard.add_command(_verb)
