"""The `tfbs` program: verbs are looked up when asked for, so that `--help` is fast."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import traceback

import click

from tfbs import __version__
from tfbs.errors import UserError, nearest
from tfbs.faults import fault_of
from tfbs.quiet_import import quiet_tensorflow

VERBS = {
    "list": ("tfbs.benchmark.cli.list:list_", "What there is: tasks, architectures, regimes…"),
    "architectures": (
        "tfbs.benchmark.cli.architectures:architectures",
        "Show a network's layers and paper, or write the page of all.",
    ),
    "data": ("tfbs.datasets.cli:data", "Prepare a task, or show what is in it."),
    "run": ("tfbs.benchmark.cli.run:run", "Train, evaluate and record one run."),
    "suite": ("tfbs.benchmark.cli.suite:suite", "Run a whole matrix; finished runs are kept."),
    "sweep": (
        "tfbs.benchmark.cli.sweep:sweep",
        "Search settings on validation; goes on when called again.",
    ),
    "dream": ("tfbs.benchmark.cli.dream:dream", "Score and write ENCODE-DREAM submissions."),
    "explain": ("tfbs.benchmark.cli.explain:explain", "Attribution maps and logos of a run."),
    "gia": ("tfbs.benchmark.cli.gia:gia", "What motifs do to a run's output, by experiments."),
    "modisco": ("tfbs.benchmark.cli.modisco:modisco", "Patterns in a run's attributions."),
    "filters": ("tfbs.benchmark.cli.filters:filters", "What a run's filters respond to."),
    "compare": (
        "tfbs.benchmark.cli.compare:compare_command",
        "Which of several recipes is better, with statistics.",
    ),
    "leaderboard": (
        "tfbs.leaderboards.cli:leaderboard",
        "Submit runs, verify what others submit, rank it, show the boards.",
    ),
    "report": ("tfbs.benchmark.cli.report:report", "Write the HTML page of a run or a suite."),
}


class _Verbs(click.Group):
    """Imports a verb's module only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module, _, attribute = VERBS[name][0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in VERBS and not args[0].startswith("-"):
            raise UserError(f"no verb is called {args[0]!r}{nearest(args[0], VERBS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="tfbs")
@click.option("--debug", is_flag=True, envvar="TFBS_DEBUG", help="Show tracebacks.")
def tfbs(debug: bool) -> None:
    """Benchmark networks for transcription-factor binding on four axes.

    Prediction, interpretability, robustness and cost of task x architecture x regime x seed.
    The main job: tfbs suite quickstart
    """


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns the exit status.

    Returns:
        0 when done, 1 when something of ours failed, 2 for the user's input.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    words = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in words or bool(os.environ.get("TFBS_DEBUG"))
    if not debug:
        quiet_tensorflow()
    try:
        status = tfbs.main(args=words, prog_name="tfbs", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except UserError as error:
        _say(error, "error", debug)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted: call again to go on", err=True)
        return 1
    except Exception as error:
        if (fault := fault_of(error)) is not None:
            _say(error, "error", debug, fault)
            return 2
        _say(error, f"failed: {type(error).__name__}", debug)
        return 1
    return status if isinstance(status, int) else 0


def _say(error: Exception, kind: str, debug: bool, told: str = "") -> None:
    if debug:
        traceback.print_exception(error)
    line = " ".join((told or str(error)).split())
    click.echo(
        f"{kind}: {line}" + ("" if debug or kind == "error" else " (--debug shows more)"), err=True
    )


if __name__ == "__main__":
    sys.exit(main())
