"""`foretap-models data`: the versions of a data set."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from foretap_models.commands.arguments import Commands, add_engine, show
from foretap_models.data import dataset as cache
from foretap_models.data import difference
from foretap_models.data.recording import checkout
from foretap_models.data.versions import LEAST_PHONES_KIND, Manifest, Store, Version
from foretap_models.engine.start import started


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser("data", help="versions of data sets: list, diff, checkout")
    actions = command.add_subparsers(required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="every version, one line each")
    listed.set_defaults(run=_list)
    compared = actions.add_parser("diff", help="what changed between two versions")
    compared.add_argument("old", help="v1.0")
    compared.add_argument("new", help="v1.1")
    compared.set_defaults(run=_diff)
    taken = actions.add_parser("checkout", help="the training cache of a version, the same bytes each time")
    taken.add_argument("version", help="v1.0")
    taken.add_argument("--out", required=True, type=Path, help="folder of the cache")
    add_engine(taken)
    taken.set_defaults(run=_checkout)
    for action in (listed, compared, taken):
        action.add_argument("--store", required=True, type=Path, help="folder of the versions")


def _list(chosen: argparse.Namespace) -> None:
    """Store -> table."""
    store = Store(chosen.store)
    manifests = [store.manifest(version) for version in store.versions()]
    show("\n".join(_table(manifests)) if manifests else f"{chosen.store}: no versions")


def _diff(chosen: argparse.Namespace) -> None:
    """Two versions -> lines."""
    store = Store(chosen.store)
    old, new = (store.manifest(Version.parse(text)) for text in (chosen.old, chosen.new))
    show("\n".join(difference.lines(old, new)))


def _checkout(chosen: argparse.Namespace) -> None:
    """Version -> cache."""
    with started(chosen.engine, chosen.workers) as engine:
        made = checkout(Store(chosen.store), Version.parse(chosen.version), engine, chosen.out)
    counts = cache.counts(made.queries, len(made.feature_names))
    show("\n".join([*counts, f"content {made.content}"]))


def _named(step: dict[str, Any]) -> str:
    """A transformation in a word or two."""
    if step["kind"] == LEAST_PHONES_KIND:
        return f"{step['phones']} phones"
    return step["rule"] if step["kind"] == "outlier" else step["method"]


def _table(manifests: list[Manifest]) -> list[str]:
    """A line for each version."""
    lines = [
        "| version | date | parent | content | queries | people | sources | transformations |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for m in manifests:
        steps = ", ".join(_named(step) for step in m.transformations)
        cells = (
            m.version,
            m.date,
            m.parent or "-",
            m.content[:12],
            m.quality.queries,
            m.quality.people,
            len(m.sources),
        )
        lines.append(f"| {' | '.join(map(str, cells))} | {steps or '-'} |")
    return lines
