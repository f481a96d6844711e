"""The same repository twice, for tests: in the format that phones read, and as metadata of The Update Framework.

A world is told what an attacker does in words that mean the same in both: there, a release is a snapshot with its
targets, and a bundle a target. It has one client, which begins with root 1.
"""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import published
from phone import Phone
from published import DAY_S, NOW_S
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadError, DownloadHTTPError, RepositoryError
from tuf.api.metadata import Key, Metadata, MetaFile, Role, Root, Signature, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import CanonicalJSONSerializer
from tuf.ngclient import FetcherInterface, Updater

from foretap_models import foretap
from foretap_models.publish.keys import key_id
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP, Message, SignedFiles

ROOT_KEYS = ("root-1", "root-2", "root-3")
RELEASE_KEYS = ("release-1", "release-2", "release-3")
TIMESTAMP_KEYS = ("time-1",)
"""Of root 1: two of the root keys must sign, two of the release keys, and the one of timestamps."""

FORGED = "!"
"""Stands behind the name of a key of whose signature 64 bytes are there, and not the right ones."""


@cache
def signer(name: str) -> CryptoSigner:
    """A key; the same name is the same key."""
    made = CryptoSigner.generate_ed25519()
    made.public_key.keyid = key_id(made.public_key.keyval["public"])
    return made


def public(name: str) -> str:
    """Its public half."""
    return str(signer(name).public_key.keyval["public"])


def signatures(content: bytes, names: Sequence[str]) -> list[tuple[str, str]]:
    """Of each key, as often as it is named: its public half and what stands for its signature."""
    return [
        (public(name.strip(FORGED)), "5a" * 64 if name.endswith(FORGED) else signer(name).sign(content).signature)
        for name in names
    ]


@dataclass(frozen=True)
class Keys:
    """Whose keys a root names; the thresholds as those of root 1."""

    root: Sequence[str] = ROOT_KEYS
    release: Sequence[str] = RELEASE_KEYS
    timestamp: Sequence[str] = TIMESTAMP_KEYS
    root_threshold: int = 2


@dataclass
class Named:
    """A release that was made: its version and its file."""

    version: int
    content: bytes


@dataclass
class World(ABC):
    """A repository and a client.

    Attributes:
        folder: where the client keeps what it trusts.
        files: what is served, by path.
        first_root: what the client begins with.
    """

    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)
    first_root: bytes = b""

    def begin(self) -> None:
        """Root 1, release 1 and timestamp 1, which the client takes."""
        self.root(1, signers=("root-1", "root-2"))
        self.first_root = self.files[self.path(ROOT, 1)]
        self.publish(1)
        assert self.sync() == 1

    def publish(self, version: int, **changes: Any) -> Named:  # noqa: ANN401
        """A release, and a timestamp of the same version that names it."""
        named = self.release(version)
        self.timestamp(version, named, **changes)
        return named

    @abstractmethod
    def root(
        self,
        version: int,
        keys: Keys = Keys(),
        *,
        signers: Sequence[str] = ("root-1", "root-2"),
        expires_s: int = NOW_S + 365 * DAY_S,
        place: int | None = None,
        floor: int = 1,
    ) -> None:
        """Serves a root, at the place of another version where that is said."""

    @abstractmethod
    def release(
        self,
        version: int,
        *,
        signers: Sequence[str] = ("release-1", "release-2"),
        expires_s: int = NOW_S + 90 * DAY_S,
        text: str = "a",
        bundle: int | None = None,
        product: str = "launcher",
        channel: str = "stable",
    ) -> Named:
        """Serves a release; `text` is something in it that is of no other consequence."""

    @abstractmethod
    def timestamp(
        self,
        version: int,
        named: Named,
        *,
        signers: Sequence[str] = ("time-1",),
        expires_s: int = NOW_S + 7 * DAY_S,
        issued_s: int = NOW_S - 60,
        as_version: int | None = None,
        as_bytes: int | None = None,
        product: str = "launcher",
        channel: str = "stable",
    ) -> None:
        """Serves a timestamp, which may say something else of the release."""

    @abstractmethod
    def path(self, role: str, of: int | Named = 0) -> str:
        """Where a file is served."""

    @abstractmethod
    def bundle_path(self, number: int) -> str:
        """Where a bundle is served."""

    @abstractmethod
    def sync(self, at_s: int = NOW_S) -> int | None:
        """The client looks; returns the version of the release that it trusts then, `None` where it refused."""

    @abstractmethod
    def copy(self, folder: Path) -> World:
        """The same, to be attacked."""


class Ours(World):
    """In the format that phones read, encoded by `foretap`; framed here, since `foretap` seals nothing wrong."""

    def root(self, version: int, keys: Keys = Keys(), **how: Any) -> None:  # noqa: ANN401
        """Serves a root."""
        named = ((ROOT, keys.root, keys.root_threshold), (RELEASE, keys.release, 2), (TIMESTAMP, keys.timestamp, 1))
        message = {
            "product": "launcher",
            "version": version,
            "expires_s": how.get("expires_s", NOW_S + 365 * DAY_S),
            **{role: {"keys": [public(n) for n in names], "threshold": least} for role, names, least in named},
            "floor": how.get("floor", 1),
        }
        content = self._signed(ROOT, message, how.get("signers", ("root-1", "root-2")))
        self.files[f"root/{how.get('place', version)}"] = content

    def release(self, version: int, **how: Any) -> Named:  # noqa: ANN401
        """Serves a release."""
        number = how.get("bundle")
        models, arms = [], []
        if number is not None:
            bundle = published.bundle(number)
            sum_of_it = hashlib.sha256(bundle).hexdigest()
            self.files[self.bundle_path(number)] = bundle
            models.append({"name": "m", "sha256": sum_of_it, "bytes": len(bundle), **_facts()})
            arms.append({"name": "all", "first": 0, "share": 10_000, "model": sum_of_it})
        message = {
            "product": how.get("product", "launcher"),
            "channel": how.get("channel", "stable"),
            "version": version,
            "issued_s": NOW_S - 60,
            "expires_s": how.get("expires_s", NOW_S + 90 * DAY_S),
            "models": models,
            "revoked": [],
            "rollout": {
                "salt": hashlib.sha256(how.get("text", "a").encode()).hexdigest()[:32],
                "segments": [{"name": "", "arms": arms}],
                "stop": {"least_answers": 100, "most_lost": 300},
            },
        }
        if message["expires_s"] < message["issued_s"]:
            message["issued_s"] = message["expires_s"] - DAY_S
        named = Named(version, self._signed(RELEASE, message, how.get("signers", ("release-1", "release-2"))))
        self.files[self.path(RELEASE, named)] = named.content
        return named

    def timestamp(self, version: int, named: Named, **how: Any) -> None:  # noqa: ANN401
        """Serves a timestamp."""
        expires_s = how.get("expires_s", NOW_S + 7 * DAY_S)
        message = {
            "product": how.get("product", "launcher"),
            "channel": how.get("channel", "stable"),
            "version": version,
            "issued_s": min(how.get("issued_s", NOW_S - 60), expires_s),
            "expires_s": expires_s,
            "release_version": how.get("as_version") or named.version,
            "release_sha256": hashlib.sha256(named.content).hexdigest(),
            "release_bytes": how.get("as_bytes") or len(named.content),
        }
        self.files["timestamp"] = self._signed(TIMESTAMP, message, how.get("signers", ("time-1",)))

    def path(self, role: str, of: int | Named = 0) -> str:
        """Where a file is served."""
        if isinstance(of, Named):
            return f"release/{hashlib.sha256(of.content).hexdigest()}"
        return f"root/{of}" if role == ROOT else "timestamp"

    def bundle_path(self, number: int) -> str:
        """Where a bundle is served."""
        return f"bundle/{published.sum_of(number)}"

    def sync(self, at_s: int = NOW_S) -> int | None:
        """`foretap sync` looks."""
        served = self.folder / "served"
        shutil.rmtree(served, ignore_errors=True)
        for path, content in self.files.items():
            place = served / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if not (self.folder / "phone").exists():
            (self.folder / "first").write_bytes(self.first_root)
            Phone.new(self.folder / "phone", self.folder / "first")
        said = Phone(self.folder / "phone").sync(served, at_s)
        return None if said["outcome"] in ("refused", "unreachable") else said["release"]

    def copy(self, folder: Path) -> Ours:
        """The same, to be attacked."""
        shutil.copytree(self.folder, folder)
        return _replaced(self, folder)

    def _signed(self, role: str, message: Message, names: Sequence[str]) -> bytes:
        """A file with signatures, right or wrong."""
        to_sign = encoder().encode(role, message)
        return frame(to_sign, signatures(to_sign, names))


@cache
def encoder() -> SignedFiles:
    return SignedFiles(foretap.find())


@cache
def _facts() -> dict[str, Any]:
    """What a release says of every bundle of these tests."""
    schema = encoder().feature_schema(published.bundle(1))
    return {"feature_schema": schema, "format": 1, "answer_us": 0, "deltas": []}


def frame(to_sign: bytes, signed: Sequence[tuple[str, str]]) -> bytes:
    """The bytes that were signed, and signatures, put together as `foretap repository seal` does."""
    entries = b"".join(bytes.fromhex(key_id(key)) + bytes.fromhex(made) for key, made in signed)
    role, version, payload = to_sign[16:17], to_sign[17:18], to_sign[18:]
    return b"FORETAPSYNC" + role + version + bytes([len(signed)]) + entries + payload


class Tuf(World):
    """As metadata of The Update Framework, and its own client."""

    def root(self, version: int, keys: Keys = Keys(), **how: Any) -> None:  # noqa: ANN401
        """Serves a root."""
        named = {
            "root": (keys.root, keys.root_threshold),
            "snapshot": (keys.release, 2),
            "targets": (keys.release, 2),
            "timestamp": (keys.timestamp, 1),
        }
        every: dict[str, Key] = {key_id(public(n)): signer(n).public_key for names, _ in named.values() for n in names}
        roles = {role: Role([key_id(public(n)) for n in names], least) for role, (names, least) in named.items()}
        expires = _date(how.get("expires_s", NOW_S + 365 * DAY_S))
        made = Root(version=version, expires=expires, keys=every, roles=roles, consistent_snapshot=True)
        content = _written(Metadata(made), how.get("signers", ("root-1", "root-2")))
        self.files[self.path(ROOT, how.get("place", version))] = content

    def release(self, version: int, **how: Any) -> Named:  # noqa: ANN401
        """Serves a snapshot and its targets."""
        targets = {}
        number, signers = how.get("bundle"), how.get("signers", ("release-1", "release-2"))
        if number is not None:
            bundle = published.bundle(number)
            targets["model"] = TargetFile.from_data("model", bundle, ["sha256"])
            self.files[self.bundle_path(number)] = bundle
        expires = _date(how.get("expires_s", NOW_S + 90 * DAY_S))
        unknown = {"text": how.get("text", "a")}
        made = Targets(version=version, expires=expires, targets=targets, unrecognized_fields=unknown)
        content = _written(Metadata(made), signers)
        self.files[f"{version}.targets.json"] = content
        snapshot = Snapshot(version=version, expires=expires, meta={"targets.json": _meta(version, content)})
        snapshot.unrecognized_fields = unknown
        named = Named(version, _written(Metadata(snapshot), signers))
        self.files[self.path(RELEASE, named)] = named.content
        return named

    def timestamp(self, version: int, named: Named, **how: Any) -> None:  # noqa: ANN401
        """Serves a timestamp."""
        meta = _meta(how.get("as_version") or named.version, named.content)
        meta.length = how.get("as_bytes") or meta.length
        made = Timestamp(version=version, expires=_date(how.get("expires_s", NOW_S + 7 * DAY_S)), snapshot_meta=meta)
        self.files["timestamp.json"] = _written(Metadata(made), how.get("signers", ("time-1",)))

    def path(self, role: str, of: int | Named = 0) -> str:
        """Where a file is served."""
        if isinstance(of, Named):
            return f"{of.version}.snapshot.json"
        return f"{of}.root.json" if role == ROOT else "timestamp.json"

    def bundle_path(self, number: int) -> str:
        """Where a bundle is served."""
        return f"targets/{published.sum_of(number)}.model"

    def sync(self, at_s: int = NOW_S) -> int | None:
        """`tuf.ngclient` looks."""
        state = self.folder / "state"
        for folder in (state, self.folder / "targets"):
            folder.mkdir(parents=True, exist_ok=True)
        updater = Updater(
            str(state),
            "local:/",
            str(self.folder / "targets"),
            "local:/targets/",
            fetcher=Local(self.files),
            bootstrap=self.first_root,
        )
        updater._trusted_set.reference_time = _date(at_s)
        try:
            updater.refresh()
            if target := updater.get_targetinfo("model"):
                updater.download_target(target)
        except (RepositoryError, DownloadError):
            return None
        return updater._trusted_set.snapshot.version

    def copy(self, folder: Path) -> Tuf:
        """The same, to be attacked."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return _replaced(self, folder)


class Local(FetcherInterface):
    """Fetches from memory, a little at a time."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        content = self._files.get(url.removeprefix("local:/"))
        if content is None:
            raise DownloadHTTPError("not there", 404)
        return (content[at : at + 4096] for at in range(0, len(content), 4096))


def _replaced(world: World, folder: Path) -> Any:  # noqa: ANN401
    """A copy with another folder, and a dictionary of its own."""
    found = copy.copy(world)
    found.folder, found.files = folder, dict(world.files)
    return found


def _meta(version: int, content: bytes) -> MetaFile:
    return MetaFile(version, len(content), {"sha256": hashlib.sha256(content).hexdigest()})


def _date(at_s: int) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)


def _written(made: Metadata[Any], names: Sequence[str]) -> bytes:
    """A file with signatures, right or wrong, and as often as they are asked for."""
    to_sign = CanonicalJSONSerializer().serialize(made.signed)
    signed = signatures(to_sign, names)
    made.signatures = {key_id(key): Signature(key_id(key), sig) for key, sig in signed}
    written = json.loads(made.to_bytes())
    written["signatures"] = [{"keyid": key_id(key), "sig": sig} for key, sig in signed]
    return json.dumps(written).encode()
