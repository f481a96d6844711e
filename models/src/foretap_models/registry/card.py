"""The model card of a version: what it learned from, what it is for, how it was judged. The same bytes every time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from foretap_models.operations import Bundle, Card
from foretap_models.provenance import UPLOADS, Said, said
from foretap_models.registry.dossier import DataSet, Dossier
from foretap_models.registry.evaluation import Evaluation, Figures

INTENDED = (
    "re-ranking the shortlist of `foretap-core` on the person's own device",
    "ranking anything but the mixer's shortlist; features of another schema (the loader refuses them); "
    "conclusions about people",
)
"""What every model of this package is for, and what not."""


def card(version: str, dossier: Dossier, evaluation: Evaluation, bundle_bytes: int) -> str:
    """The card as Markdown.

    Args:
        version: its name in the registry.
        dossier: how it was made.
        evaluation: how it was judged.
        bundle_bytes: size of the file.

    Raises:
        EvidenceError: the evaluation cannot be read.
        ProvenanceError: nobody says what the data are.
    """
    lineage, data, config = dossier.lineage, dossier.data, dossier.config
    about = _said(dossier)
    data_version = f"version {data.version}, " if data.version else ""
    rows = {
        "bundle": f"`{lineage.bundle}`, {bundle_bytes:,} bytes",
        "learned from": f"{about.card.learned_from}. {data_version}{_amount(data)}",
        "licence of the data": about.card.licence,
        "made by": f"`{'foretap-models prepare --uploads' if UPLOADS in data.kinds else 'foretap features'}`, then "
        "`foretap-models all`; the same data, configuration, code and seed give the same bytes",
        "intended use": INTENDED[0],
        "not intended": INTENDED[1],
        "method": _method(config, data.features),
        "judged": _judged(config, data.kinds),
        "golden vectors": "synthetic rows around the means; nobody's",
        "limits": about.card.limits,
    }
    lines = [f"# {about.name} {version}", "", "| | |", "| --- | --- |"]
    lines += [f"| {key} | {_cell(value)} |" for key, value in rows.items()]
    lines += ["", "## Lineage", "", "| | SHA-256 |", "| --- | --- |"]
    lines += [f"| {key} | `{value}` |" for key, value in lineage.as_json().items()]
    lines += [f"| schema of the features | `{data.schema}` |", f"| evaluation | `{evaluation.sha256()}` |"]
    lines += ["", "## Figures", "", *_figures(evaluation, "panels" if UPLOADS in data.kinds else "people")]
    return "\n".join(lines) + "\n"


def _said(dossier: Dossier) -> Said:
    """What is said of the data: what was registered before kinds of sources were noted, by its configuration alone."""
    config, data = dossier.config, dossier.data
    card = Card(**config["card"])
    if not data.kinds:
        return Said(config["bundle"]["name"], card)
    bundle = Bundle(**config["bundle"] | {"logs": tuple(config["bundle"]["logs"])})
    return said(bundle, card, data.kinds, data.learned_on, data.least_phones)


def _method(config: Mapping[str, Any], features: int) -> str:
    """How it was learned."""
    training, inner = config["training"], config["inner"]
    widths = " -> ".join(map(str, (features, *training["hidden"], 1)))
    groups = len(config["dropout"])
    steps = config["pipeline"]
    also = f"; hyper-parameters the best of {steps['tune_trials']} trials" if steps.get("tune_trials") else ""
    also += f"; taught by {', '.join(config['distil']['teachers'])}" if steps.get("distil") else ""
    also += f"; pruned to {100.0 * config['pruning']['left']:g} % of its weights" if steps.get("prune") else ""
    return (
        f"an MLP ({widths}) in 8-bit integers that corrects the mixer; listwise softmax over the shortlist, anchored "
        f"at the mixer, {training['epochs']} passes, {groups} groups of features left out at random; calibrated on "
        f"people held out in {inner['rounds']} of {inner['folds']} inner folds{also}"
    )


def _amount(data: DataSet) -> str:
    """How much it was."""
    if UPLOADS in data.kinds:
        return f"{data.queries:,} samples in {data.people} panels that stand for people; features `{data.schema[:12]}`"
    return f"{data.queries:,} queries of {data.people} people; logs {_hashes(data.learned_on)}"


def _judged(config: Mapping[str, Any], kinds: Collection[str]) -> str:
    """On whom it was judged."""
    folds = ", ".join(map(str, config["pipeline"]["judged_folds"]))
    if UPLOADS in kinds:
        return (
            f"folds {folds} of five by a hash of each sample's pseudonym, one training for each; never on samples it "
            "was learned from, but perhaps on others of the same phones. The bundle itself learned from all of them"
        )
    return (
        f"leave-user-out, folds {folds} of five by person, one training for each; never on people it was learned from. "
        "The bundle itself learned from everyone"
    )


def _figures(evaluation: Evaluation, people: str) -> list[str]:
    """The table of all systems, the bundle's last; `people` says what stands for a person."""
    systems = sorted(evaluation.systems(), key=lambda name: name == evaluation.system)
    ours = evaluation.figures()
    asked = "; ".join(f"{moment} {f.queries:,} queries of {f.people} {people}" for moment, f in ours.items())
    by_system = {system: evaluation.figures(system) for system in systems}
    lines = [
        f"HR@3 in percent with its 95 % interval over {people}, mean over {people}: {asked}.",
        "",
        f"| system | {' | '.join(ours)} |",
        f"| --- |{' --- |' * len(ours)}",
    ]
    for system, by_moment in by_system.items():
        cells = [_hr3(by_moment[moment]) if moment in by_moment else "" for moment in ours]
        name = f"**{system}**, the bundle" if system == evaluation.system else system
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "| the bundle | HR@1 | HR@3 | HR@5 | MRR | ECE |", "| --- | --- | --- | --- | --- | --- |"]
    for moment, f in ours.items():
        ece = "" if f.ece is None else f"{f.ece:.3f}"
        r = f.rates
        lines.append(f"| {moment} | {r['hr1']:.1f} | {r['hr3']:.1f} | {r['hr5']:.1f} | {r['mrr']:.1f} | {ece} |")
    return lines


def _hr3(figures: Figures) -> str:
    """HR@3 with its interval."""
    interval = f" [{figures.hr3[0]:.1f}, {figures.hr3[1]:.1f}]" if figures.hr3 else ""
    return f"{figures.rates['hr3']:.1f}{interval}"


def _hashes(sums: tuple[str, ...]) -> str:
    return ", ".join(f"`{value[:12]}`" for value in sums)


def _cell(text: str) -> str:
    """Text that stays in its cell."""
    return text.replace("|", "\\|").replace("\n", " ")
