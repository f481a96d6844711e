"""`foretap-models quantise`: a model -> a parts directory for `foretap bundle pack`."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, show
from foretap_models.commands.choices import ARITHMETICS


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("quantise", help="a model -> a parts directory for `foretap bundle pack`")
    command.add_argument("model", type=Path)
    command.add_argument("--start-weights", required=True, type=Path, help="the table of `foretap weights`")
    command.add_argument("--out", required=True, type=Path, help="the parts directory")
    command.add_argument("--arithmetic", choices=ARITHMETICS, default="int8")
    command.add_argument(
        "--line",
        type=Path,
        help="the first model of the release line (.npz), whose scales are kept so that phones fetch a small delta",
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Model -> parts."""
    # Here, because it takes seconds.
    from foretap_models.bundle import parts
    from foretap_models.learn.model import Model

    line = Model.load(chosen.line) if chosen.line else None
    model, arithmetic = Model.load(chosen.model), parts.Arithmetic(chosen.arithmetic)
    difference = parts.write(model, arithmetic, chosen.start_weights, chosen.out, line=line)
    size = (chosen.out / "model.onnx").stat().st_size
    show(f"{chosen.out}: {chosen.arithmetic}, model.onnx {size} bytes, ONNX Runtime within {difference:.1e} nats")
