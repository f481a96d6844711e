"""What phones report together: shares of true answers within their intervals, and nothing of a few phones."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import uploaded

from foretap_models import command
from foretap_models.data.place import Place
from foretap_models.data.uploads.lake import Table, UploadsLake, announced
from foretap_models.data.uploads.reports import Reports
from foretap_models.data.uploads.schema import Question
from foretap_models.engine.local import LocalEngine
from foretap_models.errors import UploadsColumnError, UploadsValueError
from foretap_models.evaluate import fleet
from foretap_models.evaluate.fleet import Fleet, Share, estimated
from foretap_models.registry.place import Place as RegistryPlace
from foretap_models.registry.registry import Registry
from foretap_models.registry.state import Action

SHARES = {
    "openings": [0.05, 0.1, 0.2, 0.25, 0.4],
    "hits_at_3": [0.1, 0.1, 0.1, 0.2, 0.3, 0.2],
    "against_rule": [0.2, 0.3, 0.5],
    "drift": [0.7, 0.2, 0.1, 0.0],
}
MODEL, OTHER = bytes(range(32)), bytes(32)


def found(lake: Path, least_phones: int = 50) -> Fleet:
    """What the reports of a lake say, without a registry."""
    of = UploadsLake(Place(str(lake)))
    with LocalEngine(1) as engine:
        files = announced(of, Table.REPORTS, of.files(Table.REPORTS), engine, lambda _: None)
        reports = Reports.read(files, uploaded.schema(), engine)
    return fleet.fleet(reports, uploaded.schema(), least_phones)


def test_the_shares_are_those_of_the_true_answers(tmp_path: Path) -> None:
    """2,000 phones, a week: 31 shares, of which about one in twenty may lie outside its interval."""
    uploaded.write(tmp_path / "lake", uploaded.reports(2_000, 7, SHARES), "reports")
    everything, week = found(tmp_path / "lake").groups[0], found(tmp_path / "lake").weeks[0]
    assert (everything.name, everything.reports, everything.phones) == ("all", 14_000, 2_000)
    assert (week.name, week.shares) == ("2026-W48", everything.shares)
    outside = 0
    for question, shares in zip(uploaded.schema().questions, everything.shares, strict=True):
        truth = SHARES.get(question.name, [1.0 / len(question.answers)] * len(question.answers))
        assert sum(share.share for share in shares) == pytest.approx(1.0)
        for share, expected in zip(shares, truth, strict=True):
            outside += not share.low <= expected <= share.high
            assert share.share == pytest.approx(expected, abs=0.15)
    assert outside <= 4


def test_intervals_hold_95_of_100_also_where_a_phone_says_the_same_all_week() -> None:
    """The truth of a phone is one for the week: intervals that took 700 reports for 700 draws would hold far less."""
    question = Question("coin", "?", ("yes", "no"), 4.0, 0.982)
    rng = np.random.default_rng(5)
    names, held, narrow = np.repeat(np.arange(100), 7), 0, 0
    for _ in range(300):
        truth = np.repeat((rng.random(100) < 0.7).astype(np.int64), 7)
        first, _ = estimated(uploaded.noisy(question, truth, rng), names, question)
        held += first.low <= 0.3 <= first.high
        alone, _ = estimated(uploaded.noisy(question, truth, rng), np.arange(700), question)
        narrow += alone.low <= 0.3 <= alone.high
    assert 0.91 <= held / 300 <= 0.99
    assert narrow / 300 < 0.7


def test_an_estimate_can_be_done_by_hand() -> None:
    question = Question("coin", "?", ("yes", "no"), 1.1, 0.75)
    first, second = estimated(np.array([0] * 60 + [1] * 40 + [-1] * 9), np.arange(109), question)
    assert (first.share, second.share) == (pytest.approx(0.7), pytest.approx(0.3))
    half = 1.959964 * (0.6 * 0.4 / 99) ** 0.5 / 0.5
    assert first == Share(pytest.approx(0.7), pytest.approx(0.7 - half), pytest.approx(0.7 + half))
    assert estimated(np.full(5, -1), np.arange(5), question) == ()


def test_of_fewer_phones_than_50_nothing_is_told(tmp_path: Path) -> None:
    """49 phones with seven reports each are too few, 50 with one each enough; weeks are not added up."""
    lake = tmp_path / "lake"
    for seed, (phones, days, week, model) in enumerate(
        ((49, 7, 202648, MODEL), (50, 1, 202648, None), (30, 7, 202647, OTHER), (30, 7, 202646, OTHER))
    ):
        uploaded.write(lake, uploaded.reports(phones, days, {}, seed, week, model), "reports", name=f"{seed}" * 32)
    of = found(lake)
    assert [(group.name, group.reports, group.phones) for group in of.groups] == [
        ("all", 343 + 50 + 420, 99),
        ("no model", 50, 50),
        ("2026-W48", 393, 99),
    ]
    assert of.withheld == 4
    text = fleet.table(of)
    assert MODEL.hex()[:8] not in text
    assert "2026-W47" not in text
    assert "4 groups are not told, with fewer than 50 phones in any week" in text
    assert len(found(lake, 30).groups) == 7
    assert found(lake, 100).groups == ()


def test_the_command_shows_tables_draws_them_and_is_in_the_audit_log(
    place: RegistryPlace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lake, html = tmp_path / "lake", tmp_path / "fleet.html"
    for at, week in enumerate((202647, 202648)):
        rows = uploaded.reports(120, 3, SHARES, at, week, MODEL)
        uploaded.write(lake, rows, "reports", day=uploaded.DAY.replace(day=20 + 5 * at))
    who = ["--by", "Ada", "--reason", "how phones fare", "--registry", place.uri]
    assert command.main(["fleet", "--uploads", str(lake), "--html", str(html), *who]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("720 reports, received 2026-11-20 to 2026-11-25\n")
    assert "hits_at_3: of the openings after an unlock" in shown
    assert f"| model {MODEL.hex()[:16]} | 720 | 120 |" in shown
    assert re.search(r"\| 2026-W47 \| 360 \| 120 \| -?\d+\.\d \[-?\d+\.\d, \d+\.\d\]", shown)
    page = html.read_text()
    assert page.count("<section>") == 7
    assert page.count("<svg") == 14
    assert "<script" not in page
    assert command.main(["fleet", "--uploads", str(lake), "--days", "1", *who]) == 0
    assert "2026-W47" not in capsys.readouterr().out
    with Registry.open(place) as registry:
        first, second = (record.decision for record in registry.records())
    assert (first.action, first.by, first.reason) == (Action.READ_UPLOADS, "Ada", "how phones fare")
    assert (first.version, first.facts["rows"]) == ("720 reports of 2026-11-20..2026-11-25", 720)
    assert (second.version, second.facts["days"]) == ("360 reports of 2026-11-25", ["2026-11-25"])


@pytest.mark.parametrize("given", [[], ["--by", "Ada"], ["--reason", "why not"]])
def test_nobody_reads_reports_without_a_name_and_a_reason(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["fleet", "--uploads", str(tmp_path / "nowhere"), "--registry", f"sqlite:///{tmp_path}/registry.db"]
    assert command.main([*words, *given]) == 2
    assert re.search(r"--(by|reason)", capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_that_is_none_and_a_table_without_questions_are_refused(tmp_path: Path) -> None:
    rows = uploaded.reports(20, 1, {}, 3)
    rows.set("pseudonym", slice(None), b"\0CANARY-of-a-row").set("answer.drift", [4], 4)
    (path,) = uploaded.write(tmp_path / "lake", rows, "reports")
    with pytest.raises(UploadsValueError, match="row 4: drift is none of its answers") as caught:
        found(tmp_path / "lake")
    assert str(path) in str(caught.value)
    assert "CANARY" not in str(caught.value)
    rows.columns = {name: rows.columns[name] for name in ("pseudonym", "week", "model")}
    uploaded.write(tmp_path / "lake", rows, "reports")
    with pytest.raises(UploadsColumnError, match="no column openings"):
        found(tmp_path / "lake")


def test_a_question_that_is_newer_than_a_file_is_not_answered_there(tmp_path: Path) -> None:
    """A drift of phones of which half were not asked is that of the other half."""
    shares = {"drift": [1.0, 0.0, 0.0, 0.0]}
    for seed in range(2):
        rows = uploaded.reports(800, 1, shares, seed)
        if seed == 1:
            del rows.columns["answer.drift"]
        uploaded.write(tmp_path / "lake", rows, "reports", name=f"{seed}" * 32)
    everything = found(tmp_path / "lake").groups[0]
    assert everything.reports == 1_600
    at = [question.name for question in uploaded.schema().questions].index("drift")
    first = everything.shares[at][0]
    assert first.low <= 1.0 <= first.high
    assert first.low > 0.6


def test_a_model_of_another_length_is_refused(tmp_path: Path) -> None:
    uploaded.write(tmp_path / "lake", uploaded.reports(20, 1, {}, 3, model=b"short"), "reports")
    with pytest.raises(UploadsValueError, match="model is not 32 bytes"):
        found(tmp_path / "lake")
