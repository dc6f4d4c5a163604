"""The command line: commands by name, errors told once, exit codes that mean one thing each."""

from __future__ import annotations

import os
import sys

import click

from qualitygate.cli.lazy import Commands
from qualitygate.model.errors import GateError

COMMANDS = {
    "check": "Collect, compare with the base, judge and report.",
    "collect": "Show what the reports of this commit say, or write it to a file.",
    "merge": "Unite what parallel jobs collected.",
    "baseline": "Save, build, show, list and prune baselines.",
    "rules": "Check and explain rules.yaml, try it on history.",
    "sonarqube": "Read a SonarQube server, and analyse merge requests on every edition.",
    "verify": "Tell whether a verdict lets a commit through.",
    "image": "Build and push a component's image behind a green verdict.",
    "manifests": "Check Kubernetes manifests for updates without interruption.",
    "deploy": "Apply manifests, and return to the last good ones if that fails.",
    "monorepo": "Write the child pipeline of the modules that a change touches.",
    "history": "Show the rhythm of images, and what the gate costs and stops.",
    "report": "Write a saved verdict in other forms.",
    "init": "Write a first rules.yaml from what is in the repository.",
    "doctor": "Check that all is there that a verdict needs.",
}


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # noqa: PLC0415 - 30 ms that only --version pays

        click.echo(f"qualitygate {version('qualitygate')}")
        ctx.exit()


@click.command(
    cls=Commands, package="qualitygate.cli", table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and exit."
)
def main() -> None:
    """Tell whether a change made anything worse.

    `qualitygate check` works with no arguments in a repository. Exit codes: 0 pass, 1 worse, 2 rules or usage wrong,
    3 could not measure, 4 a fault of qualitygate itself.
    """


def run() -> None:
    """Run the command line and end the process with the exit code; the only place that prints errors."""
    sys.exit(_status())


def _status() -> int:
    try:
        result = main.main(standalone_mode=False)
    except click.exceptions.Exit as ending:
        return ending.exit_code
    except click.UsageError as error:
        error.show()
        return 2
    except GateError as error:
        show_error(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; nothing was saved", err=True)
        return 130
    except BrokenPipeError:
        # The reader has gone (`| head`); what it did not read is not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {where}{error.strerror or error}", err=True)
        click.echo("hint: check that the path exists, may be written to, and that the disk has room", err=True)
        return 3
    except Exception as error:  # noqa: BLE001 - the last net: our own bugs get their own exit code
        return _our_fault(error)
    return result if isinstance(result, int) else 0


def show_error(error: GateError) -> None:
    """Tell an error on standard error: what, where, one remedy, and the page that explains it."""
    where = f"{error.where}: " if error.where else ""
    text = f"error: {where}{error.what}\nhint: {error.remedy}\n  see docs/errors.md#{error.slug}"
    click.echo(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), err=True)


def _our_fault(error: Exception) -> int:
    import traceback  # noqa: PLC0415 - only for our own bugs

    if os.environ.get("QUALITYGATE_DEBUG"):
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    click.echo(f"error: qualitygate itself failed: {type(error).__name__}: {error}", err=True)
    click.echo(f"  at {place.filename.rpartition('/qualitygate/')[2]}:{place.lineno}", err=True)
    click.echo("hint: report it with these lines; QUALITYGATE_DEBUG=1 shows the whole trace", err=True)
    return 4
