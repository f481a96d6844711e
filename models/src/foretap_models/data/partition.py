"""What is worked on at a time: a features file, or a stretch of whole queries of a long one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from foretap_models.data.features_file import FeaturesFile
from foretap_models.data.lake import Lake, LakeFile
from foretap_models.data.place import Place
from foretap_models.data.versions import Part, Source, Store
from foretap_models.provenance import SIMULATED, UPLOADS, Kind

ROWS_A_PARTITION = 250_000
"""Of a long file: some 200 MB of memory while it is worked on, and enough partitions for every worker."""


@dataclass(frozen=True)
class Origin:
    """A features file to prepare.

    Attributes:
        place: where it is.
        name: what a manifest calls it; no folder of this machine.
        group: files of one group number their people together.
        lake: the lake that it belongs to, and its place there.
        part: the part of a store that it has to be, with the store; a part is one partition, however long.
        uploaded: the file of phones' samples that it was decoded from.
    """

    place: Place
    name: str
    group: int = 0
    lake: tuple[Lake, LakeFile] | None = None
    part: tuple[Store, Part] | None = None
    uploaded: Place | None = None

    @property
    def kind(self) -> Kind:
        """What a manifest calls this kind of source."""
        if self.uploaded is not None:
            return UPLOADS
        if self.lake is None:
            return "file"
        lake, _ = self.lake
        return SIMULATED if lake.is_simulated else "lake"


@dataclass(frozen=True)
class Partition:
    """A stretch of a file.

    Attributes:
        file: the file, of which only the stretch is read.
        origin: where it comes from.
    """

    file: FeaturesFile
    origin: Origin

    def check(self, people: np.ndarray) -> None:
        """Refuses people who do not belong here, int32 [queries].

        Raises:
            LakeError: one belongs to another shard.
        """
        if self.origin.lake:
            lake, file = self.origin.lake
            lake.check_people(file, people)


@dataclass(frozen=True)
class Opened:
    """An opened file.

    Attributes:
        partitions: all of it, in order.
        source: how a manifest names it, where its hash was asked for.
    """

    partitions: tuple[Partition, ...]
    source: Source | None


def opened(origin: Origin, hashed: bool, rows: int = ROWS_A_PARTITION) -> Opened:
    """Opens a file and divides it.

    Args:
        origin: the file.
        hashed: whether a manifest will name it.
        rows: a partition has so many or fewer, but for a query that has more alone.

    Raises:
        FeaturesFileError: it is not as it should be.
        DamagedStoreError: it is not the part that it should be.
    """
    if origin.part:
        store, part = origin.part
        store.check(part)
    file = FeaturesFile.open(origin.place)
    source = Source(origin.kind, origin.name, (origin.uploaded or origin.place).sha256()) if hashed else None
    starts = (
        [0, file.rows] if origin.part or file.rows <= rows else _cuts(file.frame(["query"])["query"].to_numpy(), rows)
    )
    stretches = [file.stretch(first, last - first) for first, last in pairwise(starts)]
    return Opened(tuple(Partition(stretch, origin) for stretch in stretches), source)


def of_files(places: list[Place]) -> list[Origin]:
    """Features files; people of different files are different people."""
    return [Origin(place, place.name, group) for group, place in enumerate(places)]


def of_lake(lake: Lake, files: list[LakeFile]) -> list[Origin]:
    """Files of a lake, in which a number is the same person everywhere."""
    return [Origin(file.place, file.name, lake=(lake, file)) for file in files]


def of_parts(store: Store, parts: tuple[Part, ...]) -> list[Origin]:
    """The parts of a version, in which people have their numbers."""
    return [Origin(Place(str(store.part(part.sha256))), part.sha256, part=(store, part)) for part in parts]


def _cuts(query: np.ndarray, rows: int) -> list[int]:
    """Where partitions begin, and the end: each as long as it can be, of whole queries."""
    ends = np.append(np.flatnonzero(np.diff(query)) + 1, len(query))
    cuts = [0]
    while cuts[-1] < len(query):
        # The last query that ends within reach, or the next one alone.
        last = int(np.searchsorted(ends, cuts[-1] + rows, side="right")) - 1
        after = int(np.searchsorted(ends, cuts[-1], side="right"))
        cuts.append(int(ends[max(last, after)]))
    return cuts
