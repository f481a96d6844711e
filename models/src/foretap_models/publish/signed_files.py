"""Signed files, bundles and deltas as `foretap` writes and reads them: there is no second code for these formats."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foretap_models import foretap
from foretap_models.errors import RepositoryError

Message = Mapping[str, Any]
"""What a signed file says, by the names of `core/proto/sync.proto`."""

ROOT, RELEASE, TIMESTAMP = "root", "release", "timestamp"
"""The kinds of signed files."""

ENTRIES_AT, ENTRY_BYTES, SIGNATURE_BYTES = 14, 96, 64
"""Where signatures stand in a signed file: behind a head of fixed length, each after the id of its key."""

FORMAT_AT = 7
"""Where a bundle's file says which format it has."""


def sha256(content: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class SignedFile:
    """A signed file, read.

    Attributes:
        content: its bytes.
        message: what it says.
        signed_by: ids of the keys that signed it.
    """

    content: bytes
    message: Message
    signed_by: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Of the file, 64 hex digits."""
        return sha256(self.content)

    @property
    def version(self) -> int:
        """Of what it says."""
        return int(self.message["version"])


class SignedFiles:
    """What is asked of `foretap repository` and `foretap bundle`. A method raises `ForetapError` where they refuse."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._read: dict[bytes, tuple[str, SignedFile]] = {}

    def encode(self, role: str, message: Message) -> bytes:
        """The bytes that are signed, every rule of a reader checked."""
        with tempfile.TemporaryDirectory() as folder:
            given, out = Path(folder) / "message.json", Path(folder) / "to_sign"
            given.write_text(json.dumps(message), encoding="utf-8")
            foretap.run(self._program, ["repository", "encode", role, given, "--out", out])
            return out.read_bytes()

    def seal(self, to_sign: bytes, signatures: Mapping[str, str]) -> bytes:
        """The file, each signature verified.

        Args:
            to_sign: as `encode` gave it.
            signatures: by public key, in hex.
        """
        with tempfile.TemporaryDirectory() as folder:
            given, out = Path(folder) / "to_sign", Path(folder) / "file"
            given.write_bytes(to_sign)
            named = [text for public, made in signatures.items() for text in ("--signature", f"{public}:{made}")]
            foretap.run(self._program, ["repository", "seal", given, *named, "--out", out])
            return out.read_bytes()

    def read(self, path: Path, role: str) -> SignedFile:
        """A signed file of a kind.

        Raises:
            RepositoryError: it is of another kind.
        """
        content = path.read_bytes()
        # The same bytes say the same: a program is started once for each file, however often it is asked for.
        if content not in self._read:
            shown = json.loads(foretap.run(self._program, ["repository", "show", path]))
            found, signed_by = shown.pop("role"), tuple(shown.pop("signed_by"))
            shown.pop("verified", None)
            self._read[content] = found, SignedFile(content, shown, signed_by)
        found, file = self._read[content]
        if found != role:
            raise RepositoryError(f"{path}: a {found}, where a {role} should be")
        return file

    def check(self, file: SignedFile, role: str, keys: Mapping[str, Any]) -> None:
        """Refuses a file that not enough of these keys signed.

        Args:
            file: as it was read.
            role: its kind.
            keys: as a root names them: public halves, and how many must have signed.

        Raises:
            RepositoryError: too few did.
            ForetapError: a signature is wrong.
        """
        ids = {hashlib.sha256(bytes.fromhex(key)).hexdigest(): key for key in keys["keys"]}
        entries = file.content[ENTRIES_AT:]
        found = {}
        for number, one in enumerate(file.signed_by):
            if one in ids:
                entry = entries[number * ENTRY_BYTES : (number + 1) * ENTRY_BYTES]
                found[ids[one]] = entry[ENTRY_BYTES - SIGNATURE_BYTES :].hex()
        if len(found) < keys["threshold"]:
            raise RepositoryError(f"{role} {file.version} is signed by {len(found)} of the {keys['threshold']} keys")
        # Sealed once more: that is where signatures are verified, over what the file was read to say.
        self.seal(self.encode(role, file.message), found)

    def delta(self, old: bytes, new: bytes) -> bytes:
        """What leads from one bundle to another."""
        with tempfile.TemporaryDirectory() as folder:
            places = [Path(folder) / name for name in ("old", "new", "delta")]
            places[0].write_bytes(old)
            places[1].write_bytes(new)
            foretap.run(self._program, ["repository", "delta", *places[:2], "--out", places[2]])
            return places[2].read_bytes()

    def feature_schema(self, bundle: bytes) -> str:
        """The hash of the features that a bundle's model reads, 64 hex digits; the bundle is checked whole."""
        with tempfile.TemporaryDirectory() as folder:
            given = Path(folder) / "x.bundle"
            given.write_bytes(bundle)
            return str(json.loads(foretap.run(self._program, ["bundle", "inspect", "--json", given]))["feature_schema"])
