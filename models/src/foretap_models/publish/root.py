"""What a root says: whose keys count. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from foretap_models.errors import RepositoryError, SigningKeyError
from foretap_models.publish.keys import key_id, short
from foretap_models.publish.release import DAY_S
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP, Message, SignedFile

ROLES = (ROOT, RELEASE, TIMESTAMP)
"""Whose keys a root names."""

ROOTS_A_RUN = 64
"""As many roots a phone takes in at once; then it goes on in its next run."""


@dataclass(frozen=True)
class Changes:
    """What the next root has other than the one before.

    Attributes:
        added: public halves of keys, by role.
        removed: the same.
        thresholds: how many must sign, by role.
        floor: the lowest version of a release that is believed.
    """

    added: Mapping[str, Sequence[str]] = field(default_factory=dict)
    removed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    thresholds: Mapping[str, int] = field(default_factory=dict)
    floor: int | None = None


def first(product: str, keys: Mapping[str, tuple[Sequence[str], int]], now_s: int, days: int) -> dict[str, Any]:
    """The first root of a product.

    Args:
        product: which one.
        keys: of each role: public halves, and how many must sign.
        now_s: seconds since 1970.
        days: how long it counts.
    """
    named = {role: {"keys": list(keys[role][0]), "threshold": keys[role][1]} for role in ROLES}
    return {"product": product, "version": 1, "expires_s": now_s + days * DAY_S, **named, "floor": 1}


def after(root: Message, changes: Changes, now_s: int, days: int) -> dict[str, Any]:
    """The root after this one.

    Raises:
        SigningKeyError: a key to remove is not there, or one to add is.
        RepositoryError: the floor would fall.
    """
    message = {**root, "version": root["version"] + 1, "expires_s": now_s + days * DAY_S}
    for role in ROLES:
        keys = list(root[role]["keys"])
        for key in changes.removed.get(role, ()):
            if key not in keys:
                raise SigningKeyError(f"{short(key)} is none of the {role} keys of root {root['version']}")
            keys.remove(key)
        for key in changes.added.get(role, ()):
            if key in keys:
                raise SigningKeyError(f"{short(key)} is one of the {role} keys already")
            keys.append(key)
        message[role] = {"keys": keys, "threshold": changes.thresholds.get(role, root[role]["threshold"])}
    if changes.floor is not None:
        if changes.floor < root["floor"]:
            raise RepositoryError(f"the floor never falls; it is {root['floor']}")
        message["floor"] = changes.floor
    return message


def chain(roots: Sequence[SignedFile]) -> list[str]:
    """Which phones can follow, in words.

    Args:
        roots: all of them, from the first on.

    Raises:
        RepositoryError: one is not signed by the one before it, where no phone could go on.
    """
    for old, new in itertools.pairwise(roots):
        for of in (old, new):
            found, least = signed(of.message[ROOT]["keys"], new.signed_by), of.message[ROOT]["threshold"]
            if found < least:
                raise RepositoryError(
                    f"root {new.version} has {found} of {least} signatures of root {of.version}'s keys"
                )
    newest = roots[-1].version
    lines = [f"phones that trust any root from 1 to {newest} follow: each root is signed by the keys of the one before"]
    if newest > ROOTS_A_RUN:
        lines.append(
            f"those with a root before {newest - ROOTS_A_RUN} need more than one run: {ROOTS_A_RUN} roots each"
        )
    return lines


def names(message: Message, public: str) -> bool:
    """Whether a root names a key, whatever for."""
    return any(public in message[role]["keys"] for role in ROLES)


def signed(keys: Sequence[str], ids: Sequence[str]) -> int:
    """How many keys are among those that signed something, by their ids."""
    return sum(key_id(key) in ids for key in keys)


def summary(message: Message) -> list[str]:
    """A root in words, for who is to sign it."""
    until = datetime.fromtimestamp(message["expires_s"], UTC).date().isoformat()
    lines = [f"root {message['version']} of {message['product']}, until {until}; releases from {message['floor']} on"]
    lines += [
        f"{role} keys, {message[role]['threshold']} must sign: {', '.join(map(short, message[role]['keys']))}"
        for role in ROLES
    ]
    return lines
