"""What several tests share: one synthetic data set and one model of it, made once."""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import published
import pytest
import registered
import synthetic
from published import Works

from foretap_models import foretap
from foretap_models.commands import publishing
from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.engine.engine import Engine
from foretap_models.errors import MissingForetapError
from foretap_models.learn.learn import learn
from foretap_models.learn.model import Model
from foretap_models.registry.place import Place
from foretap_models.registry.state import Stage
from foretap_models.registry.store import QUIET

os.environ["PYTHONPATH"] = os.pathsep.join(str(Path(__file__).parents[n] / at) for n, at in ((0, ""), (1, "src")))
"""Ray's workers, too, find what the tests hand them, and every process the sources beside the tests."""

COMPILED = "JAX_COMPILATION_CACHE_DIR"
"""Where JAX keeps what it compiled: the same small networks are compiled by many tests, in several processes."""


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the session, which the workers inherit; JAX reads the variables when it is imported."""
    if COMPILED not in os.environ:
        os.environ[COMPILED] = tempfile.mkdtemp(prefix="foretap-compiled-")
        os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(COMPILED), ignore_errors=True))


def pytest_sessionstart() -> None:
    """Ends at once, in words, where `foretap` is missing: all that learns is judged by it."""
    try:
        foretap.find()
    except MissingForetapError as error:
        pytest.exit(str(error), returncode=1)


@pytest.fixture(scope="session")
def config() -> Config:
    return Config.of(tomllib.loads(synthetic.CONFIG))


@pytest.fixture(scope="session")
def queries() -> list[synthetic.Query]:
    """15 people; a fifth of them are fold 0."""
    return synthetic.people(seed=1, count=15, training=100, scored=150)


@pytest.fixture(scope="session")
def dataset(queries: list[synthetic.Query], tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("data")
    return cache.prepare([synthetic.file(folder, queries)], folder / "cache")


@pytest.fixture(scope="session")
def model(dataset: Dataset, config: Config) -> Model:
    """Learned with fold 0 held out."""
    return learn(dataset, config, held_out_fold=0, seed=3, progress=lambda _: None)


@pytest.fixture
def start_weights(tmp_path: Path) -> Path:
    path = tmp_path / "start_weights.tsv"
    path.write_text(synthetic.START_WEIGHTS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def empty_registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's tables, which take seconds to make, and nothing in them."""
    os.environ.update(QUIET)
    from mlflow.tracking import MlflowClient

    path = tmp_path_factory.mktemp("registry") / "empty.db"
    MlflowClient(f"sqlite:///{path}", f"sqlite:///{path}").search_registered_models()
    return path


@pytest.fixture
def place(empty_registry: Path, tmp_path: Path) -> Place:
    """A registry of the test's own, without anything in it."""
    shutil.copy(empty_registry, tmp_path / "registry.db")
    return Place.of(f"sqlite:///{tmp_path}/registry.db")


@pytest.fixture(scope="session")
def filled_registry(empty_registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registry with v1.0 in production, v1.1 in staging, v2.0 and v2.1 Pending.

    v2.0 is as bad as the gates allow, v2.1 is worse.
    """
    folder = tmp_path_factory.mktemp("filled")
    shutil.copy(empty_registry, folder / "registry.db")
    gates, ada = registered.GATES, registered.ADA
    with registered.opened(Place.of(f"sqlite:///{folder}/registry.db")) as registry:
        for version, stage in (("v1.0", Stage.PRODUCTION), ("v1.1", Stage.STAGING)):
            registered.register(registry, version)
            registry.approve(version, ada, gates)
            registry.promote(version, Stage.STAGING, ada, gates)
            if stage is Stage.PRODUCTION:
                registry.promote(version, stage, ada, gates)
        registered.register(registry, "v2.0", hr3=57.0 - gates.hr3_margin, ece=gates.ece_limit)
        registered.register(registry, "v2.1", hr3=56.4)
    return folder


@pytest.fixture
def filled(filled_registry: Path, tmp_path: Path) -> Place:
    """A copy of it, of the test's own."""
    return registered.copied(filled_registry, tmp_path)


@pytest.fixture(scope="session")
def served_folder(empty_registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two releases and the registry of its models, made once."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copy(empty_registry, folder / "registry.db")
    published.make(folder)
    return folder


@pytest.fixture
def works(served_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Works:
    """A copy of it, of the test's own, with a publisher's commands."""
    registered.copied(served_folder, tmp_path)
    found = Works(tmp_path)
    monkeypatch.setattr(publishing, "CLOCK", lambda: found.now_s)
    return found


@pytest.fixture(scope="session")
def ray_engine() -> Iterator[Engine]:
    """A small Ray on loopback: two workers, 80 MB of shared memory."""
    from foretap_models.engine.ray import RayEngine

    with RayEngine(workers=2, store_bytes=80 * 2**20) as engine:
        yield engine
