"""Keys: who can read one, which kinds sign, and that nothing of a private half is ever shown."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path

import pytest
from published import SIGNED, Works
from securesystemslib.signer import SIGNER_FOR_URI_SCHEME, CryptoSigner, Signature, Signer, SSlibKey

from foretap_models import command
from foretap_models.errors import SigningKeyError
from foretap_models.publish import keys


def test_a_key_is_made_for_its_owner_alone_and_never_over_another(tmp_path: Path) -> None:
    public_file = keys.make(tmp_path / "deep" / "folder", "release-1")
    private_file = public_file.with_name("release-1.pem")
    assert stat.S_IMODE(private_file.stat().st_mode) == 0o600
    key = keys.load(f"file2:{private_file}")
    described = json.loads(public_file.read_text())
    assert described["keyid"] == keys.key_id(key.public)
    assert described["keyval"] == {"public": key.public}
    assert keys.public_of(str(public_file)) == keys.public_of(f"file2:{private_file}") == key.public
    public = SSlibKey(key.public, "ed25519", "ed25519", {"public": key.public})
    public.verify_signature(Signature(key.public, key.sign(b"a release")), b"a release")
    before = private_file.read_bytes()
    with pytest.raises(SigningKeyError, match="is there already"):
        keys.make(public_file.parent, "release-1")
    public_file.unlink()
    with pytest.raises(SigningKeyError, match="is there already"):
        keys.make(public_file.parent, "release-1")
    assert private_file.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o644])
def test_a_key_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    private_file = keys.make(tmp_path, "key").with_name("key.pem")
    private_file.chmod(mode)
    with pytest.raises(SigningKeyError, match="others than its owner"):
        keys.load(f"file2:{private_file}")


def test_the_prefix_that_the_signer_knows_is_checked_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private_file = keys.make(tmp_path, "key").with_name("key.pem")
    monkeypatch.setenv("CRYPTO_SIGNER_PATH_PREFIX", str(tmp_path))
    assert keys.load(f"file2:key.pem#{tmp_path}/key.pub.json").sign(b"a")
    private_file.chmod(0o644)
    with pytest.raises(SigningKeyError, match="others than its owner"):
        keys.load(f"file2:key.pem#{tmp_path}/key.pub.json")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_keys_are_refused_by_their_name(tmp_path: Path, kind: str) -> None:
    signer = CryptoSigner.generate_rsa(size=2048) if kind == "rsa" else CryptoSigner.generate_ecdsa()
    private_file = tmp_path / "key.pem"
    private_file.write_bytes(signer.private_bytes)
    private_file.chmod(0o600)
    (tmp_path / "key.pub.json").write_text(json.dumps(signer.public_key.to_dict()))
    with pytest.raises(SigningKeyError, match=f"{kind}: only Ed25519 keys sign here"):
        keys.load(f"file2:{private_file}")
    keys.make(tmp_path, "other")
    with pytest.raises(SigningKeyError, match="cannot be used"):
        keys.load(f"file2:{private_file}#{tmp_path}/other.pub.json")


def test_the_private_half_has_to_be_that_of_the_public_one(tmp_path: Path) -> None:
    for name in ("one", "other"):
        keys.make(tmp_path, name)
    with pytest.raises(SigningKeyError, match=r"cannot be used \(KeyMismatchError\)"):
        keys.load(f"file2:{tmp_path}/one.pem#{tmp_path}/other.pub.json")


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("release-1.pem", "is named by a URI that begins with one of awskms:, azurekms:"),
        ("https://keys.example/1", "is named by a URI"),
        ("gcpkms:projects/p/keys/k", "the file of its public half comes after the URI"),
        ("file2:nowhere.pem", "No such file"),
    ],
)
def test_what_names_no_key_is_refused(uri: str, why: str) -> None:
    with pytest.raises(SigningKeyError, match=why):
        keys.load(uri)


class Service(Signer):
    """A key that a service keeps, as a provider of securesystemslib."""

    held: CryptoSigner
    fails = False

    @property
    def public_key(self) -> SSlibKey:
        """Its public half."""
        return self.held.public_key

    def sign(self, payload: bytes) -> Signature:
        """Asks the service."""
        if self.fails:
            raise RuntimeError("token 5ec7e7 is not allowed to")
        return self.held.sign(payload)

    @classmethod
    def from_priv_key_uri(cls, *_: object) -> Service:
        """Connects."""
        return cls()


def test_a_key_of_a_service_signs_as_one_in_a_file_does(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIGNER_FOR_URI_SCHEME, "gcpkms", Service)
    public = SSlibKey("k", "ed25519", "ed25519", {"public": works.public("release-2")})
    uri = works.uri("release-2").removeprefix("file2:")
    monkeypatch.setattr(Service, "held", CryptoSigner.from_priv_key_uri(f"file2:{uri}", public), raising=False)
    named = ("--key", f"gcpkms:projects/p/cryptoKeys/k/1#{works.public_file('release-2')}")
    works.change("publish", "--model", "v1.2", *named, by=("release-1",))
    assert works.check_whole() == 3
    monkeypatch.setattr(Service, "fails", True)
    said = works.change("publish", "--model", "v1.3", *named, by=("release-1",), code=2)
    assert "does not sign: RuntimeError" in said
    assert "5ec7e7" not in said


CANARY = "Y2FuYXJ5LW9mLWEtcHJpdmF0ZS1rZXk"


def test_nothing_of_a_private_key_is_shown_whatever_is_wrong_with_it(
    works: Works, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    private_file = works.folder / "keys" / "release-2.pem"
    whole = private_file.read_text()
    secret = whole.splitlines()[1]
    broken = [
        f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n",
        f"-----BEGIN ENCRYPTED PRIVATE KEY-----\n{CANARY}\n-----END ENCRYPTED PRIVATE KEY-----\n",
        CANARY,
        whole.replace("PRIVATE KEY", CANARY),
        whole[: len(whole) // 2],
    ]
    shown = works.change("publish", "--model", "v1.2")
    for content in broken:
        private_file.write_text(content)
        shown += works.change("publish", "--model", "v1.3", code=2)
    private_file.write_text(whole)
    (works.folder / "keys" / "release-2.pub.json").write_text(whole)
    shown += works.change("publish", "--model", "v1.3", code=2)
    shown += works.run("registry", "audit", *works.registry)
    shown += works.run("keys", "new", "--out", str(works.folder / "keys"), "--name", "another")
    served = b"".join(works.files().values()) + works.place.audit.read_bytes()
    for said in (shown, caplog.text, served.decode("latin-1")):
        assert CANARY not in said
        assert secret not in said
        assert "PRIVATE" not in said


def test_a_key_file_given_in_the_place_of_another_file_is_not_quoted(works: Works) -> None:
    private_file = str(works.folder / "keys" / "release-2.pem")
    secret = Path(private_file).read_text().splitlines()[1]
    arguments = [*works.registry, *SIGNED]
    said = works.run("rollout", str(works.served), "--share", "2%", "--reports", private_file, *arguments, code=2)
    said += works.run("sign", private_file, code=2)
    said += works.run("publish", str(works.served), "--signed", private_file, *arguments, code=2)
    said += works.run("publish", str(works.served), "--model", "v1.2", "--base", private_file, *arguments, code=2)
    assert secret not in said
    assert command.main(["sign", private_file]) == 2
