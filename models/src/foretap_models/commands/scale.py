"""`foretap-models scale`: how preparing a lake grows with people, engines and workers."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_config, show
from foretap_models.config import Config
from foretap_models.data import scale
from foretap_models.data.census import by_shard, census
from foretap_models.data.lake import Lake
from foretap_models.data.place import Place
from foretap_models.engine.start import Kind, started
from foretap_models.errors import EngineError
from foretap_models.progress import on_stderr


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("scale", help="time preparing a lake: people, engines, workers; the same results")
    command.add_argument("--lake", required=True, metavar="URL", help="folder or s3://bucket/prefix")
    command.add_argument("--endpoint", metavar="URL", help="of an S3 API; by default what AWS_ENDPOINT_URL says")
    command.add_argument("--engines", type=_kinds, default=list(Kind), metavar="A,B", help="local,ray")
    command.add_argument("--users", type=_numbers, required=True, metavar="N,M", help="people, whole shards of them")
    command.add_argument("--workers", type=_numbers, default=[1], metavar="N,M", help="at once")
    command.add_argument(
        "--json", required=True, type=Path, help="the runs; what stands there already is not run again"
    )
    command.add_argument("--markdown", type=Path, help="write the table here as well")
    command.add_argument("--work", type=Path, help="folder for caches, one at a time; by default a temporary one")
    add_config(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Lake -> table and JSON, after each run."""
    Config.read(chosen.config)
    lake = Lake.open(Place(chosen.lake, chosen.endpoint))
    with started(Kind.LOCAL) as engine:
        people = by_shard(census(lake, lake.files(), engine))
    runs = list(scale.from_json(chosen.json.read_text(encoding="utf-8"))) if chosen.json.exists() else []
    done = {(one.users, one.engine, one.workers) for one in runs}
    for crowd in scale.crowds(people, chosen.users):
        for kind in chosen.engines:
            for workers in chosen.workers:
                if (crowd.users, kind, workers) in done:
                    continue
                with tempfile.TemporaryDirectory(dir=chosen.work) as folder:
                    one = scale.run(lake, crowd, kind, workers, chosen.config, Path(folder) / "cache")
                on_stderr(f"{crowd.people} people, {kind}, {workers} workers: {one.seconds} s")
                runs.append(one)
                chosen.json.write_text(scale.as_json(runs), encoding="utf-8")
    made = scale.table(runs)
    if chosen.markdown:
        chosen.markdown.write_text(made + "\n", encoding="utf-8")
    show(made)
    if not scale.are_equal(runs):
        raise EngineError("the engines do not agree")


def _numbers(text: str) -> list[int]:
    """Numbers from 1 on, with commas between them."""
    made = [int(word) for word in text.split(",")]
    if min(made) < 1:
        raise argparse.ArgumentTypeError("1 or more")
    return made


def _kinds(text: str) -> list[Kind]:
    """Engines, with commas between them."""
    return [Kind(word) for word in text.split(",")]
