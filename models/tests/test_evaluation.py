"""What was judged is read as `foretap judge` and `foretap replay` write it, and is that of one bundle."""

from __future__ import annotations

import json

import pytest
import registered

from foretap_models.errors import EvidenceError
from foretap_models.registry.evaluation import Evaluation

MINE, OTHERS = "ab" * 32, "cd" * 32


def replayed() -> dict[str, object]:
    """What `foretap replay --json` writes, in short."""

    def system(hr3: float) -> dict[str, object]:
        rates = {"hr1": hr3 - 24.0, "hr3": hr3, "hr4": hr3 + 6.0, "hr5": hr3 + 10.0, "mrr": hr3 - 8.0}
        interval = {"mean": hr3, "low": hr3 - 4.0, "high": hr3 + 4.0}
        return {"macro": rates, "users": 31, "queries": 20_123, "left_out": 2, "interval": interval}

    return {
        "tasks": {"A": {"mru": system(46.9), "foretap": system(57.5)}, "B": {"foretap": system(67.3)}, "C": {}},
        "ece": {"A": 0.008, "B": 0.012, "C": None},
    }


def test_judge_and_replay_say_the_same_in_different_words() -> None:
    judged = Evaluation.of(json.dumps(registered.judged()).encode(), MINE, "mlp_int8")
    figures = judged.figures()["next"]
    assert (figures.people, figures.queries, figures.hr3, figures.ece) == (31, 20_123, (53.0, 61.0), 0.012)
    assert figures.rates == {"hr1": 33.0, "hr3": 57.0, "hr5": 67.0, "mrr": 49.0}
    assert judged.systems() == ["mixer", "mlp_int8"]
    assert judged.figures("mixer")["unlock"].ece is None
    assert judged.metrics()["unlock_or_resume.hr3"] == 57.0

    played = Evaluation.of(json.dumps(replayed()).encode(), MINE, "foretap")
    assert list(played.figures()) == ["next", "unlock_or_resume"]
    assert played.figures()["unlock_or_resume"].ece == 0.012
    assert played.figures()["next"].hr3 == (53.5, 61.5)
    assert played.figures("mru")["next"].ece is None
    assert "unlock.hr3" not in played.metrics()


def test_an_evaluation_comes_back_as_it_was_and_stays_that_of_its_bundle() -> None:
    first = Evaluation(MINE, "mlp_int8", registered.judged())
    assert Evaluation.read(first.written()) == first
    assert Evaluation.of(first.written(), MINE, "anything") == first
    with pytest.raises(EvidenceError, match="of bundle abababababab, not of cdcdcdcdcdcd"):
        Evaluation.of(first.written(), OTHERS, "mlp_int8")
    assert first.sha256() != Evaluation(OTHERS, "mlp_int8", registered.judged()).sha256()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"moments": {}}',
        b'{"moments": {"next": {}}}',
        b'{"moments": {"next": {"people": 3, "queries": 9, "systems": {"mlp_int8": {}}}}}',
        b'{"moments": {"next": {"people": 3, "queries": 9, "systems": {"mixer": {}}}}}',
        b'{"tasks": {"A": {"mlp_int8": {"macro": {}}}}, "ece": {"A": 0.1}}',
        b'{"judged": {"moments": {}}}',
    ],
)
def test_what_says_nothing_of_the_system_is_no_evaluation(content: bytes) -> None:
    with pytest.raises(EvidenceError):
        Evaluation.of(content, MINE, "mlp_int8")
