"""How preparing a lake grows with people and workers, and whether every engine makes the same of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

import polars as pl

from foretap_models.data.lake import Lake
from foretap_models.engine.memory import Peak
from foretap_models.errors import LakeError, ModelsError


@dataclass(frozen=True)
class Crowd:
    """The people of the first shards of a lake.

    Attributes:
        users: how many were asked for; so many or a few more there are.
        shards: the first so many.
        people, queries, rows: of these shards.
    """

    users: int
    shards: int
    people: int
    queries: int
    rows: int


@dataclass(frozen=True)
class Run:
    """A lake's people prepared once, in a process of its own.

    Attributes:
        users, people, queries, rows: as `Crowd`.
        engine: its name.
        workers: at once.
        seconds: from the start of the process to its end, the engine's own start included.
        peak_bytes: memory that all its processes held, at most; `None` where it cannot be measured.
        result: SHA-256 of every byte of the cache.
    """

    users: int
    people: int
    queries: int
    rows: int
    engine: str
    workers: int
    seconds: float
    peak_bytes: int | None
    result: str


def crowds(by_shard: pl.DataFrame, users: Sequence[int]) -> list[Crowd]:
    """The shards that hold so many people.

    Raises:
        LakeError: there are fewer.
    """
    sums = by_shard.with_columns(pl.col("people", "queries", "rows").cum_sum())
    made = []
    for wanted in users:
        enough = sums.filter(pl.col("people") >= wanted)
        if enough.is_empty():
            raise LakeError(f"{wanted} people: the lake has {by_shard['people'].sum()}")
        shard, *counts = enough.row(0)
        made.append(Crowd(wanted, shard + 1, *counts))
    return made


def run(lake: Lake, crowd: Crowd, engine: str, workers: int, config: Path, folder: Path) -> Run:
    """Prepares a crowd with `foretap-models prepare`; the cache is looked at and removed.

    Raises:
        ModelsError: the command failed.
    """
    command = [sys.executable, "-m", "foretap_models", "prepare", "--lake", lake.place.url, "--config", str(config)]
    command += [
        "--shards",
        f"0-{crowd.shards - 1}",
        "--out",
        str(folder),
        "--engine",
        engine,
        "--workers",
        str(workers),
    ]
    if lake.place.endpoint:
        command += ["--endpoint", lake.place.endpoint]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with process, Peak(process.pid) as peak:
        said = process.stderr.read()
    seconds = time.monotonic() - begun
    if process.returncode != 0:
        raise ModelsError(f"prepare --engine {engine} --workers {workers}: {said.splitlines()[-1:]}")
    result = _sha256(folder)
    shutil.rmtree(folder)
    counts = (crowd.users, crowd.people, crowd.queries, crowd.rows)
    return Run(*counts, engine, workers, round(seconds, 2), peak.bytes, result)


def are_equal(runs: Sequence[Run]) -> bool:
    """Whether all runs of the same people gave the same bytes."""
    results: dict[int, set[str]] = {}
    for one in runs:
        results.setdefault(one.users, set()).add(one.result)
    return all(len(of) == 1 for of in results.values())


def table(runs: Sequence[Run]) -> str:
    """The runs as Markdown, each beside the first of the same people."""
    lines = [
        "| users | queries | rows | engine | workers | seconds | rows a second | peak memory, MiB | results equal |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for _, group in groupby(sorted(runs, key=lambda one: one.users), key=lambda one: one.users):
        group = list(group)
        for one in group:
            memory = "-" if one.peak_bytes is None else f"{one.peak_bytes / 2**20:.0f}"
            equal = "yes" if one.result == group[0].result else "NO"
            cells = (one.people, one.queries, one.rows, one.engine, one.workers, f"{one.seconds:.1f}")
            cells += (f"{one.rows / one.seconds:.0f}", memory, equal)
            lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines)


def as_json(runs: Sequence[Run]) -> str:
    """The runs, and whether they agree."""
    return json.dumps({"results_equal": are_equal(runs), "runs": [asdict(one) for one in runs]}, indent=1) + "\n"


def from_json(text: str) -> Iterator[Run]:
    """What `as_json` wrote."""
    return (Run(**one) for one in json.loads(text)["runs"])


def _sha256(folder: Path) -> str:
    """Of the names and the bytes of every file."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
