"""What the next release says: models with the ways to them, what is revoked, and who is to have which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foretap_models.errors import NotApprovedError, RepositoryError
from foretap_models.publish import rollout
from foretap_models.publish.repository import BUNDLE, DELTA, Repository
from foretap_models.publish.signed_files import FORMAT_AT, Message, SignedFile, SignedFiles, sha256

DAY_S = 86_400

NEWEST_BASES = 4
"""Of how many bundles of earlier releases deltas start, where nobody says otherwise."""

MOST_DELTAS = 16
"""As many ways to one model a release may name."""


@dataclass(frozen=True)
class Content:
    """Files that a release names.

    Attributes:
        bundles: by their sums.
        deltas: by their sums.
    """

    bundles: dict[str, bytes] = field(default_factory=dict)
    deltas: dict[str, bytes] = field(default_factory=dict)

    def store(self, repository: Repository) -> None:
        """Puts those where they are fetched from that are not there yet."""
        for kind, files in ((BUNDLE, self.bundles), (DELTA, self.deltas)):
            for name, content in files.items():
                repository.add(kind, name, content)


def entry(
    files: SignedFiles, name: str, bundle: bytes, bases: Sequence[bytes], answer_us: int, content: Content
) -> dict[str, Any]:
    """A model of a release; its bundle and deltas are added to `content`.

    Args:
        files: what makes deltas.
        name: as a table shows it.
        bundle: the model's file.
        bases: the bundles that deltas start from, the newest first.
        answer_us: the most microseconds that its median answer may take; 0: no limit of its own.
        content: what the release names.
    """
    ways = []
    for base in bases:
        made = files.delta(base, bundle)
        # Whoever has the base would fetch more than the bundle: it is no way, and no reader takes it.
        if len(made) >= len(bundle):
            continue
        content.deltas[sha256(made)] = made
        ways.append({"from": sha256(base), "sha256": sha256(made), "bytes": len(made)})
    content.bundles[sha256(bundle)] = bundle
    return {
        "name": name,
        "sha256": sha256(bundle),
        "bytes": len(bundle),
        "feature_schema": files.feature_schema(bundle),
        "format": bundle[FORMAT_AT],
        "answer_us": answer_us,
        "deltas": ways,
    }


def bases(
    repository: Repository, earlier: Sequence[SignedFile], bundle: bytes, newest: int, shipped: Sequence[bytes]
) -> list[bytes]:
    """What deltas to a bundle start from: the newest bundles of earlier releases, then those that libraries ship.

    Args:
        repository: has the bundles.
        earlier: releases, the newest first.
        bundle: the one to get to.
        newest: how many of earlier ones.
        shipped: what libraries ship.

    Raises:
        RepositoryError: one is another file, or there are more than a release can name.
    """
    own = sha256(bundle)
    sums = dict.fromkeys(m["sha256"] for r in earlier for m in r.message["models"])
    # Bundles of releases that count no longer may have been cleared away.
    kept = [one for one in sums if one != own and (repository.folder / BUNDLE / one).is_file()]
    found = {base: repository.bundle(base) for base in kept[:newest]}
    found |= {sha256(base): base for base in shipped if sha256(base) not in (own, *found)}
    if len(found) > MOST_DELTAS:
        raise RepositoryError(f"deltas from {len(found)} bundles; a release names {MOST_DELTAS} for a model at most")
    return list(found.values())


def following(
    before: SignedFile | None,
    root: Message,
    channel: str,
    version: int,
    times: tuple[int, int],
    changes: Mapping[str, Any],
) -> dict[str, Any]:
    """The message of a release: what the one before says, but for its number, its times and some changes.

    Raises:
        NotApprovedError: an arm is to have a model that is revoked.
    """
    says = {"models": [], "revoked": [], **(before.message if before else {}), **changes}
    asked = rollout.models(says["rollout"])
    for model in says["models"]:
        if model["sha256"] in asked and model["sha256"] in says["revoked"]:
            raise NotApprovedError(f"{model['name']} is revoked; a bundle that was is never published again")
    issued_s, days = times
    return {
        "product": root["product"],
        "channel": channel,
        "version": version,
        "issued_s": issued_s,
        "expires_s": issued_s + days * DAY_S,
        "models": [model for model in says["models"] if model["sha256"] in asked],
        "revoked": list(says["revoked"]),
        "rollout": says["rollout"],
    }


def names(releases: Sequence[SignedFile]) -> dict[str, str]:
    """What models were called, by their sums; the newest release's word counts."""
    return {m["sha256"]: m["name"] for r in reversed(releases) for m in r.message["models"]}


def summary(message: Message) -> list[str]:
    """A release in words, for who is to sign it."""
    called = {model["sha256"]: model["name"] for model in message["models"]}
    lines = [f"release {message['version']} of {message['product']}, channel {message['channel']}"]
    lines += [
        f"model {m['name']}: bundle {m['sha256']}, {m['bytes']} bytes, {len(m['deltas'])} deltas"
        for m in message["models"]
    ]
    lines += rollout.table(message["rollout"], lambda one: called.get(one, one[:12]))
    stop = message["rollout"]["stop"]
    lost = stop["most_lost"] / 100
    lines.append(f"given back when {lost:g} % fewer answers hit, after {stop['least_answers']} answers")
    lines += [f"revoked: {one}" for one in message["revoked"]]
    return lines
