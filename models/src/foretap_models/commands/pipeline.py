"""`foretap-models pipeline`: prepare to card as one, when asked or when it is due."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from foretap_models.commands.arguments import Commands, add_request, add_workdir, request, show
from foretap_models.errors import BusyError, WorkdirError
from foretap_models.lock import alone
from foretap_models.pipeline import report
from foretap_models.pipeline.dag import LOCK, Clock
from foretap_models.pipeline.journal import Journal
from foretap_models.progress import on_stderr
from foretap_models.registry.registry import system_clock

if TYPE_CHECKING:
    from foretap_models.pipeline.pipeline import Pipeline

CLOCK = Clock(system_clock, time.sleep)
"""The system's."""


def add(commands: Commands) -> None:
    """Declares the command and its subcommands."""
    command = commands.add_parser("pipeline", help="prepare to card as one, when asked or when it is due")
    subcommands = command.add_subparsers(required=True, metavar="WHAT")
    run = subcommands.add_parser("run", help="run what has changed, up to a Pending version")
    _add_asked(run)
    run.add_argument("--if-due", action="store_true", help="only if a trigger says so")
    run.add_argument("--watch", type=float, metavar="SECONDS", help="look again after so many seconds, for ever")
    run.set_defaults(run=_run)
    due = subcommands.add_parser("due", help="whether schedule, new data or a drift alert ask for a run")
    _add_asked(due)
    due.set_defaults(run=_due)
    status = subcommands.add_parser("status", help="how far the last run is")
    add_workdir(status)
    status.set_defaults(run=_status)


def once(chosen: argparse.Namespace) -> None:
    """Runs it now; the version and its state on stdout."""
    version = _pipeline(chosen).run(chosen.reason or "asked for")
    show(f"{version}: registered; report {chosen.workdir / 'run.md'}")


def _add_asked(command: argparse.ArgumentParser) -> None:
    add_workdir(command)
    add_request(command)
    command.add_argument("--drift", type=Path, help="a monitor's drift alert, JSON")


def _pipeline(chosen: argparse.Namespace) -> Pipeline:
    from foretap_models.pipeline.pipeline import Pipeline  # here, because it takes seconds

    return Pipeline(request(chosen), chosen.workdir, getattr(chosen, "drift", None), CLOCK, on_stderr)


def _run(chosen: argparse.Namespace) -> None:
    if chosen.watch is not None:
        _pipeline(chosen).watch(chosen.watch, lambda: True)
    elif not chosen.if_due:
        once(chosen)
    elif found := _pipeline(chosen).due():
        chosen.reason = chosen.reason or "; ".join(found)
        once(chosen)
    else:
        show("not due")


def _due(chosen: argparse.Namespace) -> None:
    show("\n".join(_pipeline(chosen).due()) or "not due")


def _status(chosen: argparse.Namespace) -> None:
    journal = Journal.read(chosen.workdir)
    if journal is None:
        raise WorkdirError(f"{chosen.workdir}: the pipeline never ran here")
    try:
        with alone(chosen.workdir / LOCK, patience_s=0.0):
            is_running = False
    except BusyError:
        is_running = True
    show(report.table(journal, is_running=is_running))
