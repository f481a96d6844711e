"""Versions of data sets: what a set was made of, by what, and what it holds. A version never changes.

    versions/v1.0.json       the manifest, sealed with its SHA-256
    parts/HASH.parquet       features files named by their SHA-256, shared by every version that holds them

A new major version (v2.0) may have other features, another kind of source or less data; a minor one (v1.1) has more or
other data of the same kind, or other transformations.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from foretap_models.data.quality import Report
from foretap_models.errors import DamagedStoreError, VersionError

FORMAT = 1
"""The version of the manifest's layout."""

OUTCOMES = ("removed", "removed_scored", "features")
"""What a transformation's entry says of what came of it; the rest is what was asked for."""


LEAST_PHONES_KIND = "least_phones"
"""The kind of the transformation by which a value of uploads has to come from so many phones."""


@dataclass(frozen=True, order=True)
class Version:
    """`v1.0`: major and minor."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Reads `v1.0`.

        Raises:
            VersionError: it is written otherwise.
        """
        match = re.fullmatch(r"v(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", text)
        if not match:
            raise VersionError(f"{text}: a version is written like v1.0")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"v{self.major}.{self.minor}"


@dataclass(frozen=True)
class Source:
    """A features file that a version was made from.

    Attributes:
        kind: `file`, `lake`, `simulated`, which is a lake of people who never lived, or `uploads`, what phones sent.
        name: of the file, or below the lake.
        sha256: of its bytes, 64 hex digits.
    """

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Part:
    """A part of a version: a features file in the store.

    Attributes:
        sha256: of its bytes, 64 hex digits, and its name.
        queries, rows, size: how many, and bytes.
    """

    sha256: str
    queries: int
    rows: int
    size: int


@dataclass(frozen=True)
class Manifest:
    """Everything about a version.

    Attributes:
        version: `v1.0`.
        parent: the version that it goes on from, if there is one.
        date: when it was made, ISO 8601.
        content: SHA-256 of what the training cache holds, 64 hex digits.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        feature_names: F names.
        learned_on: SHA-256 of each log behind it.
        sources: what it was made from, in order.
        seen_folds: the folds on whose people a transformation depends.
        transformations: in their order, with parameters and counts.
        quality: what it is like.
        parts: in order.
    """

    version: str
    parent: str | None
    date: str
    content: str
    schema: str
    feature_names: tuple[str, ...]
    learned_on: tuple[str, ...]
    sources: tuple[Source, ...]
    seen_folds: tuple[int, ...]
    transformations: tuple[dict[str, Any], ...]
    quality: Report
    parts: tuple[Part, ...]

    def sealed(self) -> bytes:
        """As it stands in the store."""
        about = {"format": FORMAT, **asdict(self)}
        return json.dumps({**about, "seal": _seal(about)}, indent=1).encode() + b"\n"

    @classmethod
    def unsealed(cls, written: bytes) -> Manifest:
        """Reads what `sealed` wrote.

        Raises:
            DamagedStoreError: it is not that.
        """
        try:
            about = json.loads(written)
            seal, format_ = about.pop("seal"), about["format"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DamagedStoreError(f"a manifest that is none: {error}") from error
        if seal != _seal(about) or about.pop("format") != FORMAT:
            raise DamagedStoreError(f"a manifest that was changed, or of format {format_}")
        about["sources"] = tuple(Source(**source) for source in about["sources"])
        about["parts"] = tuple(Part(**part) for part in about["parts"])
        about["quality"] = Report.from_json(about["quality"])
        for name in ("feature_names", "learned_on", "seen_folds", "transformations"):
            about[name] = tuple(about[name])
        return cls(**about)


@dataclass(frozen=True)
class Store:
    """A folder of versions."""

    folder: Path

    def versions(self) -> list[Version]:
        """All of them, ascending."""
        return sorted(Version.parse(path.stem) for path in (self.folder / "versions").glob("v*.json"))

    def manifest(self, version: Version) -> Manifest:
        """Reads a version's manifest.

        Raises:
            VersionError: there is no such version.
            DamagedStoreError: it was changed.
        """
        path = self._manifest(version)
        if not path.exists():
            raise VersionError(f"{self.folder}: no version {version}")
        try:
            return Manifest.unsealed(path.read_bytes())
        except DamagedStoreError as error:
            raise DamagedStoreError(f"{path}: {error}") from error

    def parent(self, version: Version, named: Version | None) -> Manifest | None:
        """The version that a new one goes on from: the one named, else the newest before it; `None` of the first.

        Raises:
            VersionError: the new version is there already, or the parent is not before it.
        """
        there = self.versions()
        if version in there:
            raise VersionError(f"{self.folder}: {version} is there already, and a version never changes")
        before = [other for other in there if other < version]
        if named is None:
            return self.manifest(before[-1]) if before else None
        if named >= version:
            raise VersionError(f"{named} is not before {version}")
        return self.manifest(named)

    def add_part(self, path: Path) -> str:
        """Moves a file into the store; returns its SHA-256, which is its name there."""
        sha256 = _sha256(path)
        (self.folder / "parts").mkdir(parents=True, exist_ok=True)
        path.replace(self.part(sha256))
        return sha256

    def part(self, sha256: str) -> Path:
        """Where a part lies."""
        return self.folder / "parts" / f"{sha256}.parquet"

    def check(self, part: Part) -> None:
        """Refuses a part that is not what was written.

        Raises:
            DamagedStoreError: it is missing or changed.
        """
        path = self.part(part.sha256)
        if not path.exists():
            raise DamagedStoreError(f"{path}: is missing")
        if _sha256(path) != part.sha256:
            raise DamagedStoreError(f"{path}: was changed")

    def record(self, manifest: Manifest) -> None:
        """Adds a version whose parts are there.

        Raises:
            VersionError: it is there already.
        """
        path = self._manifest(Version.parse(manifest.version))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(manifest.sealed())
        try:
            os.link(partial, path)  # whole, and never over another
        except FileExistsError as error:
            raise VersionError(f"{path}: is there already, and a version never changes") from error
        finally:
            partial.unlink()

    def _manifest(self, version: Version) -> Path:
        """Where a manifest lies."""
        return self.folder / "versions" / f"{version}.json"


def least_phones(transformations: Iterable[Mapping[str, Any]]) -> int | None:
    """From how many phones at least each value came; `None` of what is not made of uploads."""
    return next((int(step["phones"]) for step in transformations if step["kind"] == LEAST_PHONES_KIND), None)


def check_step(parent: Manifest | None, version: Version, schema: str, names: tuple[str, ...], kinds: set[str]) -> None:
    """Refuses a version number that says less than what changes.

    Args:
        parent: the version before it.
        version: the new one.
        schema: of its features.
        names: of its features.
        kinds: of its sources.

    Raises:
        VersionError: the schema or the kind of source changes in a minor version, or a major one does not begin at 0.
    """
    if parent is None:
        return
    before = Version.parse(parent.version)
    if version.major > before.major and version.minor != 0:
        raise VersionError(f"{version}: a new major version begins with v{version.major}.0")
    if version.major > before.major:
        return
    if (schema, names) != (parent.schema, parent.feature_names):
        raise VersionError(f"{version}: the features are not those of {before}; that takes v{before.major + 1}.0")
    if kinds != {source.kind for source in parent.sources}:
        raise VersionError(f"{version}: the kind of source is not that of {before}; that takes v{before.major + 1}.0")


def check_amount(
    parent: Manifest | None, version: Version, transformations: list[dict[str, Any]], queries: int
) -> None:
    """Refuses a minor number for less data. Other transformations may leave less.

    Args:
        parent: the version before it.
        version: the new one.
        transformations: that are asked for, in their order, without what came of them.
        queries: that are left.

    Raises:
        VersionError: there are fewer queries than before, and the transformations are the same.
    """
    if parent is None or Version.parse(parent.version).major != version.major:
        return
    before = [{key: step[key] for key in step if key not in OUTCOMES} for step in parent.transformations]
    if before == transformations and queries < parent.quality.queries:
        fewer = f"{queries} queries, fewer than the {parent.quality.queries} of {parent.version}"
        raise VersionError(f"{version}: {fewer}, under the same transformations; that takes v{version.major + 1}.0")


def _seal(about: dict[str, Any]) -> str:
    """The SHA-256 of a manifest, whatever its white space."""
    return hashlib.sha256(json.dumps(about, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _sha256(path: Path) -> str:
    """Of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
