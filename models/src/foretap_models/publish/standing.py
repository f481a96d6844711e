"""What phones are served now, and the timestamp that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from foretap_models.errors import RepositoryError, SigningKeyError, ThresholdError
from foretap_models.publish.keys import SigningKey, short
from foretap_models.publish.proposal import Paper, Signers
from foretap_models.publish.release import DAY_S
from foretap_models.publish.repository import Repository
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP, Message, SignedFile, sha256

Clock = Callable[[], int]
"""Seconds since 1970."""


SOON_DAYS = 30
"""So many days before a root ends its owners are reminded: they have to meet to make another one."""


@dataclass(frozen=True)
class Standing:
    """What phones are served now.

    Attributes:
        root: the newest.
        timestamp: which release counts; `None` before the first.
        release: that release.
    """

    root: SignedFile
    timestamp: SignedFile | None
    release: SignedFile | None

    @property
    def sums(self) -> tuple[str | None, str | None]:
        """Of root and release: what a proposal follows on."""
        return self.root.sha256, self.release.sha256 if self.release else None


def standing(repository: Repository) -> Standing:
    """What phones are served now.

    Raises:
        RepositoryError: there is no repository, or a file of it is missing or another one.
    """
    return Standing(repository.root(), repository.timestamp(), repository.release())


def checked_now(now_s: int, standing: Standing | None) -> int:
    """The time that files are signed at.

    Raises:
        RepositoryError: the clock stands before the newest signature.
    """
    signed = [] if standing is None else [f.message["issued_s"] for f in (standing.timestamp, standing.release) if f]
    if now_s < max(signed, default=now_s):
        raise RepositoryError(
            "the clock of this machine stands before the newest signature; phones would go by the later"
        )
    return now_s


def timestamp_paper(
    repository: Repository,
    version: int,
    named: tuple[Message, bytes],
    root: Message,
    times: tuple[int, int],
    *,
    old: Message | None = None,
) -> Paper:
    """A timestamp to be signed.

    Args:
        repository: encodes it.
        version: its own.
        named: the release that it names: what that says, and its file.
        root: whose keys sign.
        times: when it is signed, seconds since 1970, and for how many days it counts.
        old: the root before, where both are to be satisfied for a while.

    Raises:
        RepositoryError: release or root have expired: no phone would take it.
    """
    (release, file), (issued_s, days) = named, times
    for title, expires_s in (
        (f"release {release['version']}", release["expires_s"]),
        (f"root {root['version']}", root["expires_s"]),
    ):
        if expires_s <= issued_s:
            remedy = "`rotate-root` makes another" if title.startswith(ROOT) else "`rollout` signs it anew"
            raise RepositoryError(f"{title} has expired; {remedy}")
    message = {
        "product": release["product"],
        "channel": release["channel"],
        "version": version,
        "issued_s": issued_s,
        "expires_s": issued_s + days * DAY_S,
        "release_version": release["version"],
        "release_sha256": sha256(file),
        "release_bytes": len(file),
    }
    welcome = (Signers.of(old, TIMESTAMP),) if old and old["version"] != root["version"] else ()
    return Paper(
        TIMESTAMP, message, repository.files.encode(TIMESTAMP, message), (Signers.of(root, TIMESTAMP),), welcome
    )


def renew(
    repository: Repository, keys: Sequence[SigningKey], clock: Clock, days: int, root: bytes | None = None
) -> str:
    """Signs anew that the release of now counts; returns what was done.

    There is no audit log to go by: the release has to be signed by the keys of the root. Otherwise the highest version
    there is could be named, and no later release would be believed.

    Args:
        repository: what is served.
        keys: those that sign.
        clock: when.
        days: for how many it counts.
        root: what the newest root has to be, where its owner keeps a copy elsewhere.

    Raises:
        RepositoryError: there is no release, it has expired, too few keys signed it, or the root is another one.
        ForetapError: a signature of the release is wrong.
        SigningKeyError: a key is none of those that sign timestamps.
        ThresholdError: not enough of them signed.
    """
    found = standing(repository)
    if found.timestamp is None or found.release is None:
        raise RepositoryError("there is no release yet; `foretap-models publish` makes the first")
    if root is not None and root != found.root.content:
        raise RepositoryError(f"root {found.root.version} is not the one to go by")
    now_s, release = checked_now(clock(), found), found.release
    repository.files.check(release, RELEASE, found.root.message[RELEASE])
    named, version = (release.message, release.content), found.timestamp.version + 1
    paper = timestamp_paper(repository, version, named, found.root.message, (now_s, days))
    if idle := [short(key.public) for key in keys if not paper.sign(key)]:
        raise SigningKeyError(f"key {', '.join(idle)} is none of the timestamp keys of root {found.root.version}")
    if missing := paper.missing():
        raise ThresholdError("; ".join(missing))
    repository.replace_timestamp(repository.files.seal(paper.to_sign, paper.signatures))
    said = f"timestamp {version} names release {release.version} for {days} days"
    return "; ".join([said, *ends(found.root.message, now_s, always=False), *ends(release.message, now_s, always=True)])


def ends(message: Message, now_s: int, *, always: bool) -> list[str]:
    """That a root or a release ends soon, in words; `always` says also that it does not."""
    left = (message["expires_s"] - now_s) // DAY_S
    if not always and left >= SOON_DAYS:
        return []
    title = RELEASE if "channel" in message else ROOT
    return [f"{title} {message['version']} counts for {left} more days"]
