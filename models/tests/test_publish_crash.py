"""A publisher that dies in any operation leaves the old or the new release whole, and the next one goes on."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import registered
from phone import Phone
from published import NOW_S, SHIPPED, Works, sum_of
from registered import ADA

from foretap_models import foretap
from foretap_models.errors import BusyError
from foretap_models.lock import alone
from foretap_models.publish import changes, keys, rollout
from foretap_models.publish.changes import Terms
from foretap_models.publish.disk import Disk
from foretap_models.publish.publisher import Publisher
from foretap_models.publish.release import Content
from foretap_models.publish.repository import Repository
from foretap_models.publish.root import Changes
from foretap_models.publish.signed_files import SignedFiles
from foretap_models.registry.registry import Registry


class KilledError(BaseException):
    """The end of a process."""


class Dying(Disk):
    """A disk under a process that dies in one of its operations."""

    def __init__(self, last: int) -> None:
        self._left = last
        for name in ("make_folder", "flush", "rename", "remove"):
            setattr(self, name, self._dying(getattr(self, name)))

    def write(self, path: Path, content: bytes) -> None:
        """Half of a file is there when the process dies over it."""
        self._left -= 1
        super().write(path, content if self._left >= 0 else content[: len(content) // 2])
        if self._left < 0:
            raise KilledError

    def _dying(self, operation: Callable[..., None]) -> Callable[..., None]:
        """Nothing of any other operation is done then."""

        def run(*given: Path) -> None:
            self._left -= 1
            if self._left < 0:
                raise KilledError
            operation(*given)

        return run


TERMS = Terms(90, 100, 300, 0)


def publish(publisher: Publisher, works: Works) -> list[str]:
    """A release with a new bundle, two deltas and a new arm."""
    arms = [rollout.Arm("", "new", "v1.2", 10_000)]
    proposal, content = changes.publish(
        publisher,
        arms,
        TERMS,
        keep_salt=False,
        newest=1,
        shipped=[SHIPPED.read_bytes()],
        version_of=lambda version: (version, f"foretap-{version}"),
    )
    named = [keys.load(works.uri(name)) for name in ("release-1", "release-2", "time-1")]
    return publisher.finish(proposal, content, named, ADA, 7)


def widen(publisher: Publisher, works: Works) -> list[str]:
    """The release of now for more phones."""
    proposal, _ = changes.roll_out(
        publisher, lambda m: rollout.widened(m["rollout"], 10_000, of=None, within="", shrink=False), 90
    )
    named = [keys.load(works.uri(name)) for name in ("release-1", "release-2", "time-1")]
    return publisher.finish(proposal, Content(), named, ADA, 7)


def rotate(publisher: Publisher, works: Works) -> list[str]:
    """Another root, with other release and timestamp keys, under which release and timestamp are signed anew."""
    public = {name: works.public(name) for name in ("release-1", "release-2", "release-4", "time-1", "time-2")}
    asked = Changes(
        added={"release": [public["release-4"]], "timestamp": [public["time-2"]]},
        removed={"release": [public["release-1"], public["release-2"]], "timestamp": [public["time-1"]]},
    )
    proposal = changes.rotate(publisher, asked, 365, 90)
    names = ("root-1", "root-2", "release-1", "release-2", "release-3", "release-4", "time-1", "time-2")
    return publisher.finish(proposal, Content(), [keys.load(works.uri(name)) for name in names], ADA, 7)


def crashes(
    works: Works, registry: Registry, change: Callable[[Publisher, Works], object]
) -> Iterator[tuple[int, Works]]:
    """The change, killed in its first operation, its second, ..., each time on a copy of what was served."""
    untouched = works.folder / "untouched"
    works.served.rename(untouched)
    for last in itertools.count():
        works.served = works.folder / f"{last}" / "repository"
        shutil.copytree(untouched, works.served)
        publisher = Publisher(works.repository, registry, lambda: works.now_s)
        publisher.repository.disk = Dying(last)
        try:
            change(publisher, works)
        except KilledError:
            yield last, works
            continue
        return


@pytest.mark.parametrize(
    ("change", "least", "old", "new"),
    [
        (publish, 18, [sum_of(1)], [sum_of(2)]),
        (widen, 8, [sum_of(1)], [sum_of(1)]),
        (rotate, 12, [sum_of(1)], [sum_of(1)]),
    ],
    ids=["publish", "rollout", "rotate-root"],
)
def test_a_crash_leaves_the_old_or_the_new_release_whole(
    works: Works, change: Callable[[Publisher, Works], object], least: int, old: list[str], new: list[str]
) -> None:
    seen: list[int] = []
    before = works.release().sha256
    first_root = works.folder / "first-root"
    shutil.copy(works.served / "root" / "1", first_root)
    with registered.opened(works.place) as registry:
        for last, after in crashes(works, registry, change):
            version = after.check_whole()
            models = [model["sha256"] for model in after.release().message["models"]]
            assert models == (old if after.release().sha256 == before else new)
            said = Phone.new(after.folder / f"phone-{last}", first_root).sync(after.served, NOW_S + 3600)
            assert said["outcome"] in ("fetched", "up_to_date"), (last, said)
            assert said["release"] == version
            seen.append(version)
            if last % 5 == 0:
                publisher = Publisher(after.repository, registry, lambda: works.now_s)
                with publisher.repository.locked():
                    if change is rotate and publisher.repository.root().version == 2:
                        continue
                    change(publisher, after)
                assert after.check_whole() >= version + (change is not rotate)
                assert not list(after.served.rglob(".*"))
        assert registry.verify()
    assert len(seen) >= least
    assert seen == sorted(seen, key=lambda version: version != 2)
    assert len(set(seen)) > 1


def test_a_number_that_was_decided_and_never_served_is_not_used_again(works: Works) -> None:
    with registered.opened(works.place) as registry:
        publisher = Publisher(works.repository, registry, lambda: works.now_s)
        publisher.repository.disk = Dying(17)
        with pytest.raises(KilledError):
            publish(publisher, works)
        count = sum(record.decision.version == "release 3" for record in registry.records())
        publisher = Publisher(works.repository, registry, lambda: works.now_s)
        assert (count, publisher.free_version()) == (1, 4)
        publish(publisher, works)
        assert works.check_whole() == 4


def test_only_one_publisher_is_at_it(works: Works) -> None:
    repository = Repository(works.served, SignedFiles(foretap.find()), Disk())
    with repository.locked(), pytest.raises(BusyError), alone(works.folder / "repository.lock", patience_s=0.1):
        pass
    assert (works.folder / "repository.lock").exists()
    assert not list(works.served.rglob("*.lock"))
