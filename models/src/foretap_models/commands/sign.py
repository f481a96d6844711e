"""`foretap-models sign`: a signature for what someone else proposes to publish."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models import foretap
from foretap_models.commands.arguments import Commands
from foretap_models.commands.publishing import KEY, loaded, show_lines
from foretap_models.errors import SigningKeyError
from foretap_models.publish.disk import Disk
from foretap_models.publish.keys import short
from foretap_models.publish.proposal import Proposal
from foretap_models.publish.signed_files import SignedFiles


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("sign", help="sign what `--unsigned` wrote, which is to approve it")
    command.add_argument("file", type=Path, help="what is to be signed; the signature is added to it")
    command.add_argument("--key", action="append", default=[], metavar="URI", help=f"signs; none: only shows it: {KEY}")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Proposal -> the same with one signature more; what it says on stdout."""
    proposal = Proposal.read(chosen.file.read_bytes(), SignedFiles(foretap.find()))
    for key in loaded(chosen.key):
        if not proposal.sign(key):
            raise SigningKeyError(f"key {short(key.public)} may sign nothing of this")
    if chosen.key:
        Disk().replace(chosen.file, proposal.written())
    show_lines(proposal.summary())
