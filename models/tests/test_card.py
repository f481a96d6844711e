"""The card says where a version comes from and how it was judged, in the same bytes every time."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import registered
import synthetic
from registered import ADA, GATES, opened

from foretap_models import command
from foretap_models.commands.arguments import DEFAULT_CONFIG
from foretap_models.config import Config
from foretap_models.data.dataset import Dataset
from foretap_models.errors import EvidenceError, ProvenanceError
from foretap_models.evaluate import report
from foretap_models.learn.learn import learn
from foretap_models.learn.model import Model
from foretap_models.provenance import title
from foretap_models.registry.card import card
from foretap_models.registry.dossier import Dossier
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


def of(kinds: tuple[str, ...], logs: tuple[str, ...]) -> str:
    """A card of data of such sources."""
    made = registered.bundle("v1.0")
    dossier = registered.dossier(made)
    data = dataclasses.replace(dossier.data, kinds=kinds, learned_on=logs)
    return card("v1.0", dataclasses.replace(dossier, data=data), registered.evaluation(made), 1)


def test_a_simulated_lake_speaks_for_itself_and_a_log_by_what_the_configuration_says_of_it() -> None:
    simulated = of(("simulated",), ("ab" * 32,))
    assert simulated.startswith("# simulated-mlp v1.0\n")
    assert (
        "| learned from | simulated people (`foretap lake`), who never lived. version v1.0, 100,000 queries"
        in simulated
    )
    assert "| licence of the data | nobody's data" in simulated
    assert "| limits | says nothing about people" in simulated
    assert "people who never lived." not in simulated, "the configuration's words"
    for kind in ("file", "lake"):
        named = of((kind,), (synthetic.LOG,))
        assert named.startswith("# synthetic v1.0\n")
        assert "| learned from | people who never lived. version v1.0" in named
        with pytest.raises(ProvenanceError, match=r"the name synthetic are about other logs than abababababab: "):
            of((kind,), (synthetic.LOG, "ab" * 32))
    assert of((), (synthetic.LOG,)) == of(("file",), (synthetic.LOG,)), "as it was registered before kinds were noted"


def test_a_dossier_from_before_kinds_were_noted_is_still_read() -> None:
    dossier = registered.dossier(registered.bundle("v1.0"))
    about = json.loads(dossier.written())
    del about["data"]["kinds"], about["config"]["bundle"]["logs"]
    old = Dossier.read(json.dumps(about).encode())
    assert old.data.kinds == ()
    made = registered.bundle("v1.0")
    evaluation = registered.evaluation(made)
    assert card("v1.0", old, evaluation, 1) == card("v1.0", dossier, evaluation, 1)


def test_the_default_configuration_speaks_of_the_log_behind_the_shipped_files() -> None:
    table = (Path(__file__).parents[2] / "core" / "data" / "start_weights.tsv").read_text(encoding="utf-8")
    (log,) = (line.split("\t")[1] for line in table.splitlines() if line.startswith("learned_on\t"))
    bundle = Config.read(DEFAULT_CONFIG).bundle
    assert bundle.logs == (log,)
    assert title(bundle, ("file",), (log,)) == "ubiqlog-mlp"
    assert title(bundle, ("file",), (log, "ab" * 32)) == "mlp"
    assert title(bundle, ("simulated",), (log,)) == "simulated-mlp"


def test_a_model_is_named_by_what_it_learned_from(dataset: Dataset, model: Model, config: Config) -> None:
    assert model.provenance.name == "synthetic"
    short = dataclasses.replace(config, training=dataclasses.replace(config.training, epochs=1))
    simulated = dataclasses.replace(dataset, kinds=("simulated",))
    made = learn(simulated, short, held_out_fold=0, seed=3, progress=lambda _: None)
    assert made.provenance.name == "simulated-mlp"
    assert "<h1>simulated-mlp 1: learning report</h1>" in report.training(made.provenance)


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
