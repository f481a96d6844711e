"""The card says where a version comes from and how it was judged, in the same bytes every time."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import registered
import synthetic
from registered import ADA, GATES, opened

from foretap_models import command
from foretap_models.errors import EvidenceError
from foretap_models.registry.card import card
from foretap_models.registry.place import Place

SHIPPED = Path(__file__).parents[1] / "cards" / "model.md"


def test_a_card_has_every_row_of_the_shipped_models_card() -> None:
    made = registered.bundle("v1.0")
    text = card("v1.0", registered.dossier(made), registered.evaluation(made), len(made))
    about = SHIPPED.read_text(encoding="utf-8").split("## Figures")[0]
    rows = [line.split("|")[1].strip() for line in about.splitlines() if line.startswith("| ") and "---" not in line]
    assert rows[1:3] == ["learned from", "licence of the data"]
    for row in rows[1:]:
        assert f"| {row} |" in text
    lineage = registered.dossier(made).lineage
    for value in (lineage.data, lineage.config, lineage.code, lineage.model, lineage.bundle):
        assert f"`{value}`" in text
    assert f"an MLP ({synthetic.FEATURES} -> 64 -> 32 -> 1)" in text
    assert "leave-user-out, folds 0 of five" in text
    assert "| mixer | 55.4 [51.4, 59.4] | 55.4 [51.4, 59.4] | 55.4 [51.4, 59.4] |" in text
    assert "| **mlp_int8**, the bundle | 57.0 [53.0, 61.0] |" in text
    assert "| next | 33.0 | 57.0 | 67.0 | 49.0 | 0.012 |" in text


def test_a_cell_stays_a_cell() -> None:
    made = registered.bundle("v1.0")
    dossier = registered.dossier(made)
    about = {**dossier.config["card"], "limits": "a|b\nc"}
    odd = dataclasses.replace(dossier, config={**dossier.config, "card": about})
    assert "| limits | a\\|b c |" in card("v1.0", odd, registered.evaluation(made), 1).splitlines()


def test_a_registered_card_is_the_same_whenever_it_is_written(
    filled: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    ask = ["card", "v2.0", "--registry", filled.uri]
    assert command.main([*ask, "--out", str(first)]) == 0
    with opened(filled) as registry:
        registry.approve("v2.0", ADA, GATES)
        run = registry.archive.registration("v2.0").decision.facts["run"]
    assert command.main([*ask, "--out", str(second)]) == 0
    assert command.main(ask) == 0
    (registered_with_it,) = filled.artifacts.rglob(f"{run}/artifacts/card.md")
    assert first.read_bytes() == second.read_bytes() == registered_with_it.read_bytes()
    assert capsys.readouterr().out.encode() == first.read_bytes()


def test_a_card_is_never_made_of_another_dossier(filled: Place) -> None:
    with opened(filled) as registry:
        run = registry.archive.registration("v2.0").decision.facts["run"]
        (path,) = filled.artifacts.rglob(f"{run}/artifacts/dossier.json")
        path.write_bytes(path.read_bytes().replace(b'"people": 33', b'"people": 34'))
        with pytest.raises(EvidenceError, match="the dossier is not the one"):
            registry.archive.card("v2.0")
