"""What MLflow keeps of the registry: runs with files and figures, versions with tags, stages as aliases.

The only file that names MLflow. It sends nothing anywhere: its telemetry is switched off before it is loaded, and it is
loaded only where a registry is opened, because that takes seconds.
"""

from __future__ import annotations

import functools
import logging
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from foretap_models.errors import EvidenceError, NoRegistryError, RegistryStoreError
from foretap_models.registry.state import Stage, State

Given = ParamSpec("Given")
Result = TypeVar("Result")

VERSION, APPROVAL, SEAL = "foretap.version", "foretap.approval", "foretap.audit"
"""Tags: a version's name and approval; and, of the model, the hash of the last decision that was carried out."""

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_AGENT_HINT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""Variables that keep MLflow from calling home, from advertising, and from writing to the terminal."""

RETRIES = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}
"""A server that is away is said to be so within seconds, not minutes, where nobody has set it otherwise."""

PAGE = 1_000
"""Versions asked for at a time."""


@dataclass(frozen=True)
class Stored:
    """A version as MLflow has it.

    Attributes:
        number: MLflow's own.
        run: the run that holds its files.
        approval: its tag.
    """

    number: int
    run: str
    approval: str


def _ours(
    method: Callable[Concatenate[Store, Given], Result],
) -> Callable[Concatenate[Store, Given], Result]:
    """A method whose failures in MLflow are `RegistryStoreError`s."""

    @functools.wraps(method)
    def wrapped(self: Store, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return method(self, *args, **kwargs)
        except self._failure as error:
            raise RegistryStoreError(f"MLflow: {_line(error)}") from error

    return wrapped


class Store:
    """A registered model in MLflow. Every method raises `RegistryStoreError` where MLflow fails."""

    def __init__(self, uri: str, model: str, artifacts: Path | None, *, create: bool) -> None:
        """Opens it.

        Args:
            uri: `sqlite:///PATH`, or `http://` or `https://` and a server.
            model: the name of the registered model, and of the experiment.
            artifacts: where files of runs go; `None` leaves it to the server.
            create: makes the model where it is not there yet.

        Raises:
            NoRegistryError: it is not there.
        """
        os.environ.update(RETRIES | dict(os.environ) | QUIET)
        from mlflow.entities import Metric  # here, because it takes seconds
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._failure, self._metric = MlflowException, Metric
        self._model = model
        self._open(MlflowClient, uri)
        if create:
            self._create(artifacts)
        elif not self._is_there():
            raise NoRegistryError(f"{uri}: no model {model} is registered there")

    @_ours
    def seal(self) -> str | None:
        """The hash of the last decision that was carried out here; `None` before the first."""
        return self._client.get_registered_model(self._model).tags.get(SEAL)

    @_ours
    def versions(self) -> dict[str, Stored]:
        """All versions, by name, in MLflow's order."""
        found: list[Any] = []
        token: str | None = ""
        while token is not None:
            page = self._client.search_model_versions(f"name='{self._model}'", PAGE, page_token=token or None)
            found += page
            token = page.token or None
        return {
            v.tags[VERSION]: Stored(int(v.version), v.run_id, v.tags.get(APPROVAL, ""))
            for v in sorted(found, key=lambda v: int(v.version))
            if VERSION in v.tags
        }

    @_ours
    def stages(self) -> dict[Stage, str | None]:
        """The version of each stage."""
        aliases = self._client.get_registered_model(self._model).aliases
        names = {str(stored.number): name for name, stored in self.versions().items()}
        numbers = {stage: aliases.get(stage.value) for stage in Stage}
        return {stage: number and names.get(str(number), f"number {number}") for stage, number in numbers.items()}

    @_ours
    def upload(self, files: Mapping[str, bytes], tags: Mapping[str, str], metrics: Mapping[str, float]) -> str:
        """Stores files and figures as a run; returns its id."""
        experiment = self._client.get_experiment_by_name(self._model)
        run = self._client.create_run(experiment.experiment_id, tags=dict(tags)).info.run_id
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                (Path(folder) / name).write_bytes(content)
            self._client.log_artifacts(run, folder)
        at_ms = int(time.time() * 1000)
        self._client.log_batch(run, [self._metric(name, value, at_ms, 0) for name, value in metrics.items()])
        self._client.set_terminated(run)
        return run

    def file(self, run: str, name: str) -> bytes:
        """A file of a run.

        Raises:
            EvidenceError: it is not there.
        """
        with tempfile.TemporaryDirectory() as folder:
            try:
                return Path(self._client.download_artifacts(run, name, folder)).read_bytes()
            except (self._failure, OSError) as error:
                raise EvidenceError(f"{name} is not in run {run}: {_line(error)}") from error

    @_ours
    def carry_out(self, state: State, version: str, run: str, tags: Mapping[str, str], seal: str) -> None:
        """Brings MLflow to what was decided about a version; doing it again does no harm.

        Args:
            state: after the decision.
            version: which it is about; made of its run if it is not there yet.
            run: holds its files.
            tags: of a new version.
            seal: the hash of the decision, noted last.
        """
        if version not in self.versions():
            source = self._client.get_run(run).info.artifact_uri
            self._client.create_model_version(self._model, source, run, tags={VERSION: version, **tags})
        numbers = {name: str(stored.number) for name, stored in self.versions().items()}
        approval = state.approval(version).value
        self._client.set_model_version_tag(self._model, numbers[version], APPROVAL, approval)
        for stage, name in ((Stage.STAGING, state.staging), (Stage.PRODUCTION, state.production)):
            if name is None:
                self._client.delete_registered_model_alias(self._model, stage.value)
            else:
                self._client.set_registered_model_alias(self._model, stage.value, numbers[name])
        self.note(seal)

    @_ours
    def note(self, seal: str) -> None:
        """Keeps the hash of the last decision that was carried out."""
        self._client.set_registered_model_tag(self._model, SEAL, seal)

    @_ours
    def _open(self, client: Callable[..., Any], uri: str) -> None:
        """Connects."""
        self._client = client(tracking_uri=uri, registry_uri=uri)

    @_ours
    def _is_there(self) -> bool:
        """Whether the model is registered."""
        return bool(self._client.search_registered_models(f"name='{self._model}'"))

    @_ours
    def _create(self, artifacts: Path | None) -> None:
        """Makes experiment and model, or what of them is missing."""
        if self._client.get_experiment_by_name(self._model) is None:
            location = artifacts.resolve().as_uri() if artifacts else None
            self._client.create_experiment(self._model, artifact_location=location)
        if not self._is_there():
            self._client.create_registered_model(self._model)


def _line(error: BaseException) -> str:
    """The first line of what went wrong."""
    return str(error).strip().split("\n")[0]
