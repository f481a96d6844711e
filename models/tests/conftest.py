"""What several tests share: one synthetic data set and one model of it, made once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import synthetic

from foretap_models.config import Config
from foretap_models.data import dataset as cache
from foretap_models.data.dataset import Dataset
from foretap_models.errors import JudgeMissingError
from foretap_models.judge import figures
from foretap_models.learn.learn import learn
from foretap_models.learn.model import Model


def pytest_sessionstart() -> None:
    """Ends at once, in words, where `foretap` is missing: all that learns is judged by it."""
    try:
        figures.program()
    except JudgeMissingError as error:
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
