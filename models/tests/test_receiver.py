"""The receiver with lake and releases behind an S3 API: fed by phones, out of reach, killed, read and erased from."""

from __future__ import annotations

import io
import os
import shutil
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import bucket
import pyarrow.parquet as pq
import pytest
from bucket import ACCESS, BUCKET, Bucket
from drilling import WHY, wait
from upload_drill import CONFIG, UploadDrill, samples_in

from foretap_models import command, foretap
from foretap_models.errors import ForetapError

PEOPLE = 3
PROGRAM = Path(os.environ.get("FORETAP_SERVER", foretap.CHECKOUT / "target" / "debug" / "foretap-server"))
"""A debug build: no other can be ended at a place that a test names."""

OF_FEW = """
[quality]               # three people have few samples
most_duplicates = 1.0
most_without_target = 1.0
fewest_queries = 0
most_people_with_few = 1.0
most_at_the_cut = 1.0
"""


class Receiver(UploadDrill):
    """The program, on a folder of its own, and phones that send to it."""

    def __init__(self, folder: Path, of: Bucket) -> None:
        super().__init__(folder)
        self._bucket = of
        self._process: subprocess.Popen[bytes] | None = None
        self._prefix = folder.name

    @property
    def lake(self) -> str:
        """Its URL."""
        return f"s3://{BUCKET}/{self._prefix}/lake"

    def start(self, abort_at: str = "") -> None:
        """Starts it, and waits until it listens."""
        address = self.folder / "address"
        address.unlink(missing_ok=True)
        words = ["--data", self.folder / "receiver", "--listen", "127.0.0.1:0", "--port-file", address]
        words += ["--lake", self.lake, "--releases", f"s3://{BUCKET}/{self._prefix}/releases"]
        words += ["--seal-after", "1", "--seal-min-batches", str(PEOPLE)]
        has = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | ACCESS
        has |= {"AWS_ENDPOINT_URL": self._bucket.endpoint, "AWS_ALLOW_HTTP": "true", "NO_PROXY": "*"}
        has |= {"FORETAP_SERVER_ABORT_AT": abort_at}
        with (self.folder / "said").open("ab") as said:
            process = self._process = subprocess.Popen([PROGRAM, *words], env=has, stderr=said)
        wait(lambda: address.exists() or process.poll() is not None, "it does not listen")
        assert process.poll() is None, (self.folder / "said").read_text(encoding="utf-8")

    def ended(self) -> int:
        """Waits until it has ended; returns how."""
        assert self._process
        return self._process.wait(60)

    def terminate(self) -> int:
        """SIGTERM."""
        assert self._process
        self._process.terminate()
        return self.ended()

    def is_settled(self) -> bool:
        """Whether the journal is one segment, which nothing was closed before."""
        return len(list((self.folder / "receiver" / "journal").glob("*.segment"))) == 1

    def kill(self) -> None:
        """Ends it, however it is."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers of what lies at a path."""
        trust = ssl.create_default_context(cafile=self.authority)
        asked = urllib.request.Request(f"{self.server}{path.removeprefix('/')}", headers=headers or {})
        try:
            with urllib.request.urlopen(asked, context=trust, timeout=30) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read(), dict(refused.headers)

    def names(self) -> list[str]:
        """The pseudonyms of all samples in the lake, as often as they are there."""
        found = []
        for key, contents in self._bucket.objects(f"{self._prefix}/lake").items():
            if key.startswith("samples/") and key.endswith(".parquet"):
                found += pq.read_table(io.BytesIO(contents), columns=["pseudonym"]).column("pseudonym").to_pylist()
        return sorted(name.hex() for name in found)


@pytest.fixture(scope="module")
def s3() -> Iterator[Bucket]:
    with bucket.served() as served:
        yield served


@pytest.fixture
def receiver(s3: Bucket, tmp_path: Path) -> Iterator[Receiver]:
    assert PROGRAM.is_file(), f"{PROGRAM} is not there: `cargo build -p foretap-server`"
    made = Receiver(tmp_path, s3)
    try:
        made.start()
        yield made
    finally:
        made.kill()


def sealed(of: Receiver) -> list[set[str]]:
    """People who let samples be sent; returns the pseudonyms of each one's."""
    return [set(samples_in(of.seals(person, before=5, after=2))) for person in range(PEOPLE)]


def in_order(names: list[set[str]]) -> list[str]:
    """All of them, once."""
    return sorted(name for of in names for name in of)


def test_what_phones_send_is_in_the_bucket_once_is_prepared_from_it_and_taken_back(
    receiver: Receiver, s3: Bucket, tmp_path: Path, empty_registry: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = sealed(receiver)
    assert min(map(len, names)) >= 4
    with s3.failing(every=3):
        for person in range(PEOPLE):
            assert receiver.sends(person)["taken"] == 1
        wait(lambda: receiver.names() == in_order(names), "what was sent is not in the bucket")
    assert s3.refused > 0, "it was out of sorts meanwhile"

    shutil.copy(empty_registry, tmp_path / "registry.db")
    (tmp_path / "config.toml").write_text(f"{CONFIG}{OF_FEW}", encoding="utf-8")
    done = command.main(
        [
            *("prepare", "--uploads", receiver.lake, "--endpoint", s3.endpoint, "--least-phones", "1"),
            *("--out", str(tmp_path / "cache"), "--config", str(tmp_path / "config.toml")),
            *("--registry", f"sqlite:///{tmp_path}/registry.db", *WHY),
        ]
    )
    assert done == 0, capsys.readouterr().err
    assert f"{len(in_order(names))} samples read" in capsys.readouterr().out

    receiver.log(0, "consent", "--reports", "no", "--samples", "no")
    assert receiver.sends(0)["erasures"] >= 1
    wait(lambda: receiver.names() == in_order(names[1:]), "what was taken back is still in the bucket")
    contents = s3.objects(tmp_path.name).values()
    assert not any(bytes.fromhex(name) in of for of in contents for name in names[0])


def test_while_the_bucket_is_out_of_reach_uploads_are_taken_and_wait(receiver: Receiver, s3: Bucket) -> None:
    names = sealed(receiver)
    assert receiver.get("/readyz")[0] == 200
    s3.stop()
    try:
        for person in range(PEOPLE):
            assert receiver.sends(person)["taken"] == 1
        wait(lambda: receiver.get("/readyz")[0] == 503, "it does not say so", seconds=120)
        assert receiver.get("/healthz")[0] == 200
        assert receiver.terminate() == 0
        receiver.start()
    finally:
        s3.start()
    wait(lambda: receiver.get("/readyz")[0] == 200, "it does not find the bucket again")
    wait(lambda: receiver.names() == in_order(names), "what was sent is not in the bucket")


def test_a_stop_does_not_wait_for_a_bucket_that_never_answers(receiver: Receiver, s3: Bucket) -> None:
    names = sealed(receiver)
    with s3.silent():
        for person in range(PEOPLE):
            assert receiver.sends(person)["taken"] == 1
        wait(lambda: s3.waiting > 0, "nothing is asked of it")
        began = time.monotonic()
        assert receiver.terminate() == 0
        assert time.monotonic() - began < 15
    receiver.start()
    wait(lambda: receiver.names() == in_order(names), "what was sent is not in the bucket")


@pytest.mark.parametrize("point", ["between-parts:2", "before-done", "before-removal"])
def test_killed_on_the_way_to_the_bucket_every_row_is_there_once(receiver: Receiver, point: str) -> None:
    receiver.terminate()
    names = sealed(receiver)
    receiver.start(abort_at=point)
    for person in range(PEOPLE - 1):
        assert receiver.sends(person)["taken"] == 1
    with suppress(ForetapError):
        receiver.sends(PEOPLE - 1)  # which closes the segment; the answer and the end race
    assert receiver.ended() == -signal.SIGABRT
    receiver.start()
    receiver.sends(PEOPLE - 1)
    wait(receiver.is_settled, "a segment waits")
    assert receiver.names() == in_order(names), "every row, once"
    assert receiver.terminate() == 0
    assert receiver.names() == in_order(names), "and nothing comes later"


def test_releases_are_handed_out_from_the_bucket(receiver: Receiver, s3: Bucket, tmp_path: Path) -> None:
    bundle = bytes(range(256)) * 2_000
    s3.put(f"{tmp_path.name}/releases/bundle/ab12", bundle)
    s3.put(f"{tmp_path.name}/releases/timestamp", b"one")
    status, body, has = receiver.get("/models/bundle/ab12")
    assert (status, body == bundle) == (200, True)
    tag = has["etag"]
    assert receiver.get("/models/bundle/ab12", {"If-None-Match": tag})[:2] == (304, b"")
    status, body, has = receiver.get("/models/bundle/ab12", {"Range": "bytes=300000-", "If-Range": tag})
    assert (status, body == bundle[300_000:]) == (206, True)
    assert has["content-range"] == f"bytes 300000-{len(bundle) - 1}/{len(bundle)}"
    first = receiver.get("/models/timestamp")
    s3.put(f"{tmp_path.name}/releases/timestamp", b"two")
    assert receiver.get("/models/timestamp", {"If-None-Match": first[2]["etag"]})[1] == b"two"
    assert receiver.get("/models/none")[0] == 404
    assert receiver.get("/models/../lake/samples")[0] == 404
