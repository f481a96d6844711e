"""The command line, `foretap-models COMMAND`. Exit code 2 says why on stderr."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from foretap_models.errors import ModelsError
from foretap_models.progress import on_stderr


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
    except (ModelsError, OSError) as error:
        on_stderr(f"foretap-models: {error}")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    """The arguments of all commands."""
    # Not above: a worker process imports the program's main module again, and needs none of what commands import.
    from foretap_models.commands import COMMANDS

    parser = argparse.ArgumentParser(prog="foretap-models", description="The network that re-ranks Foretap's shortlist")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
