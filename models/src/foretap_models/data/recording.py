"""A version of a data set is made, and taken out again as the training cache that it was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from foretap_models.data.cache_folder import CacheFolder
from foretap_models.data.features_file import FeaturesFile
from foretap_models.data.partition import Origin, of_parts
from foretap_models.data.preparation import Prepared, Recipe, prepare
from foretap_models.data.quality import Report
from foretap_models.data.versions import Manifest, Store, Version, check_amount, check_step, least_phones
from foretap_models.engine.engine import Engine
from foretap_models.errors import CacheError, DamagedStoreError, VersionError
from foretap_models.progress import Progress, on_stderr


@dataclass(frozen=True)
class Recording:
    """Which version is made.

    Attributes:
        store: where.
        version: its number.
        parent: the version that it goes on from; by default the newest before it.
        date: when it was made, ISO 8601.
    """

    store: Store
    version: Version
    parent: Version | None
    date: str


def record(
    origins: Sequence[Origin],
    recipe: Recipe,
    engine: Engine,
    cache: Path | None,
    recording: Recording | None,
    expected_schema: str | None = None,
    progress: Progress = on_stderr,
) -> Prepared:
    """Prepares features files as a cache, as a version, or as both.

    Raises:
        VersionError: the version is there already, or its number says less than what changes.
        ModelsError: as `preparation.prepare`.
    """
    if not origins:
        raise CacheError("no features files to prepare")
    store = recording.store if recording else None
    parent = None

    def accept(report: Report) -> None:
        if recording:
            check_amount(parent, recording.version, recipe.asked, report.queries)

    if recording:
        parent = recording.store.parent(recording.version, recording.parent)
        first = FeaturesFile.open(origins[0].place)
        check_step(parent, recording.version, first.schema, first.feature_names, {origin.kind for origin in origins})
    made = prepare(origins, recipe, engine, cache, store, expected_schema, progress, accept)
    if recording:
        recording.store.record(
            Manifest(
                version=str(recording.version),
                parent=parent.version if parent else None,
                date=recording.date,
                content=made.content,
                schema=made.schema,
                feature_names=made.feature_names,
                learned_on=made.learned_on,
                sources=made.sources,
                seen_folds=recipe.seen_folds,
                transformations=made.transformations,
                quality=made.report,
                parts=made.parts,
            )
        )
    if cache:
        kinds = {origin.kind for origin in origins}
        phones = least_phones(made.transformations)
        _finish(cache, made, recording.version if recording else None, recipe.seen_folds, kinds, phones)
    return made


def record_once(
    origins: Sequence[Origin],
    recipe: Recipe,
    engine: Engine,
    cache: Path,
    store: Store,
    version: Version | None,
    date: str,
    progress: Progress = on_stderr,
) -> Prepared:
    """As `record`; a version that is there already is taken, where it is just what comes out now.

    Args:
        origins: the files, of one schema.
        recipe: what is done to them.
        engine: who does it.
        cache: folder of the cache.
        store: of the versions.
        version: its number; by default the newest one, or the minor one after it where that holds other data.
        date: of a version that is made, ISO 8601.
        progress: shown now and then.

    Raises:
        VersionError: the version that is named holds other data, or a number says less than what changes.
        ModelsError: as `preparation.prepare`.
    """
    there = store.versions()
    wanted = version or (there[-1] if there else Version(1, 0))
    if wanted in there:
        made = record(origins, recipe, engine, cache, None, progress=progress)
        manifest = store.manifest(wanted)
        if (made.content, recipe.seen_folds) == (manifest.content, manifest.seen_folds):
            _finish(
                cache,
                made,
                wanted,
                recipe.seen_folds,
                {origin.kind for origin in origins},
                least_phones(made.transformations),
            )
            return made
        if version:
            raise VersionError(f"{store.folder}: {version} is there already, and holds other data")
        wanted = Version(wanted.major, wanted.minor + 1)
    return record(origins, recipe, engine, cache, Recording(store, wanted, None, date), progress=progress)


def checkout(store: Store, version: Version, engine: Engine, cache: Path, progress: Progress = on_stderr) -> Prepared:
    """Writes the training cache of a version, the same bytes each time.

    Raises:
        VersionError: there is no such version.
        DamagedStoreError: a part or the manifest is not what was written.
    """
    manifest = store.manifest(version)
    made = prepare(of_parts(store, manifest.parts), Recipe(), engine, cache, progress=progress)
    if made.content != manifest.content:
        raise DamagedStoreError(f"{store.folder}: {version} is read differently from how it was written")
    kinds = {source.kind for source in manifest.sources}
    _finish(cache, made, version, manifest.seen_folds, kinds, least_phones(manifest.transformations))
    return made


def _finish(
    cache: Path,
    made: Prepared,
    version: Version | None,
    seen_folds: tuple[int, ...],
    kinds: Collection[str],
    phones: int | None,
) -> None:
    """Makes the folder a cache."""
    about = {
        "feature_names": made.feature_names,
        "schema": made.schema,
        "learned_on": made.learned_on,
        "kinds": sorted(kinds),
        **({} if phones is None else {"least_phones": phones}),
        "split": asdict(made.split),
        "content": made.content,
        "version": str(version) if version else None,
        "seen_folds": seen_folds,
    }
    CacheFolder(cache).finish(made.queries, about)
