"""A drill of model sync from people to phones, each step by the command that a person would type.

Simulated people -> train -> evaluate -> register -> approve -> publish -> a phone fetches by delta over TLS 1.3,
rehearses and predicts with it -> roll back -> the phone goes back. `cargo xtask sync` runs it, and then the phones of
the other languages on the same two states of the repository, which it leaves in its folder:

- `published/`: the second release, with a delta from the first and from the bundle that ships;
- `rolled_back/`: the third, which takes it back: v1.0 answers again, where v1.1 did;
- `root`: the first root.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import http.server
import ipaddress
import json
import shutil
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from drilling import WHY, Drill, expect

from foretap_models import foretap

CONFIG = """
[gates]                 # simulated people say nothing about quality: any version may pass
hr3_margin = 100.0
ece_limit = 1.0

[bundle]
name = "drill"
version = "{version}"
logs = []

[training]
hidden = [64, 32]
epochs = {epochs}
batch = 128
learning_rate = {rate}
warm_up = 20
final_share = 0.05
weight_decay = 0.01
"""
FIRST, AGAIN = (30, 2e-3), (2, 3e-4)
"""Epochs and learning rate: from the beginning, and of a retrain that its line's phones fetch as a small delta."""
START_WEIGHTS = foretap.CHECKOUT / "core" / "data" / "start_weights.tsv"
ASKED = "asked"
"""The file of a served folder that says which paths were asked for, a line each."""
SHIPPED = foretap.CHECKOUT / "core" / "data" / "foretap.bundle"


class SyncDrill(Drill):
    """The steps of this one."""

    def trained(self, version: str, line: Path | None) -> tuple[Path, Path]:
        """A model of the simulated people and its bundle, in a line where there is one."""
        here = self.folder
        config = here / f"{version}.toml"
        epochs, rate = AGAIN if line else FIRST
        config.write_text(CONFIG.format(version=version, epochs=epochs, rate=rate), encoding="utf-8")
        model, parts, bundle = here / f"{version}.npz", here / f"{version}.parts", here / f"{version}.bundle"
        again = [] if line is None else ["--line", line]
        self.models("train", here / "cache", "--held-out-fold", "0", "--out", model, "--config", config, *again)
        self.models("quantise", model, "--start-weights", START_WEIGHTS, "--out", parts, *again)
        self.foretap("bundle", "pack", parts, "--out", bundle)
        judged = here / f"{version}.json"
        self.models("evaluate", model, "--cache", here / "cache", "--json", judged)
        registry = ["--registry", f"sqlite:///{here}/registry.db", "--config", config]
        about = ["--evaluation", judged, "--system", "mlp_int8", "--data", here / "cache", "--model", model]
        self.models("register", bundle, *about, "--version", version, *registry, *WHY)
        self.models("registry", "approve", version, *registry, *WHY)
        return model, bundle

    def publishes(self, what: str, *arguments: str | Path) -> None:
        """Runs a command on the repository, signed by two release keys."""
        keys = ["--key", self.key("release-1"), "--key", self.key("release-2")]
        registry = ["--registry", f"sqlite:///{self.folder}/registry.db"]
        timestamp = ["--timestamp-key", self.key("timestamp")]
        self.models(what, self.folder / "repository", *arguments, *keys, *timestamp, *registry, *WHY)

    def key(self, name: str) -> str:
        """The URI of a private key."""
        return f"file2:{self.folder}/keys/{name}.pem"

    def syncs(self, served: Path, phone: str) -> dict[str, Any]:
        """A phone's run over TLS 1.3; returns what it reported."""
        here = self.folder
        with https(served, here / "tls") as (address, authority):
            log = ["--db", here / f"{phone}.db", "--key-file", here / f"{phone}.key"]
            trusted = ["--root", here / "root", "--ca-file", authority]
            return json.loads(self.foretap("sync", address, *log, *trusted, "--json"))

    def predicts(self, phone: str) -> str:
        """What a phone ranks now."""
        return self.foretap("log", self.folder / f"{phone}.db", "--key-file", self.folder / f"{phone}.key", "predict")


def drill(folder: Path) -> None:
    """All of it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run = SyncDrill(folder)
    run.says("simulated people")
    run.foretap(
        *("lake", "--users", "60", "--days", "14", "--queries-per-user", "90", "--seed", "1", "--out", folder / "lake")
    )
    run.models("prepare", "--lake", folder / "lake", "--out", folder / "cache")
    run.says("two models of one line: train, evaluate, register, approve")
    first, _ = run.trained("v1.0", None)
    _, second = run.trained("v1.1", first)

    run.says("keys, a repository, the first release")
    for name in ("root-1", "root-2", "release-1", "release-2", "timestamp"):
        run.models("keys", "new", "--out", folder / "keys", "--name", name)
    roots = ["--root-key", run.key("root-1"), "--root-key", run.key("root-2")]
    others = [f"{folder}/keys/{name}.pub.json" for name in ("release-1", "release-2", "timestamp")]
    signers = ["--release-key", others[0], "--release-key", others[1], "--timestamp-key", others[2]]
    registry = ["--registry", f"sqlite:///{folder}/registry.db"]
    run.models("repository", "init", folder / "repository", "--product", "drill", *roots, *signers, *registry, *WHY)
    shutil.copy(folder / "repository" / "root" / "1", folder / "root")
    run.publishes("publish", "--model", "v1.0", "--share", "100%", "--base", SHIPPED)
    shutil.copytree(folder / "repository", folder / "first")
    run.says("the second release, with deltas")
    run.publishes("publish", "--model", "v1.1", "--share", "100%", "--base", SHIPPED)
    shutil.copytree(folder / "repository", folder / "published")
    run.says("and back")
    run.publishes("rollback")
    shutil.copytree(folder / "repository", folder / "rolled_back")

    run.says("a phone over TLS 1.3")
    month = folder / "month.csv"
    month.write_text(routine(), encoding="utf-8")
    run.foretap("log", folder / "phone.db", "--key-file", folder / "phone.key", "record", month)
    told = run.syncs(folder / "first", "phone")
    fetched = [(file["path"].split("/")[0], file["bytes"]) for file in told["fetched"]]
    run.says(f"first release: {told['outcome']}, {told['conclusion']}, {fetched}")
    expect(told["outcome"] == "fetched" and told["conclusion"] == "activated", told)
    told = run.syncs(folder / "published", "phone")
    fetched = [(file["path"].split("/")[0], file["bytes"]) for file in told["fetched"]]
    run.says(f"second release: {told['outcome']}, {told['conclusion']}, {fetched}, {second.stat().st_size} bytes whole")
    expect(told["conclusion"] == "activated" and told["model"].endswith("v1.1"), told)
    kinds = [kind for kind, _ in fetched]
    expect("delta" in kinds and "bundle" not in kinds, told)
    run.says("it predicts:\n" + run.predicts("phone"))
    told = run.syncs(folder / "rolled_back", "phone")
    run.says(f"rolled back: {told['outcome']}, {told['model']}")
    expect(told["model"].endswith("v1.0"), told)
    run.says("done")


def routine() -> str:
    """A month of somebody with habits, as a plain log."""
    chains = (("mail", "calendar", "maps"), ("chat", "news", "music"), ("video", "chat", "clock"))
    lines = ["user,at_ms,utc_offset_min,kind,item"]
    first = int(time.time() * 1_000) - 30 * 86_400_000
    for day in range(29):
        for hour in range(8, 20):
            at = first + (day * 24 + hour) * 3_600_000
            lines.append(f"me,{at},0,unlock,")
            lines += [f"me,{at + 60_000 * (1 + n)},0,launch,{item}" for n, item in enumerate(chains[hour // 4 % 3])]
            lines.append(f"me,{at + 600_000},0,lock,")
    return "\n".join(lines) + "\n"


class _Files(http.server.SimpleHTTPRequestHandler):
    """Static files; which were asked for is kept in a file of the folder."""

    def log_message(self, *_: object) -> None:
        """Adds the path alone."""
        with (Path(self.directory) / ASKED).open("a", encoding="utf-8") as asked:
            asked.write(f"{self.path}\n")


@contextmanager
def https(folder: Path, keys: Path) -> Iterator[tuple[str, Path]]:
    """Serves a folder on this machine over TLS 1.3 alone; gives the address and the certificate to trust."""
    certificate = _certificate(keys)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, keys / "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_address[1]}/", certificate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serve(folder: Path) -> None:
    """Serves all that a drill left until the standard input ends, and says where.

    `address` is trusted by what knows `tls/server.pem`; the certificate of `stranger` nobody knows.
    """
    (folder / ASKED).unlink(missing_ok=True)
    with https(folder, folder / "tls") as (address, _), https(folder, folder / "stranger_tls") as (stranger, _):
        (folder / "stranger").write_text(stranger, encoding="utf-8")
        told = folder / "address.partial"
        told.write_text(address, encoding="utf-8")
        told.rename(folder / "address")
        sys.stdin.read()
        (folder / "address").unlink()


def _certificate(folder: Path) -> Path:
    """A self-signed certificate for this machine, made once a drill."""
    certificate = folder / "server.pem"
    if certificate.is_file():
        return certificate
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.key").write_bytes(key.private_bytes(*form))
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return certificate


def main() -> None:
    """Runs the drill in a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="without --serve, what is in it is removed")
    parser.add_argument("--serve", action="store_true", help="serve what is in it, until the input ends")
    arguments = parser.parse_args()
    (serve if arguments.serve else drill)(arguments.folder.resolve())


if __name__ == "__main__":
    main()
