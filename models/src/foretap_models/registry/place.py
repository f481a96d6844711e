"""Where a registry is: MLflow's database or server, the audit log, the lock, the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from foretap_models.errors import NoRegistryError

MODEL = "foretap"
"""What the registered model is called where nobody says otherwise."""

SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Place:
    """A registry's place.

    Attributes:
        uri: what MLflow is given.
        audit: the SQLite file of the audit log.
        artifacts: the folder of the versions' files; `None` leaves them to the server.
        model: the name of the registered model; each has a registry of its own.
    """

    uri: str
    audit: Path
    artifacts: Path | None
    model: str = MODEL

    @classmethod
    def of(cls, uri: str, audit: Path | None = None, model: str = MODEL) -> Place:
        """From what a person writes.

        Args:
            uri: `sqlite:///PATH`, with audit log and files beside it by default, or a server's URL.
            audit: the audit log.
            model: the name of the registered model.

        Raises:
            NoRegistryError: it is neither, or a server without an audit log.
        """
        if uri.startswith(SQLITE) and len(uri) > len(SQLITE):
            file = Path(uri.removeprefix(SQLITE)).absolute()
            log = audit or file.with_suffix(f".{model}.audit.db")
            return cls(f"{SQLITE}{file}", log, file.with_suffix(".files"), model)
        if not uri.startswith(("http://", "https://")):
            raise NoRegistryError(f"{uri}: a registry is {SQLITE}PATH, or http:// or https:// and a server")
        if audit is None:
            raise NoRegistryError(f"{uri}: a server's registry needs the file of its audit log (--audit)")
        return cls(uri, audit, None, model)

    @property
    def lock(self) -> Path:
        """Locked by the process that is at it."""
        return self.audit.with_suffix(".lock")

    def check_is_there(self) -> None:
        """Refuses a place without a registry.

        Raises:
            NoRegistryError: there is no audit log.
        """
        if not self.audit.exists():
            raise NoRegistryError(f"{self.audit}: no audit log; `foretap-models register` begins a registry")
