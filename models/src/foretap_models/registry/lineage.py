"""Where a bundle comes from: a chain of hashes from the data to the file that ships."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from foretap_models.config import Config
from foretap_models.errors import BundleFileError

MAGIC = b"FORETAP"
"""What every bundle begins with; a byte of format and the SHA-256 of the rest follow."""

LIBRARIES = (
    "jax",
    "jaxlib",
    "lightgbm",
    "numpy",
    "onnx",
    "onnxruntime",
    "polars",
    "pyarrow",
    "scikit-learn",
    "xgboost-cpu",
)
"""Whose version can change a result."""

PACKAGE = Path(__file__).parents[1]
"""The sources of this package."""


@dataclass(frozen=True)
class Lineage:
    """What a bundle was made from; SHA-256 sums of 64 hex digits.

    Attributes:
        data: the data set's version.
        config: the hyper-parameters.
        code: this package's sources.
        model: the model file.
        bundle: the bundle's id.
    """

    data: str
    config: str
    code: str
    model: str
    bundle: str

    def as_json(self) -> dict[str, str]:
        """JSON, in the order of the chain."""
        return asdict(self)


def bundle_id(content: bytes) -> str:
    """The id of a bundle, 64 hex digits: the SHA-256 of its payload, which the file begins with.

    Raises:
        BundleFileError: this is no bundle, or its payload is not that of its id.
    """
    head, payload = content[: len(MAGIC) + 33], content[len(MAGIC) + 33 :]
    if not head.startswith(MAGIC) or len(head) < len(MAGIC) + 33:
        raise BundleFileError("not a bundle")
    found = hashlib.sha256(payload).digest()
    if found != head[len(MAGIC) + 1 :]:
        raise BundleFileError("a damaged bundle: its content is not that of its SHA-256 sum")
    return found.hex()


def config_hash(config: Config) -> str:
    """SHA-256 of the hyper-parameters, whatever their order in the file."""
    return text_hash(json.dumps(asdict(config), sort_keys=True, separators=(",", ":"), allow_nan=False))


@functools.cache
def code_hash(packages: tuple[str, ...] | None = None) -> str:
    """SHA-256 over this package's sources and the versions of the libraries that results depend on.

    Read once: what is running is what was loaded, whatever is edited meanwhile.

    Args:
        packages: only these of its packages, and the modules beside them; all by default.
    """
    chosen = ["*.py", *(f"{name}/**/*.py" for name in packages)] if packages is not None else ["**/*.py"]
    sources = files_hash(PACKAGE, sorted({path for pattern in chosen for path in PACKAGE.glob(pattern)}))
    return text_hash(json.dumps([sources, {name: metadata.version(name) for name in LIBRARIES}]))


def text_hash(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def folder_hash(folder: Path) -> str:
    """SHA-256 over the names and the bytes of all files in a folder."""
    return files_hash(folder, sorted(path for path in folder.rglob("*") if path.is_file()))


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_hash(folder: Path, files: list[Path]) -> str:
    """SHA-256 over the names within the folder and the contents of files, in the order given."""
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{file_hash(path)}  {path.relative_to(folder).as_posix()}\n".encode())
    return whole.hexdigest()
