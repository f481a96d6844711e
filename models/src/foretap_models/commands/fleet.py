"""`foretap-models fleet`: what the phones that report say together."""

from __future__ import annotations

import argparse
from pathlib import Path

from foretap_models.commands.arguments import Commands, add_engine, show
from foretap_models.commands.reading import add_reading, noting
from foretap_models.data.place import Place
from foretap_models.data.uploads.lake import Table, UploadsLake, announced
from foretap_models.data.uploads.reports import Reports
from foretap_models.data.uploads.schema import Schema
from foretap_models.engine.start import started


def add(commands: Commands) -> None:
    """Declares the command."""
    command = commands.add_parser(
        "fleet", help="phones' noisy reports -> shares of the true answers, by model and week"
    )
    command.add_argument(
        "--uploads", required=True, metavar="URL", help="the receiver's lake, a folder or s3://bucket/prefix"
    )
    command.add_argument("--endpoint", metavar="URL", help="of an S3 API; by default what AWS_ENDPOINT_URL says")
    command.add_argument("--days", type=_days, metavar="N", help="only the newest N days; all by default")
    command.add_argument("--html", type=Path, help="draw it into this page as well")
    add_reading(command)
    add_engine(command)
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> None:
    """Lake -> tables, and a page."""
    # Here, as everything that is judged: nothing of it is loaded for `--help`.
    from foretap_models.evaluate import fleet, fleet_page

    note = noting(chosen)
    schema, lake = Schema.ask(), UploadsLake(Place(chosen.uploads, chosen.endpoint))
    with started(chosen.engine, chosen.workers) as engine:
        files = announced(lake, Table.REPORTS, lake.files(Table.REPORTS, newest=chosen.days), engine, note)
        found = fleet.fleet(Reports.read(files, schema, engine), schema, chosen.least_phones)
    days = f"{min(file.day for file in files)} to {max(file.day for file in files)}"
    show(f"{sum(file.rows for file in files):,} reports, received {days}\n\n{fleet.table(found)}")
    if chosen.html:
        chosen.html.write_text(fleet_page.drawn(found, days), encoding="utf-8")


def _days(text: str) -> int:
    """A number of days, 1 or more."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least one day")
    return value
