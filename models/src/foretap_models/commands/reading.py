"""What commands that read uploads share: who reads and why, and that it is in the audit log before a row is read."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from foretap_models.commands.arguments import add_registry, add_signature, place, signature
from foretap_models.data.uploads.lake import Reading
from foretap_models.provenance import LEAST_PHONES
from foretap_models.registry.registry import Registry, check_signed


def add_reading(command: argparse._ActionsContainer) -> None:
    """Adds `--least-phones`, who reads and why, and where that is recorded."""
    command.add_argument(
        "--least-phones",
        type=_phones,
        default=LEAST_PHONES,
        metavar="K",
        help="a value counts that so many phones at least are sure to have shown; a lower one than the default is told",
    )
    add_registry(command)
    add_signature(command)


def noting(chosen: argparse.Namespace) -> Callable[[Reading], None]:
    """Writes a reading into the audit log; begins the registry where there is none.

    Raises:
        UnsignedDecisionError: nobody says who reads, or why; at once, before the lake is looked at.
    """
    signed = signature(chosen)
    check_signed(signed)

    def note(reading: Reading) -> None:
        with Registry.open(place(chosen), create=True) as registry:
            facts = {**reading.facts(), "least_phones": chosen.least_phones}
            registry.note_reading(reading.subject, signed, facts)

    return note


def _phones(text: str) -> int:
    """A number of phones, 1 or more."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least one phone")
    return value
