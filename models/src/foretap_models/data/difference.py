"""What changed from one version of a data set to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from foretap_models.data.versions import Manifest, Source

LEAST_SHIFT = 0.01
"""Standard deviations by which a feature's mean has to differ to be named."""

MOST_NAMED = 12
"""Lines of a kind; the rest is counted."""

COUNTS = ("queries", "people", "rows", "training", "scored", "duplicates", "without_target", "people_with_few")
"""What of the quality report is compared."""


def lines(old: Manifest, new: Manifest) -> list[str]:
    """What changed, one line each; one line where the content is the same."""
    made = [f"{old.version} ({old.date}) -> {new.version} ({new.date})"]
    if old.content == new.content:
        return [*made, f"content: the same, {new.content[:12]}"]
    made.append(f"content: {old.content[:12]} -> {new.content[:12]}")
    if old.schema != new.schema:
        made.append(f"schema: {old.schema[:12]} -> {new.schema[:12]}")
    made += _named("feature", set(old.feature_names), set(new.feature_names))
    changed = _changed(old, new)
    if changed:
        what = "partition" if changed[0][0] != "file" else "file"
        also = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        made.append(f"{len(changed)} {what}{'' if len(changed) == 1 else 's'} changed: {changed[0][1]}{also}")
    made += _named(
        "source", *({_source(s) for s in of.sources if (s.kind, s.name) not in changed} for of in (old, new))
    )
    made += _named("transformation", set(_transformations(old)), set(_transformations(new)))
    for count in COUNTS:
        before, after = getattr(old.quality, count), getattr(new.quality, count)
        if before != after:
            made.append(f"{count}: {before} -> {after} ({after - before:+d})")
    shared = {part.sha256 for part in old.parts} & {part.sha256 for part in new.parts}
    made.append(f"parts: {len(old.parts)} -> {len(new.parts)}, {len(shared)} the same")
    return made + _cut([line for _, line in sorted(_shifts(old, new), reverse=True)], "feature means")


def _shifts(old: Manifest, new: Manifest) -> Iterator[tuple[float, str]]:
    """By how many standard deviations each feature's mean moved, with its line."""
    for name, after in new.quality.features.items():
        before = old.quality.features.get(name)
        if before is None or before.mean == after.mean:
            continue
        moved = abs(after.mean - before.mean) / max(before.sd, after.sd, 1e-12)
        if moved >= LEAST_SHIFT:
            yield moved, f"mean of {name}: {before.mean:.4g} -> {after.mean:.4g} ({moved:.2f} standard deviations)"


def _named(what: str, old: set[str], new: set[str]) -> list[str]:
    """What went and what came."""
    gone = _cut([f"{what} gone: {name}" for name in sorted(old - new)], f"{what}s gone")
    return gone + _cut([f"{what} new: {name}" for name in sorted(new - old)], f"{what}s new")


def _cut(lines: list[str], what: str) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - MOST_NAMED
    return lines if more <= 0 else [*lines[:MOST_NAMED], f"{what}: {more} more"]


def _source(source: Source) -> str:
    """A source in words."""
    return f"{source.kind} {source.name} {source.sha256[:12]}"


def _changed(old: Manifest, new: Manifest) -> list[tuple[str, str]]:
    """Kind and name of the sources that both have once, with other bytes, in the order of the new version."""
    before, after = ({(s.kind, s.name): s.sha256 for s in of.sources} for of in (old, new))
    count = Counter((s.kind, s.name) for of in (old, new) for s in of.sources)
    return [key for key, sha256 in after.items() if count[key] == 2 and before.get(key, sha256) != sha256]


def _transformations(manifest: Manifest) -> Iterator[str]:
    """Each in words: what it is and what it did, without the edges."""
    for at, step in enumerate(manifest.transformations):
        about = ", ".join(f"{key} {value}" for key, value in step.items() if key not in ("kind", "features"))
        yield f"{at + 1}. {step['kind']}: {about}"
