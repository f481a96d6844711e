"""The four commands, one after the other, twice: the same input and seed give the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import synthetic

from foretap_models import command
from foretap_models.bundle.hybrid import BESIDE
from foretap_models.bundle.parts import Arithmetic
from foretap_models.commands import choices
from foretap_models.learn.distil import STUDENT
from foretap_models.learn.learners import LEARNERS
from foretap_models.learn.tune import OBJECTIVES, Sampler


def run_all(folder: Path, hash_seed: str) -> dict[str, bytes]:
    """Runs the commands in a process of their own; returns the bytes of everything they wrote, and of stdout."""
    folder.mkdir()
    config, weights = folder / "config.toml", folder / "start_weights.tsv"
    config.write_text(synthetic.CONFIG)
    weights.write_text(synthetic.START_WEIGHTS)
    features = synthetic.file(folder, synthetic.people(seed=2, count=10, training=30, scored=40))
    commands = [
        ["prepare", str(features), "--out", "cache"],
        ["train", "cache", "--out", "model.npz", "--held-out-fold", "1", "--seed", "7", "--config", config.name],
        ["quantise", "model.npz", "--start-weights", weights.name, "--out", "int8"],
        ["quantise", "model.npz", "--start-weights", weights.name, "--out", "fp32", "--arithmetic", "fp32"],
        ["evaluate", "model.npz", "--cache", "cache", "--trees", "--json", "scores.json", "--config", config.name],
    ]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    script = (
        "import sys, json; from foretap_models.command import main; sys.exit(any(map(main, json.loads(sys.argv[1]))))"
    )
    full = [sys.executable, "-c", script, json.dumps(commands)]
    shown = subprocess.run(full, cwd=folder, env=environment, check=True, capture_output=True).stdout
    files = {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    return files | {"stdout": shown}


def test_the_same_input_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = run_all(tmp_path / "first", "1"), run_all(tmp_path / "second", "2")
    assert {"model.npz", "int8/model.onnx", "fp32/model.onnx", "scores.json", "cache/features.npy"} <= set(first)
    assert list(first) == list(second)
    assert [name for name in first if first[name] != second[name]] == []
    scores = json.loads(first["scores.json"])
    assert list(scores["moments"]) == ["next", "unlock", "unlock_or_resume"]
    assert list(scores["moments"]["unlock"]["systems"]) == ["mixer", "mlp_fp32", "mlp_int8", "lightgbm"]
    assert (scores["against"], scores["part"]) == ("mixer", "scored")
    assert first["stdout"].count(b"\nmlp_int8 @3 ") == 3


def test_a_refusal_is_one_line_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["train", str(tmp_path), "--out", str(tmp_path / "model.npz")]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("foretap-models: ")
    assert shown.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_negative_seed_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["train", str(tmp_path), "--out", "model.npz", "--seed", "-1"])
    assert "a seed is 0 or more" in capsys.readouterr().err


HEAVY = ("jax", "xgboost", "lightgbm", "sklearn", "scipy", "mlflow", "onnx", "onnxruntime", "optuna", "ray")
"""What takes seconds to load."""


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--help"], 0),
        (["all", "--help"], 0),
        (["evaluate"], 2),
        (["data", "list", "--store", "nowhere"], 0),
        (["registry", "list"], 2),
        (["pipeline", "status", "--workdir", "nowhere"], 2),
    ],
)
def test_nothing_heavy_is_loaded_for_what_needs_none_of_it(words: list[str], code: int, tmp_path: Path) -> None:
    script = (
        "import sys, runpy, atexit\n"
        f"atexit.register(lambda: print('loaded:', *[name for name in {HEAVY} if name in sys.modules]))\n"
        "sys.argv[0] = 'foretap-models'\n"
        "runpy.run_module('foretap_models', run_name='__main__')"
    )
    ended = subprocess.run([sys.executable, "-c", script, *words], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == code, ended.stderr
    assert ended.stdout.splitlines()[-1] == "loaded:"


def test_what_arguments_may_be_is_what_there_is() -> None:
    assert tuple(LEARNERS) == choices.LEARNERS
    assert STUDENT == choices.STUDENT
    assert tuple(BESIDE) == choices.MEMBERS
    assert tuple(Arithmetic) == choices.ARITHMETICS
    assert tuple(Sampler) == choices.SAMPLERS
    assert tuple(OBJECTIVES) == choices.OBJECTIVES
