"""Keys that sign. A private half is named by a URI and never leaves its signer; no message holds any of it."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

from securesystemslib.signer import SIGNER_FOR_URI_SCHEME, CryptoSigner, Signer, SSlibKey

from foretap_models.errors import SigningKeyError

ED25519 = "ed25519"
"""The only kind of key that a phone verifies."""

FILE = CryptoSigner.SCHEME
"""The scheme of keys in files, `file2:PATH`: an unencrypted PEM that its owner alone may read."""

PRIVATE, PUBLIC = ".pem", ".pub.json"
"""What the halves of a key in files are called."""


@dataclass(frozen=True)
class SigningKey:
    """A key that can sign.

    Attributes:
        public: its public half, 64 hex digits.
        signer: holds its private half, or asks who does.
    """

    public: str
    signer: Signer

    def sign(self, content: bytes) -> str:
        """A signature over some bytes, 128 hex digits.

        Raises:
            SigningKeyError: whoever holds the private half does not sign.
        """
        try:
            return str(self.signer.sign(content).signature)
        except Exception as error:  # a signer may raise whatever its service's library does
            raise SigningKeyError(f"key {short(self.public)} does not sign: {type(error).__name__}") from None


def key_id(public: str) -> str:
    """What signed files name a key by: the SHA-256 of its public half, 64 hex digits."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()


def short(public: str) -> str:
    """A key's id as a table shows it."""
    return key_id(public)[:12]


def make(folder: Path, name: str) -> Path:
    """Makes a key pair, NAME.pem for its owner alone and NAME.pub.json; returns the place of the public half.

    Raises:
        SigningKeyError: one of the files is there already.
    """
    signer = CryptoSigner.generate_ed25519()
    public = signer.public_key.keyval["public"]
    private_file, public_file = folder / f"{name}{PRIVATE}", folder / f"{name}{PUBLIC}"
    if public_file.exists():
        raise SigningKeyError(f"{public_file} is there already")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # The mode from the first moment on: between writing and a later chmod another one could open it.
        opened = os.open(private_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SigningKeyError(f"{private_file} is there already") from None
    with os.fdopen(opened, "wb") as file:
        file.write(signer.private_bytes)
        file.flush()
        os.fsync(file.fileno())
    described = {"keyid": key_id(public), **signer.public_key.to_dict()}
    public_file.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")
    return public_file


def load(uri: str) -> SigningKey:
    """A key that can sign.

    Args:
        uri: `file2:PATH`, or of another scheme that securesystemslib knows, as `gcpkms:`; its public half is read from
            the file after a `#`, by default PATH with the ending `.pub.json`.

    Raises:
        SigningKeyError: there is no such key, it is of another kind than Ed25519, or others may read it.
    """
    address, _, public_file = uri.partition("#")
    scheme = address.partition(":")[0]
    if scheme not in SIGNER_FOR_URI_SCHEME or ":" not in address:
        known = ", ".join(f"{name}:" for name in sorted(SIGNER_FOR_URI_SCHEME))
        raise SigningKeyError(f"a key that signs is named by a URI that begins with one of {known}")
    if scheme == FILE:
        private_file = _private_file(address)
        public_file = public_file or str(private_file.with_suffix(PUBLIC))
    elif not public_file:
        raise SigningKeyError(f"{scheme}: the file of its public half comes after the URI: {scheme}:...#NAME{PUBLIC}")
    public_half = _public_half(Path(public_file))
    try:
        signer = Signer.from_priv_key_uri(address, public_half)
    except Exception as error:  # a signer may raise whatever its service's library does
        # Without its text, and without the error before it: either may quote what it could not read.
        reason = f"the private half of key {short(public_half.keyval['public'])} cannot be used"
        raise SigningKeyError(f"{scheme}: {reason} ({type(error).__name__})") from None
    return SigningKey(public_half.keyval["public"], signer)


def public_of(text: str) -> str:
    """The public half, 64 hex digits, of a key named by its URI or by the file of its public half alone.

    Raises:
        SigningKeyError: there is no such key, or it is of another kind than Ed25519.
    """
    if text.endswith(PUBLIC) and "#" not in text and not text.startswith(tuple(f"{s}:" for s in SIGNER_FOR_URI_SCHEME)):
        return str(_public_half(Path(text)).keyval["public"])
    return load(text).public


def _private_file(address: str) -> Path:
    """The file of a private half, if its owner alone may read it."""
    place = urlparse(address).path
    if prefix := os.environ.get(CryptoSigner.PREFIX_ENV_VAR):
        place = os.path.join(prefix, place)  # noqa: PTH118 (as the signer itself does)
    path = Path(place)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise SigningKeyError(f"{path}: {error.strerror}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SigningKeyError(f"{path}: others than its owner may read it; `chmod 600` it")
    return path


def _public_half(path: Path) -> SSlibKey:
    """A public half from its file."""
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        keytype = str(described["keytype"])
    except OSError as error:
        raise SigningKeyError(f"{path}: the public half of a key: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise SigningKeyError(f"{path}: not the public half of a key") from None
    if keytype != ED25519 or described.get("scheme") != ED25519:
        kind = "".join(letter for letter in keytype[:16] if letter.isalnum())
        raise SigningKeyError(f"{path}: {kind}: only Ed25519 keys sign here")
    try:
        public = bytes.fromhex(described["keyval"]["public"]).hex()
        if len(public) != 64:
            raise ValueError
        return SSlibKey(key_id(public), ED25519, ED25519, {"public": public})
    except (ValueError, KeyError, TypeError):
        raise SigningKeyError(f"{path}: not the public half of an Ed25519 key") from None
