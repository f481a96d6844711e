"""A repository of signed models and its publisher, for tests: commands are run as a person would, keys lie in files."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import registered
from registered import ADA, GATES

from foretap_models import command, foretap
from foretap_models.commands import publishing
from foretap_models.publish import keys
from foretap_models.publish.disk import Disk
from foretap_models.publish.repository import Repository
from foretap_models.publish.signed_files import RELEASE, ROOT, TIMESTAMP, SignedFile, SignedFiles
from foretap_models.registry.place import Place
from foretap_models.registry.state import Stage

NOW_S = 1_800_000_000
"""When the first release is published, seconds since 1970."""

DAY_S = 86_400

SHIPPED = foretap.CHECKOUT / "core" / "data" / "foretap.bundle"
"""The bundle that the library ships."""

SIGNED = ("--by", "Ada", "--reason", "it does better")

HOLDERS = {
    ROOT: ("root-1", "root-2", "root-3"),
    RELEASE: ("release-1", "release-2", "release-3"),
    TIMESTAMP: ("time-1",),
}
"""The keys of the first root; two must sign roots and releases."""

OTHERS = ("root-4", "release-4", "time-2", "stranger")
"""Keys that are not in it."""


def bundle(number: int) -> bytes:
    """A bundle that a phone can use: the one that ships, under another name."""
    content = SHIPPED.read_bytes()
    head, payload = content[:8], content[40:].replace(b"ubiqlog-mlp", b"test-mlp-%02d" % number, 1)
    return head + hashlib.sha256(payload).digest() + payload


def sum_of(number: int) -> str:
    return hashlib.sha256(bundle(number)).hexdigest()


class Works:
    """A folder with a repository, a registry and keys.

    Attributes:
        folder: where all of it is.
        now_s: what the publisher's clock says.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.now_s = folder, NOW_S + DAY_S
        self.place = Place.of(f"sqlite:///{folder}/registry.db")
        self.served = folder / "repository"
        self._files = SignedFiles(foretap.find())

    def uri(self, name: str) -> str:
        """A private half."""
        return f"file2:{self.folder}/keys/{name}.pem"

    def public_file(self, name: str) -> str:
        """The file of a public half."""
        return f"{self.folder}/keys/{name}.pub.json"

    def public(self, name: str) -> str:
        """A public half, 64 hex digits."""
        return keys.public_of(self.public_file(name))

    def signers(self, *names: str) -> list[str]:
        """Keys as a command takes them."""
        return [text for name in names for text in ("--key", self.uri(name))]

    def run(self, name: str, *arguments: str, code: int = 0) -> str:
        """Runs a command; returns what it shows, or what it refuses."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            found = command.main([name, *arguments])
        assert found == code, out.getvalue() + err.getvalue()
        return err.getvalue() if code else out.getvalue()

    def change(self, name: str, *arguments: str, by: tuple[str, ...] | None = None, code: int = 0) -> str:
        """Runs a command that changes the repository, signed by two release keys by default."""
        if name != "rotate-root":
            arguments += ("--timestamp-key", self.uri("time-1"))
        signers = self.signers(*(("release-1", "release-2") if by is None else by))
        return self.run(name, str(self.served), *arguments, *signers, *self.registry, *SIGNED, code=code)

    @property
    def registry(self) -> tuple[str, str]:
        """Where the registry is."""
        return "--registry", self.place.uri

    @property
    def repository(self) -> Repository:
        """What the publisher reads."""
        return Repository(self.served, self._files, Disk())

    def release(self) -> SignedFile:
        """The one of now."""
        found = self.repository.release()
        assert found is not None
        return found

    def arms(self, segment: str = "") -> dict[str, tuple[int, int, str | None]]:
        """Of the release of now: first bucket, share and model by the arm's name."""
        (found,) = [of for of in self.release().message["rollout"]["segments"] if of["name"] == segment]
        return {arm["name"]: (arm["first"], arm["share"], arm["model"]) for arm in found["arms"]}

    def files(self) -> dict[str, bytes]:
        """All that is served."""
        return {str(p.relative_to(self.served)): p.read_bytes() for p in self.served.rglob("*") if p.is_file()}

    def log(self) -> list[tuple[str, str]]:
        """The publications of the audit log."""
        with registered.opened(self.place) as registry:
            decisions = [record.decision for record in registry.records()]
        return [(str(d.action), d.version) for d in decisions if d.version.split()[0] in (ROOT, RELEASE)]

    def check_whole(self) -> int:
        """A phone finds all that the timestamp names; returns the release's version."""
        current = self.release()
        for model in current.message["models"]:
            assert len(self.repository.bundle(model["sha256"])) == model["bytes"]
            for way in model["deltas"]:
                content = (self.served / "delta" / way["sha256"]).read_bytes()
                assert (hashlib.sha256(content).hexdigest(), len(content)) == (way["sha256"], way["bytes"])
        return current.version


def register(place: Place) -> None:
    """v1.0 to v1.3 Approved, v1.0 in production; v2.0 Pending, v2.1 Rejected."""
    with registered.opened(place) as registry:
        for number, version in enumerate(("v1.0", "v1.1", "v1.2", "v1.3", "v2.0", "v2.1")):
            made = bundle(number)
            registry.register(made, registered.evaluation(made), registered.dossier(made), ADA, version)
            if version.startswith("v1"):
                registry.approve(version, ADA, GATES)
        registry.reject("v2.1", ADA)
        for stage in (Stage.STAGING, Stage.PRODUCTION):
            registry.promote("v1.0", stage, ADA, GATES)


def make(folder: Path) -> None:
    """A registry, keys, root 1, release 1 with v1.0 for everyone, release 2 with v1.1 for one percent."""
    works = Works(folder)
    register(works.place)
    for name in (*(name for names in HOLDERS.values() for name in names), *OTHERS):
        keys.make(folder / "keys", name)
    clock, publishing.CLOCK = publishing.CLOCK, lambda: NOW_S
    try:
        holders = [(f"--{role}-key", works.uri(name)) for role, names in HOLDERS.items() for name in names]
        named = [text for pair in holders for text in pair]
        served = str(works.served)
        works.run("repository", "init", served, "--product", "launcher", *named, *works.registry, *SIGNED)
        works.change("publish", "--model", "v1.0", "--share", "100%", "--base", str(SHIPPED))
        works.change("publish", "--model", "v1.1", "--share", "1%", "--base", str(SHIPPED))
    finally:
        publishing.CLOCK = clock


def reports(proven: int, given_back: int, model: str, *, release: int = 2) -> str:
    """What phones said."""
    said: list[dict[str, Any]] = [{"conclusion": "proven", "reason": None}] * proven
    said += [{"conclusion": "given_back", "reason": "trial"}] * given_back
    return "".join(json.dumps({"release": release, "model": model, **one}) + "\n" for one in said)
