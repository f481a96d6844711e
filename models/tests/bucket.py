"""An S3 API on loopback with one bucket, which can be out of reach and out of sorts."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import boto3
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

BUCKET = "fleet"

ACCESS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""What whoever uses it has in the environment."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Bucket:
    """The API, in threads of this process. What is in the bucket outlives a stop.

    Attributes:
        refused: how many requests were answered 503 out of sorts.
        waiting: how many requests have waited for an answer that did not come.
    """

    def __init__(self) -> None:
        self._answers: Application = DomainDispatcherApplication(create_backend_app)
        self._port = 0
        self._server: BaseWSGIServer | None = None
        self._fails_every: int | None = None
        self._count = itertools.count(1)
        self._speaks = Event()
        self._speaks.set()
        self.refused = 0
        self.waiting = 0

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listens, on the same port as before."""
        server = make_server("127.0.0.1", self._port, self._answer, threaded=True, request_handler=MotoRequestHandler)
        self._port, self._server = server.server_port, server
        Thread(target=server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Is out of reach."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def failing(self, every: int) -> Iterator[None]:
        """Answers each so-manieth request with 503."""
        self._fails_every = every
        try:
            yield
        finally:
            self._fails_every = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Takes requests and answers none."""
        self._speaks.clear()
        try:
            yield
        finally:
            self._speaks.set()

    def objects(self, prefix: str) -> dict[str, bytes]:
        """What lies below a prefix, by what follows it. An object that goes away meanwhile is none."""
        client, found = self.client(), {}
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{prefix}/"):
            for key in (of["Key"] for of in page.get("Contents", [])):
                with suppress(client.exceptions.NoSuchKey):
                    object_ = client.get_object(Bucket=BUCKET, Key=key)
                    found[key.removeprefix(f"{prefix}/")] = object_["Body"].read()
        return found

    def put(self, key: str, contents: bytes) -> None:
        """Writes an object."""
        self.client().put_object(Bucket=BUCKET, Key=key, Body=contents)

    def client(self) -> Any:  # noqa: ANN401
        """A client of the API."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=ACCESS["AWS_DEFAULT_REGION"],
            aws_access_key_id=ACCESS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=ACCESS["AWS_SECRET_ACCESS_KEY"],
        )

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not self._speaks.is_set():
            self.waiting += 1
            self._speaks.wait()
        every = self._fails_every
        # Whoever looks whether it is all there is not to be told off.
        if every and not environ.get("HTTP_USER_AGENT", "").startswith("Boto3") and next(self._count) % every == 0:
            self.refused += 1
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start("503 Slow Down", [("Content-Length", "0")])
            return [b""]
        return self._answers(environ, start)


@contextmanager
def served() -> Iterator[Bucket]:
    """The API, with what it asks for in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ACCESS.items():
            patch.setenv(name, value)
        bucket = Bucket()
        bucket.start()
        try:
            bucket.client().create_bucket(Bucket=BUCKET)
            yield bucket
        finally:
            bucket.stop()
