"""The way back: the model before under a higher version, and bundles that no phone uses any more."""

from __future__ import annotations

import registered
from phone import Phone
from published import Works, sum_of
from registered import ADA


def test_a_rollback_is_the_release_before_under_a_higher_version(works: Works) -> None:
    first = works.repository.releases()[-1]
    works.change("rollback")
    now = works.release()
    assert now.version == 3
    assert now.message["rollout"] == first.message["rollout"]
    assert now.message["models"] == first.message["models"]
    assert now.message["revoked"] == []
    assert works.check_whole() == 3
    assert works.log()[-1] == ("roll back release", "release 3")


def test_a_second_rollback_goes_further_back_and_not_to_what_was_given_up(works: Works) -> None:
    works.change("publish", "--model", "v1.2", "--share", "100%")
    works.change("rollback")
    assert works.arms() == {"v1.2": (0, 10_000, sum_of(1))}
    works.change("rollback")
    assert works.arms() == {"v1.0": (0, 10_000, sum_of(0))}
    works.change("rollback")
    assert works.arms() == {"v1.0": (0, 10_000, None)}


def test_what_is_given_up_can_be_revoked_with_it_and_never_comes_back(works: Works) -> None:
    works.change("rollback", "--revoke")
    assert works.release().message["revoked"] == [sum_of(1)]
    assert "is revoked" in works.change("publish", "--model", "v1.1", code=2)
    works.change("publish", "--model", "v1.2")
    assert works.release().message["revoked"] == [sum_of(1)]
    assert works.check_whole() == 4


def test_phones_outside_of_the_old_arms_are_told_as_well(works: Works) -> None:
    """Under another draw the old arms are other phones: those of now stay, with the model before."""
    works.change("publish", "--model", "v1.2", "--share", "10%")
    works.change("publish", "--model", "v1.3", "--share", "20%")
    salt = works.release().message["rollout"]["salt"]
    works.change("rollback")
    assert works.release().message["rollout"]["salt"] == salt
    assert works.arms() == {"v1.3": (0, 2000, sum_of(2))}
    assert [model["name"] for model in works.release().message["models"]] == ["foretap-v1.2"]
    assert works.check_whole() == 5


def test_a_rollback_under_one_draw_keeps_the_old_arms_where_they_reach_everyone(works: Works) -> None:
    works.change("publish", "--model", "v1.2", "--share", "50%")
    works.change("publish", "--model", "v1.3", "--share", "20%", "--salt", "keep")
    works.change("rollback")
    assert works.arms() == {"v1.2": (0, 5000, sum_of(2))}


def test_without_an_earlier_model_phones_go_back_to_what_they_ship(works: Works) -> None:
    works.change("revoke", "--model", "foretap-v1.0")
    works.change("rollback")
    assert works.arms() == {"v1.1": (0, 100, None)}
    assert works.release().message["models"] == []


def test_a_rejected_model_is_not_gone_back_to(works: Works) -> None:
    works.change("publish", "--model", "v1.2", "--share", "100%")
    with registered.opened(works.place) as registry:
        registry.reject("v1.1", ADA)
    assert "v1.1 is Rejected" in works.change("rollback", "--to", "2", code=2)
    assert "no earlier release 7" in works.change("rollback", "--to", "7", code=2)
    works.change("rollback")
    assert works.arms() == {"v1.0": (0, 10_000, sum_of(0))}


def test_a_revoked_bundle_is_named_and_its_arms_are_gone(works: Works) -> None:
    works.change("publish", "--arm", "a=v1.1:10%", "--arm", "b=v1.2:10%", "--segment", "beta=v1.1")
    said = works.change("revoke", "--model", "foretap-v1.1")
    assert "everyone, arm a: had a revoked model" in said
    assert "segment beta, arm all: had a revoked model" in said
    assert works.release().message["revoked"] == [sum_of(1)]
    assert works.arms() == {"b": (5000, 1000, sum_of(2))}
    assert works.arms("beta") == {}
    works.change("revoke", "--model", sum_of(1), "--model", "ab" * 32)
    assert works.release().message["revoked"] == [sum_of(1), "ab" * 32]
    assert "no release names such a model" in works.change("revoke", "--model", "foretap-v7.0", code=2)
    assert works.log()[-2:] == [("revoke", "release 4"), ("revoke", "release 5")]
    assert works.check_whole() == 5


def test_a_phone_goes_where_the_publisher_leads_it(works: Works) -> None:
    """To a new model, to the one before by a rollback, and to what it ships when that one is revoked."""
    phone = Phone.new(works.folder / "phone", works.served / "root" / "1")
    active = []
    for change in (
        ["rollout", "--share", "100%"],
        ["rollback"],
        ["revoke", "--model", "foretap-v1.0"],
        ["publish", "--model", "v1.2", "--share", "100%"],
    ):
        works.change(*change)
        works.now_s += 60
        active.append(phone.sync(works.served, works.now_s)["active"])
    assert active == [sum_of(1), sum_of(0), None, sum_of(2)]
