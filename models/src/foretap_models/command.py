"""The command line: `foretap-models prepare | train | quantise | evaluate`. Exit code 2 says why on stderr."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from foretap_models import dataset as cache
from foretap_models import evaluate as judge
from foretap_models import parts, report
from foretap_models.config import Config
from foretap_models.errors import CacheError, ModelsError
from foretap_models.features_file import FOLDS
from foretap_models.learn import learn
from foretap_models.model import Model
from foretap_models.train import on_stderr

DEFAULT_CONFIG = Path(__file__).parents[2] / "configs" / "default.toml"
"""Beside the package in the repository; elsewhere `--config` names one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
    except (ModelsError, OSError) as error:
        on_stderr(f"foretap-models: {error}")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    """The arguments of all four commands."""
    parser = argparse.ArgumentParser(prog="foretap-models", description="The network that re-ranks Foretap's shortlist")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("prepare", help="features files -> a checked training cache")
    command.add_argument("features", nargs="+", type=Path, help="Parquet files of `foretap features`")
    command.add_argument("--out", required=True, type=Path, help="folder of the cache")
    command.add_argument("--schema", help="refuse features of any other schema (64 hex digits)")
    command.set_defaults(run=_prepare)

    command = commands.add_parser("train", help="a training cache -> a model")
    command.add_argument("cache", type=Path)
    command.add_argument("--out", required=True, type=Path, help="the model, an .npz")
    command.add_argument("--held-out-fold", type=int, choices=range(FOLDS), help="learn nothing of this fold")
    command.add_argument("--seed", type=_seed, default=0)
    command.add_argument("--config", type=Path, default=DEFAULT_CONFIG)
    command.add_argument("--report", type=Path, help="draw the losses into this SVG")
    command.set_defaults(run=_train)

    command = commands.add_parser("quantise", help="a model -> a parts directory for `foretap bundle pack`")
    command.add_argument("model", type=Path)
    command.add_argument("--start-weights", required=True, type=Path, help="the table of `foretap weights`")
    command.add_argument("--out", required=True, type=Path, help="the parts directory")
    command.add_argument("--arithmetic", type=parts.Arithmetic, choices=list(parts.Arithmetic), default="int8")
    command.set_defaults(run=_quantise)

    command = commands.add_parser("evaluate", help="judge models on the people they never saw")
    command.add_argument("models", nargs="+", type=Path, help="one model for each held-out fold")
    command.add_argument("--cache", nargs="+", type=Path, required=True, help="one for all models, or one for each")
    command.add_argument("--trees", action="store_true", help="train LightGBM beside each, on the same people")
    command.add_argument("--json", type=Path, help="write the figures here as well")
    command.add_argument("--config", type=Path, default=DEFAULT_CONFIG)
    command.set_defaults(run=_evaluate)
    return parser


def _seed(text: str) -> int:
    """A seed, 0..2^63."""
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("a seed is 0 or more, below 2^63")
    return value


def _prepare(chosen: argparse.Namespace) -> None:
    """Features files -> cache, counts on stdout."""
    dataset = cache.prepare(chosen.features, chosen.out, chosen.schema)
    _show("\n".join(dataset.counts()))


def _train(chosen: argparse.Namespace) -> None:
    """Cache -> model."""
    config = Config.read(chosen.config)
    model = learn(cache.load(chosen.cache), config, chosen.held_out_fold, chosen.seed)
    model.save(chosen.out)
    if chosen.report:
        chosen.report.write_text(report.losses(model.provenance), encoding="utf-8")
    _show(json.dumps(model.provenance.inner, indent=1))


def _quantise(chosen: argparse.Namespace) -> None:
    """Model -> parts."""
    difference = parts.write(Model.load(chosen.model), chosen.arithmetic, chosen.start_weights, chosen.out)
    size = (chosen.out / "model.onnx").stat().st_size
    _show(f"{chosen.out}: {chosen.arithmetic}, model.onnx {size} bytes, ONNX Runtime within {difference:.1e} nats")


def _evaluate(chosen: argparse.Namespace) -> None:
    """Cache and models -> table and JSON."""
    config = Config.read(chosen.config)
    models = [Model.load(path) for path in chosen.models]
    if len(chosen.cache) not in (1, len(models)):
        raise CacheError(f"{len(chosen.cache)} caches for {len(models)} models; one for all, or one for each")
    datasets = [cache.load(path) for path in chosen.cache] * (len(models) // len(chosen.cache))
    trials = [judge.Trial(dataset, model) for dataset, model in zip(datasets, models, strict=True)]
    verdicts = judge.evaluate(trials, config.trees if chosen.trees else None)
    _show(judge.table(verdicts))
    if chosen.json:
        chosen.json.write_text(json.dumps(judge.as_json(verdicts), indent=1) + "\n", encoding="utf-8")


def _show(text: str) -> None:
    """Writes a result."""
    sys.stdout.write(text + "\n")
