"""Deltas after retrains: less changed, less to fetch; and each leads to its bundle."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from foretap_models import foretap
from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import HeldOutError
from foretap_models.publish.deltas import ANEW, LAST, RATES, Retrains, Size, markdown, sizes


def silent(_: str) -> None:
    """Shows no progress."""


@pytest.fixture(scope="module")
def found(dataset: Dataset, config: Config, tmp_path_factory: pytest.TempPathFactory) -> list[Size]:
    """The sizes of a small network on synthetic people."""
    folder = tmp_path_factory.mktemp("deltas")
    start_weights = folder / "start_weights.tsv"
    start_weights.write_bytes((foretap.CHECKOUT / "core/data/start_weights.tsv").read_bytes())
    small = replace(config, training=replace(config.training, hidden=(64, 32), epochs=12))
    retrains = Retrains(dataset, small, 1_500, 3, start_weights)
    return list(sizes(retrains, folder, silent))


def test_what_changed_less_costs_less(found: list[Size]) -> None:
    by_kind = {size.kind: size for size in found}
    assert list(by_kind) == [LAST, *RATES, ANEW]
    in_line = [by_kind[kind] for kind in (LAST, *RATES)]
    assert [size.changed for size in in_line] == sorted(size.changed for size in in_line)
    assert [size.delta for size in in_line] == sorted(size.delta for size in in_line)
    assert in_line[0].delta < 0.1 * in_line[0].bundle
    assert in_line[-1].delta < by_kind[ANEW].delta < by_kind[ANEW].packed


def test_the_table_has_a_line_for_each(found: list[Size]) -> None:
    lines = markdown(found).splitlines()
    assert len(lines) == 2 + len(found)
    assert "| - |" in markdown([replace(found[0], bsdiff=None)])


def test_without_queries_nothing_is_learned(
    dataset: Dataset, config: Config, start_weights: Path, tmp_path: Path
) -> None:
    with pytest.raises(HeldOutError):
        next(sizes(Retrains(dataset, config, 0, 3, start_weights), tmp_path, silent))
    assert foretap.find().is_file()
