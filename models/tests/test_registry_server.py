"""The same registry on an MLflow server by URL."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from registered import ADA, GATES, opened, register

from foretap_models.errors import RegistryStoreError
from foretap_models.registry.place import Place
from foretap_models.registry.state import Stage
from foretap_models.registry.store import QUIET

SERVER = """
from mlflow.server import app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def server(empty_registry: Path, tmp_path: Path) -> Iterator[str]:
    """A real server on loopback, where the packages that it needs beyond ours are installed."""
    pytest.importorskip("flask", reason="skipped: MLflow's server needs flask")
    shutil.copy(empty_registry, tmp_path / "server.db")
    settings = {
        "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{tmp_path}/server.db",
        "_MLFLOW_SERVER_REGISTRY_STORE": f"sqlite:///{tmp_path}/server.db",
        "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
        "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(tmp_path / "files"),
        "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
    }
    with subprocess.Popen(
        [sys.executable, "-c", SERVER],
        env=os.environ | QUIET | settings,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}"
        process.kill()


def test_a_server_holds_what_a_file_holds(server: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = Place.of(server, tmp_path / "audit.db")
    with opened(place) as registry:
        register(registry)
        registry.approve("v1.0", ADA, GATES)
        registry.promote("v1.0", Stage.STAGING, ADA, GATES)
        registry.promote("v1.0", Stage.PRODUCTION, ADA, GATES)
    with opened(place) as registry:
        assert registry.state().production == "v1.0"
        assert registry.verify()
        assert registry.archive.card("v1.0").startswith("# synthetic v1.0")
    assert list((tmp_path / "files").rglob("foretap.bundle")), "the files lie with the server"
    assert capfd.readouterr().out == ""


def test_a_server_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(RegistryStoreError), opened(Place.of("http://127.0.0.1:9", tmp_path / "audit.db")):
        pass
