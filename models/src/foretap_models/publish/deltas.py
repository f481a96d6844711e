"""How long deltas are after retrains of several kinds: what a release line costs its phones."""

from __future__ import annotations

import json
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from foretap_models import foretap
from foretap_models.bundle import parts
from foretap_models.bundle.quantise import in_line, quantise
from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.hyperparameters import Schedule
from foretap_models.learn.inputs import Examples
from foretap_models.learn.learn import of_layers, uncalibrated
from foretap_models.learn.model import Model
from foretap_models.learn.network import LeftOut, Mlp
from foretap_models.learn.train import fit
from foretap_models.progress import Progress

LAST = "last layer"
ANEW = "trained anew, a line of its own"
RATES = {
    "all layers, by a touch": 1e-5,
    "all layers, lightly": 1e-4,
    "all layers": 1e-3,
}
"""Adam's learning rate of one more epoch with the people of fold 0, by the kind of retrain; the last as in training."""


@dataclass(frozen=True)
class Size:
    """A retrain, and what it costs.

    Attributes:
        kind: of retrain.
        changed: share of the INT8 weights that are another byte.
        bundle: bytes of the new bundle.
        delta: bytes of the delta from the old one.
        bsdiff: bytes of a bsdiff patch, where the program is installed.
        packed: bytes of the new bundle alone, deflated at the highest level.
    """

    kind: str
    changed: float
    bundle: int
    delta: int
    bsdiff: int | None
    packed: int


@dataclass(frozen=True)
class Retrains:
    """What is trained and retrained.

    Attributes:
        dataset: the training cache.
        config: hyper-parameters; its hidden layers decide how large the bundle is.
        queries: the most to learn from, evenly thinned.
        seed: of everything random.
        start_weights: the table of `foretap weights`.
    """

    dataset: Dataset
    config: Config
    queries: int
    seed: int
    start_weights: Path

    def at(self, held_out_fold: int | None) -> np.ndarray:
        """The queries to learn from, int64 [n]."""
        at = self.dataset.training_queries(held_out_fold)
        return at[np.linspace(0, len(at) - 1, min(self.queries, len(at))).astype(np.int64)]

    def learned(self, held_out_fold: int | None, seed: int, progress: Progress) -> Model:
        """A model from the beginning."""
        at = self.at(held_out_fold)
        return uncalibrated(self.dataset, self.config, at, held_out_fold, seed, progress, None)


def sizes(retrains: Retrains, folder: Path, progress: Progress) -> Iterator[Size]:
    """Trains a first model without the people of fold 0, retrains it with them in several ways, and makes each delta.

    Args:
        retrains: what, and how.
        folder: where bundles and deltas are put; made if it is not there.
        progress: shown now and then.

    Raises:
        HeldOutError: too few people.
        QuantiseError: a retrain left its line.
    """
    program = foretap.find()
    base = retrains.learned(0, retrains.seed, progress)
    old = _bundle(program, base, None, retrains.start_weights, folder / "base")
    weights = _weights(base, base)
    for kind, model, line in _retrained(retrains, base, progress):
        new = _bundle(program, model, line, retrains.start_weights, folder / kind.replace(" ", "_").replace(",", ""))
        made = json.loads(foretap.run(program, ["repository", "delta", old, new, "--out", new.with_suffix(".delta")]))
        changed = float((_weights(model, line or model) != weights).mean())
        content = new.read_bytes()
        packed = len(zlib.compress(content, 9))
        yield Size(kind, changed, len(content), made["bytes"], _bsdiff(old, new), packed)


def markdown(table: list[Size]) -> str:
    """The table, each as a share of the bundle."""
    lines = [
        "| retrain | INT8 weights changed | bundle | delta | of it | bsdiff | whole, deflated |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for size in table:
        share = [None if n is None else n / size.bundle for n in (size.delta, size.bsdiff, size.packed)]
        shown = ["-" if part is None else f"{part:.1%}" for part in share]
        lines.append(
            f"| {size.kind} | {size.changed:.1%} | {size.bundle:,} | {size.delta:,} | " + " | ".join(shown) + " |"
        )
    return "\n".join(lines)


def _retrained(retrains: Retrains, base: Model, progress: Progress) -> Iterator[tuple[str, Model, Model | None]]:
    """Kinds of retrains: what was learned, and the line that it is of."""
    dataset, config = retrains.dataset, retrains.config
    names = dataset.feature_names
    examples = Examples.of(dataset, retrains.at(None), base.standardisation)
    network = Mlp(len(names), config.training.hidden, LeftOut.of(config.dropout, names))

    def more(rate: float) -> Model:
        schedule = Schedule(1, config.training.batch, rate, 0, 1.0, 0.0)
        learned, _ = fit(network, examples, schedule, retrains.seed + 1, progress, start=list(base.layers))
        return replace(base, layers=of_layers(learned))

    retrained = {kind: more(rate) for kind, rate in RATES.items()}
    *_, last = retrained.values()
    yield LAST, replace(base, layers=(*base.layers[:-1], last.layers[-1])), base
    for kind, model in retrained.items():
        yield kind, model, base
    yield ANEW, retrains.learned(None, retrains.seed + 7, progress), None


def _weights(model: Model, line: Model) -> np.ndarray:
    """The INT8 weights of all layers, in their line."""
    return np.concatenate([layer.weights.ravel() for layer in quantise(in_line(model, line), line)])


def _bundle(program: Path, model: Model, line: Model | None, start_weights: Path, folder: Path) -> Path:
    parts.write(model, parts.Arithmetic.INT8, start_weights, folder, line=line)
    file = folder.with_suffix(".bundle")
    foretap.run(program, ["bundle", "pack", folder, "--out", file])
    return file


def _bsdiff(old: Path, new: Path) -> int | None:
    """The length of a bsdiff patch, in bytes; `None` where the program is not installed."""
    program = shutil.which("bsdiff")
    if program is None:
        return None
    patch = new.with_suffix(".bsdiff")
    subprocess.run([program, old, new, patch], check=True, capture_output=True)
    return patch.stat().st_size
