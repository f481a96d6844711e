"""The model file: everything that `train` learned, in one `.npz` whose bytes depend on nothing else."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from foretap_models.data.dataset import Dataset
from foretap_models.data.features_file import MOMENTS
from foretap_models.errors import ModelFileError
from foretap_models.learn.calibration import Calibration
from foretap_models.learn.inputs import Standardisation

FORMAT = 2
"""The version of the file's layout."""

OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: a zip's earliest."""

LAYERS = 3
"""Dense layers of the network."""


@dataclass(frozen=True)
class Provenance:
    """What a model was made from.

    Attributes:
        name: of the bundle.
        version: of the bundle.
        feature_names: F names, in order.
        schema: SHA-256 of the schema of the features, 64 hex digits.
        learned_on: SHA-256 of each log, 64 hex digits each.
        held_out_fold: nobody of this fold was learned from; `None` = everyone was.
        groups: SHA-256 of the groups that the fold is one of, 64 hex digits; `None` where it is every fifth person.
        seed: of everything random.
        queries: learned from.
        people: learned from.
        losses: mean loss of each epoch, nats.
        inner: percent, by moment and then by measure, on people held out of the inner split.
        teachers: names of the learners that taught it, where it was taught.
    """

    name: str
    version: str
    feature_names: tuple[str, ...]
    schema: str
    learned_on: tuple[str, ...]
    held_out_fold: int | None
    groups: str | None
    seed: int
    queries: int
    people: int
    losses: tuple[float, ...]
    inner: dict[str, dict[str, float]]
    teachers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A trained network with what belongs to it.

    Attributes:
        layers: weights float32 [K, M] and bias float32 [M] of each layer, for standardised inputs.
        standardisation: of the inputs.
        peaks: float32 [2], the percentile of each hidden layer's activations at which INT8 cuts them.
        calibration: of each moment, in the order of `MOMENTS`.
        provenance: what it was made from.
    """

    layers: tuple[tuple[np.ndarray, np.ndarray], ...]
    standardisation: Standardisation
    peaks: np.ndarray
    calibration: tuple[Calibration, ...]
    provenance: Provenance

    def check_fits(self, dataset: Dataset) -> None:
        """Refuses a dataset of other features.

        Raises:
            ModelFileError: its schema or its columns are not those of the model.
        """
        p = self.provenance
        if (p.schema, p.feature_names) != (dataset.schema, dataset.feature_names):
            raise ModelFileError(f"a model of feature schema {p.schema[:8]}, a dataset of {dataset.schema[:8]}")

    def save(self, path: Path) -> None:
        """Writes it; the same model gives the same bytes."""
        arrays = {"mean": self.standardisation.mean, "sd": self.standardisation.sd, "peaks": self.peaks}
        for at, (w, b) in enumerate(self.layers):
            arrays |= {f"w{at}": w, f"b{at}": b}
        calibration = dict(zip(MOMENTS, map(asdict, self.calibration), strict=True))
        about = {"format": FORMAT, "calibration": calibration, "provenance": asdict(self.provenance)}
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, array in sorted(arrays.items()):
                entry = io.BytesIO()
                np.lib.format.write_array(entry, np.ascontiguousarray(array, np.float32), allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy", OLDEST), entry.getvalue())
            archive.writestr(zipfile.ZipInfo("about.json", OLDEST), json.dumps(about, indent=1, sort_keys=True) + "\n")

    @classmethod
    def load(cls, path: Path) -> Model:
        """Reads it.

        Raises:
            ModelFileError: `save` did not write it.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                about = json.loads(archive.read("about.json"))
                names = [name for name in archive.namelist() if name.endswith(".npy")]
                arrays = {
                    name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)))
                    for name in names
                }
            if about["format"] != FORMAT:
                raise ModelFileError(f"{path}: a model of another format; train it again")
            made = about["provenance"]
            for key in ("feature_names", "learned_on", "losses", "teachers"):
                made[key] = tuple(made.get(key, ()))
            return cls(
                layers=tuple((arrays[f"w{at}"], arrays[f"b{at}"]) for at in range(LAYERS)),
                standardisation=Standardisation(arrays["mean"], arrays["sd"]),
                peaks=arrays["peaks"],
                calibration=tuple(Calibration(**about["calibration"][moment]) for moment in MOMENTS),
                provenance=Provenance(**made),
            )
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise ModelFileError(f"{path}: not a model: {error}") from error
