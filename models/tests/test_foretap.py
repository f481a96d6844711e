"""The command line `foretap` is found where it was named, on the path or built, and its refusals are told apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from foretap_models import foretap
from foretap_models.errors import ForetapDiedError, ForetapError, MissingForetapError


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_the_variable_comes_before_the_path_and_that_before_the_newest_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foretap, "CHECKOUT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("FORETAP", raising=False)
    with pytest.raises(MissingForetapError, match="cargo install --path bindings/cli"):
        foretap.find()
    for at, place in enumerate(("target/release/foretap", "target/debug/foretap", "bin/foretap", "named")):
        made = script(tmp_path / place, "exit 0")
        os.utime(made, (at, at))
        if place == "named":
            monkeypatch.setenv("FORETAP", str(made))
        assert foretap.find() == made
    monkeypatch.setenv("FORETAP", str(tmp_path / "nowhere"))
    with pytest.raises(MissingForetapError, match="there is no such file"):
        foretap.find()


def test_a_refusal_is_not_a_death(tmp_path: Path) -> None:
    assert foretap.run(script(tmp_path / "a", 'echo "$2"'), ["x", "said"]) == "said\n"
    with pytest.raises(ForetapError, match=r"^no bundle$") as refusal:
        foretap.run(script(tmp_path / "b", 'echo "foretap: no bundle" >&2; exit 2'), ["x"])
    assert not refusal.value.may_pass
    with pytest.raises(ForetapDiedError) as death:
        foretap.run(script(tmp_path / "c", "kill -9 $$"), ["x"])
    assert death.value.may_pass
    with pytest.raises(ForetapDiedError):
        foretap.run(tmp_path / "nowhere", ["x"])
