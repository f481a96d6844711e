"""The benchmark runs what it says, once, and tells when results differ."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import synthetic

from foretap_models import command
from foretap_models.data import scale
from foretap_models.data.place import Place
from foretap_models.engine.memory import INTERVAL_S, Peak
from foretap_models.errors import LakeError

BY_SHARD = pl.DataFrame({"shard": [0, 1, 2], "people": [4, 3, 5], "queries": [40, 30, 50], "rows": [400, 300, 500]})
RUN = scale.Run(4, 4, 40, 400, "local", 1, 2.0, 3 * 2**20, "aa")


def test_so_many_people_are_the_first_shards_that_hold_them() -> None:
    crowds = scale.crowds(BY_SHARD, [1, 4, 5, 12])
    assert [(crowd.shards, crowd.people, crowd.rows) for crowd in crowds] == [(1, 4, 400)] * 2 + [
        (2, 7, 700),
        (3, 12, 1200),
    ]
    with pytest.raises(LakeError, match="13 people: the lake has 12"):
        scale.crowds(BY_SHARD, [13])


def test_a_result_that_differs_is_told() -> None:
    runs = [RUN, replace(RUN, engine="ray"), replace(RUN, users=7, result="bb")]
    assert scale.are_equal(runs)
    assert scale.table(runs).splitlines()[2] == "| 4 | 40 | 400 | local | 1 | 2.0 | 200 | 3 | yes |"
    differing = [*runs, replace(RUN, workers=2, result="cc", peak_bytes=None)]
    assert not scale.are_equal(differing)
    assert "| 4 | 40 | 400 | local | 2 | 2.0 | 200 | - | NO |" in scale.table(differing)
    assert list(scale.from_json(scale.as_json(differing))) == differing


def test_runs_that_are_there_are_not_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    synthetic.lake(Place(str(tmp_path / "lake")), synthetic.people(61, count=6, training=5, scored=2), shards=2)
    (tmp_path / "config.toml").write_text(synthetic.CONFIG)
    words = ["scale", "--lake", str(tmp_path / "lake"), "--engines", "local", "--users", "6", "--workers", "1"]
    words += ["--json", str(tmp_path / "scale.json"), "--markdown", str(tmp_path / "scale.md")]
    words += ["--config", str(tmp_path / "config.toml"), "--work", str(tmp_path)]
    assert command.main(words) == 0
    (one,) = scale.from_json((tmp_path / "scale.json").read_text())
    assert (one.people, one.queries, one.engine) == (6, 6 * 3 * 7, "local")
    assert one.seconds > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "lake", "scale.json", "scale.md"]
    assert "6 people, local, 1 workers" in capsys.readouterr().err
    assert command.main(words) == 0
    assert capsys.readouterr().err == ""
    wrong = scale.as_json([replace(one, engine="ray", result="00")])
    (tmp_path / "scale.json").write_text(
        json.dumps({"runs": json.loads(wrong)["runs"] + json.loads(scale.as_json([one]))["runs"]})
    )
    assert command.main(words) == 2
    assert "do not agree" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="the system does not tell")
def test_the_peak_is_that_of_all_descendants() -> None:
    grandchild = "import sys; held = b'x' * 60_000_000; print(1, flush=True); sys.stdin.read()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    command = [sys.executable, "-c", child]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        with Peak(process.pid) as peak:
            process.stdout.readline()
            time.sleep(3 * INTERVAL_S)
        process.stdin.close()
    assert 60_000_000 <= peak.bytes < 120_000_000
