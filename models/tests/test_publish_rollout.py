"""Rollouts: arms that grow, A/B and segments, and phones whose reports stop it."""

from __future__ import annotations

import json

import pytest
from published import DAY_S, Works, reports, sum_of

from foretap_models.errors import ReportsError, RolloutError
from foretap_models.publish import rollout
from foretap_models.publish.reports import check, tally, wilson
from foretap_models.publish.rollout import Arm

TWICE = ["--arm", "old=v1.0:10%", "--arm", "new=v1.1:10%"]


def test_a_canary_grows_from_one_percent_to_all_under_one_draw(works: Works) -> None:
    salt = works.release().message["rollout"]["salt"]
    for version, part in ((3, 1000), (4, 10_000)):
        works.now_s += DAY_S
        said = works.change("rollout", "--share", f"{part // 100}%")
        assert "no reports were looked at" in said
        assert works.arms() == {"v1.1": (0, part, sum_of(1))}
        assert works.release().message["rollout"]["salt"] == salt
        assert works.release().message["expires_s"] == works.now_s + 90 * DAY_S
        assert works.check_whole() == version
    assert works.log()[-2:] == [("roll out", "release 3"), ("roll out", "release 4")]


def test_an_arm_loses_phones_only_when_told_to(works: Works) -> None:
    before = works.files()
    assert "50 is less than the 100 it has (--shrink)" in works.change("rollout", "--share", "50", code=2)
    assert works.files() == before
    works.change("rollout", "--share", "50", "--shrink")
    assert works.arms() == {"v1.1": (0, 50, sum_of(1))}
    works.change("rollout", "--share", "0", "--shrink")
    assert works.arms() == {"v1.1": (0, 0, sum_of(1))}


def test_the_same_share_again_renews_a_release_and_may_have_another_stop_rule(works: Works) -> None:
    works.now_s += 80 * DAY_S
    works.change("rollout", "--share", "100", "--most-lost", "250")
    assert works.release().message["rollout"]["stop"] == {"least_answers": 100, "most_lost": 250}
    assert works.release().message["expires_s"] == works.now_s + 90 * DAY_S


def test_arms_of_a_comparison_have_room_and_grow_where_they_stand(works: Works) -> None:
    works.change("publish", *TWICE, "--least-answers", "50", "--most-lost", "200")
    assert works.arms() == {"old": (0, 1000, sum_of(0)), "new": (5000, 1000, sum_of(1))}
    assert works.release().message["rollout"]["stop"] == {"least_answers": 50, "most_lost": 200}
    assert "which arm (--arm NAME)? There is old, new" in works.change("rollout", "--share", "20%", code=2)
    works.change("rollout", "--share", "20%", "--arm", "new")
    assert works.arms() == {"old": (0, 1000, sum_of(0)), "new": (5000, 2000, sum_of(1))}
    assert "has room for 5000 buckets" in works.change("rollout", "--share", "60%", "--arm", "new", code=2)
    works.change("rollout", "--arm", "old=v1.0:20%", "--arm", "new=foretap-v1.1:30%", "--arm", "none=shipped:5%")
    assert works.arms() == {
        "old": (0, 2000, sum_of(0)),
        "none": (2000, 500, None),
        "new": (5000, 3000, sum_of(1)),
    }
    assert "another model under the same draw" in works.change("rollout", "--arm", "old=v1.1:50%", code=2)
    assert "not in the release, which has" in works.change("rollout", "--arm", "more=v1.3:1%", code=2)
    assert works.check_whole() == 5


def test_segments_come_before_everyone_and_have_arms_of_their_own(works: Works) -> None:
    works.change("publish", "--model", "v1.0", "--segment", "beta:new=v1.1:50%", "--segment", "staff=v1.2")
    names = [of["name"] for of in works.release().message["rollout"]["segments"]]
    assert names == ["beta", "staff", ""]
    assert works.arms("beta") == {"new": (0, 5000, sum_of(1))}
    assert works.arms("staff") == {"all": (0, 10_000, sum_of(2))}
    assert works.arms() == {"v1.0": (0, 100, sum_of(0))}
    assert sorted(m["name"] for m in works.release().message["models"]) == [f"foretap-v1.{n}" for n in range(3)]
    works.change("rollout", "--share", "60%", "--segment", "beta")
    works.change("rollout", "--segment", "beta:old=v1.0:10%")
    assert works.arms("beta") == {"new": (0, 6000, sum_of(1)), "old": (6000, 1000, sum_of(0))}
    assert works.check_whole() == 5


def test_a_draw_goes_on_where_it_is_asked_to(works: Works) -> None:
    salt = works.release().message["rollout"]["salt"]
    works.change("publish", "--model", "v1.2", "--salt", "keep")
    assert works.release().message["rollout"]["salt"] == salt
    works.change("publish", "--model", "v1.3")
    assert works.release().message["rollout"]["salt"] != salt


@pytest.mark.parametrize(
    ("proven", "given_back", "why"),
    [
        (
            29,
            0,
            "0 of 29 concluded trials were given back, 0.0 % (95 % interval 0.0 to 11.7 %); 30 concluded trials are",
        ),
        (0, 0, "no trial was concluded; 30"),
        (
            79,
            21,
            "21 of 100 concluded trials were given back, 21.0 % (95 % interval 14.2 to 30.0 %): trial 21; at most 20 %",
        ),
        (0, 30, "30 of 30"),
    ],
)
def test_reports_stop_a_rollout_and_rollback_is_proposed(works: Works, proven: int, given_back: int, why: str) -> None:
    file = works.folder / "reports.jsonl"
    file.write_text(reports(proven, given_back, sum_of(1)) + reports(500, 0, sum_of(0)))
    before, log = works.files(), works.log()
    said = works.change("rollout", "--share", "10%", "--reports", str(file), code=2)
    assert why in said
    assert ("foretap-models rollback" in said) == (given_back > 0)
    assert (works.files(), works.log()) == (before, log)


def test_reports_that_are_good_enough_let_it_go_on(works: Works) -> None:
    file = works.folder / "reports.jsonl"
    file.write_text(reports(80, 20, sum_of(1)))
    assert "20 of 100 concluded" in works.change("rollout", "--share", "10%", "--reports", str(file))
    strict = ["--reports", str(file), "--most-given-back", "5"]
    assert "at most 5 % may be" in works.change("rollout", "--share", "20%", *strict, code=2)
    works.change("rollout", "--share", "5%", "--shrink", *strict)
    assert works.arms() == {"v1.1": (0, 500, sum_of(1))}


def test_a_line_that_is_no_report_is_named_by_its_number_alone() -> None:
    good = reports(1, 0, sum_of(1))
    for line in (
        "ada@example.org",
        "[]",
        "{}",
        '{"conclusion": "ada@example.org", "model": "x"}',
        '{"model": "x"}',
        "7",
    ):
        with pytest.raises(ReportsError, match="line 2 is no report") as refusal:
            tally([good, line], sum_of(1))
        assert "ada" not in str(refusal.value)


def test_reasons_that_no_phone_gives_are_not_repeated() -> None:
    said = {"model": "x", "conclusion": "given_back", "reason": "ada@example.org"}
    words = check([json.dumps(said)] * 30, "x", 100.0)
    assert "ada" not in words
    assert "other 30" in words
    going_on = [json.dumps({"model": "x", "conclusion": "goes_on"})]
    assert tally([*going_on, "", " \n"], "x").concluded == 0


def test_wilson_gives_the_published_intervals() -> None:
    """Newcombe 1998, table I, method 3."""
    for hits, count, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(hits, count) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    "text", ["", "1", "a=v1.0", "a:v1.0:5", "=v1.0:5", "a=:5", "a=v1.0:10001", "a=v1.0:-1", "a=v1.0:x%"]
)
def test_an_arm_that_is_not_written_as_one_is_refused(text: str) -> None:
    with pytest.raises(RolloutError):
        rollout.arm(text)


def test_shares_and_segments_are_read_as_they_are_written() -> None:
    assert [rollout.share(text) for text in ("0", "100", "1%", "0.5%", "100%")] == [0, 100, 100, 50, 10_000]
    assert rollout.arm("b=foretap:v1.0:5%") == Arm("", "b", "foretap:v1.0", 500)
    assert rollout.segment("beta=v1.1") == Arm("beta", "all", "v1.1", 10_000)
    assert rollout.segment("beta:b=foretap:v1.1:7") == Arm("beta", "b", "foretap:v1.1", 7)
    for text in ("beta", "=v1.0", "beta:=v1.0:5", ":a=v1.0:5", "beta="):
        with pytest.raises(RolloutError):
            rollout.segment(text)


def test_no_rearrangement_ever_lets_arms_meet_or_moves_one() -> None:
    """All growths of two arms in steps of 1,000 buckets: either refused, or both where they were and apart."""
    start = rollout.segments([Arm("", "a", "a", 1000), Arm("", "b", "b", 1000)], lambda model: model)
    laid = {"salt": "", "segments": start}
    for first in range(0, 11_000, 1000):
        for second in range(0, 11_000, 1000):
            try:
                wanted = [Arm("", "a", "a", first), Arm("", "b", "b", second)]
                found, _ = rollout.rearranged(laid, wanted, lambda model: model, shrink=True)
            except RolloutError:
                assert first > 5000 or second > 5000
                continue
            (own,) = found["segments"]
            assert [arm["first"] for arm in own["arms"]] == [0, 5000]
            assert first <= 5000
            assert second <= 5000
