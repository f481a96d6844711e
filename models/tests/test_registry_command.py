"""The registry on the command line, from the first registration to a rollback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import registered
import synthetic

from foretap_models import command
from foretap_models.registry.place import Place

SIGNED = ["--by", "Ada", "--reason", "it does better"]


def test_from_the_first_registration_to_a_rollback(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--registry", place.uri]
    config = tmp_path / "config.toml"
    config.write_text(synthetic.CONFIG)
    (tmp_path / "judged.json").write_text(json.dumps(registered.judged()))
    (tmp_path / "model.npz").write_bytes(b"a model")
    features = synthetic.file(tmp_path, synthetic.people(seed=5, count=5, training=12, scored=4))
    assert command.main(["prepare", str(features), "--out", str(tmp_path / "cache"), "--config", str(config)]) == 0
    capsys.readouterr()

    def run(*arguments: str, code: int = 0) -> str:
        assert command.main([*arguments, *at]) == code
        shown = capsys.readouterr()
        assert (shown.out == "") == (code == 2)
        return shown.out or shown.err

    for version in ("v1.0", "v1.1"):
        made = registered.bundle(version)
        (tmp_path / "x.bundle").write_bytes(made)
        files = ["--evaluation", "judged.json", "--data", "cache", "--model", "model.npz"]
        files = [file if file.startswith("--") else str(tmp_path / file) for file in files]
        register = ["register", str(tmp_path / "x.bundle"), *files, "--system", "mlp_int8", "--config", str(config)]
        for wrong, why in (
            ("cache/cache.json", "cache.json: a file; --data is the folder that `prepare --out`"),
            ("judged.json", "judged.json: a file; --data is the folder"),
            ("nowhere", "nowhere: not a training cache; --data is the folder"),
        ):
            assert why in run(*register, "--data", str(tmp_path / wrong), *SIGNED, code=2)
        other = "no figures of a system mlp; there are mixer, mlp_int8"
        assert other in run(*register, "--system", "mlp", *SIGNED, code=2)
        # Without --config the words would be about UbiqLog.
        assert "the name ubiqlog-mlp are about other logs" in run(*register[:-2], *SIGNED, code=2)
        assert "needs the name of who decides" in run(*register, code=2)
        assert run(*register, *SIGNED) == f"{version}: Pending\n"
        assert "needs a reason" in run("registry", "approve", version, "--by", "Ada", code=2)
        assert "Approved" in run("registry", "approve", version, *SIGNED, "--config", str(config))
        gated = [*SIGNED, "--config", str(config)]
        assert f"-> {version}" in run("registry", "promote", version, "--to", "staging", *gated)
        assert f"production: {'v1.0' if version == 'v1.1' else 'empty'} -> {version}" in run(
            "registry", "promote", version, "--to", "production", *gated
        )
    assert "v1.0: Approved; MLflow's number 1" in run("registry", "show", "v1.0")
    assert "production: v1.1 -> v1.0" in run("registry", "rollback", *SIGNED)
    assert "v1.0: in no stage" in run("registry", "demote", "v1.0", *SIGNED)
    assert "v1.0: Rejected" in run("registry", "reject", "v1.0", *SIGNED)
    assert "| v1.0 | Rejected |  |" in run("registry", "list")
    assert "promote v1.1 to production | it does better" in run("registry", "audit")
    assert "11 records, all as they were written" in run("registry", "audit", "--verify")
    assert "11 records, each sealed" in run("registry", "verify", "--restore")
