"""`foretap-models registry`: what is registered, and the decisions about it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from foretap_models.commands.arguments import Commands, add_config, add_registry, add_signature, place, show, signature
from foretap_models.config import Config
from foretap_models.registry import table
from foretap_models.registry.registry import Registry
from foretap_models.registry.state import Stage

Work = Callable[[Registry, argparse.Namespace], str]
"""What a subcommand does with an opened registry; returns what is shown."""


def add(commands: Commands) -> None:
    """Declares the command and its subcommands."""
    command = commands.add_parser("registry", help="versions, approval, stages and the audit log")
    subcommands = command.add_subparsers(required=True, metavar="WHAT")
    _add(subcommands, "list", "all versions", lambda r, _: table.versions(r))
    _version(_add(subcommands, "show", "everything about a version", lambda r, c: table.version(r, c.version)))
    _decision(_version(_add(subcommands, "approve", "Pending -> Approved", _approve)), gated=True)
    _decision(_version(_add(subcommands, "reject", "Pending, or Approved in no stage -> Rejected", _reject)))
    promote = _version(_add(subcommands, "promote", "Approved -> staging -> production", _promote))
    promote.add_argument("--to", type=Stage, choices=list(Stage), required=True)
    _decision(promote, gated=True)
    _decision(_version(_add(subcommands, "demote", "out of its stage", _demote)))
    _decision(_add(subcommands, "rollback", "production goes to what was there before", _rollback))
    audit = _add(subcommands, "audit", "every decision, in order", _audit)
    audit.add_argument("--verify", action="store_true", help="say only whether all records are as they were written")
    verify = _add(subcommands, "verify", "check the audit log, MLflow against it, and all files", _verify)
    verify.add_argument("--restore", action="store_true", help="set MLflow to what was decided first")


def _add(subcommands: Commands, name: str, about: str, work: Work) -> argparse.ArgumentParser:
    """Declares a subcommand."""
    command = subcommands.add_parser(name, help=about)
    add_registry(command)

    def run(chosen: argparse.Namespace) -> None:
        with Registry.open(place(chosen)) as registry:
            show(work(registry, chosen))

    command.set_defaults(run=run)
    return command


def _version(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """It is about a version."""
    command.add_argument("version", help="as `registry list` names it")
    return command


def _decision(command: argparse.ArgumentParser, *, gated: bool = False) -> None:
    """It is a decision, and the configuration may say what the evaluation has to show."""
    add_signature(command)
    if gated:
        add_config(command)


def _approve(registry: Registry, chosen: argparse.Namespace) -> str:
    registry.approve(chosen.version, signature(chosen), Config.read(chosen.config).gates)
    return f"{chosen.version}: Approved"


def _reject(registry: Registry, chosen: argparse.Namespace) -> str:
    registry.reject(chosen.version, signature(chosen))
    return f"{chosen.version}: Rejected"


def _promote(registry: Registry, chosen: argparse.Namespace) -> str:
    before = registry.state().view(chosen.version)[chosen.to] or "empty"
    registry.promote(chosen.version, chosen.to, signature(chosen), Config.read(chosen.config).gates)
    return f"{chosen.to}: {before} -> {chosen.version}"


def _demote(registry: Registry, chosen: argparse.Namespace) -> str:
    registry.demote(chosen.version, signature(chosen))
    return f"{chosen.version}: in no stage"


def _rollback(registry: Registry, chosen: argparse.Namespace) -> str:
    before = registry.state().production or "empty"
    return f"production: {before} -> {registry.rollback(signature(chosen))}"


def _audit(registry: Registry, chosen: argparse.Namespace) -> str:
    records = registry.records()
    return f"{len(records)} records, all as they were written" if chosen.verify else table.decisions(records)


def _verify(registry: Registry, chosen: argparse.Namespace) -> str:
    if chosen.restore:
        registry.restore()
    return "\n".join(registry.verify())
