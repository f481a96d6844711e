"""The registry as tables for people."""

from __future__ import annotations

from foretap_models.registry.audit import Record
from foretap_models.registry.lineage import Lineage
from foretap_models.registry.registry import Registry
from foretap_models.registry.state import Action


def versions(registry: Registry) -> str:
    """All versions, in the order of registration, as a Markdown table."""
    state, numbers, archive = registry.state(), registry.numbers(), registry.archive
    lines = [
        "| version | approval | stage | registered | by | bundle | MLflow | HR@3, percent |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for version, approval in state.approvals.items():
        made = archive.registration(version).decision
        rates = ", ".join(
            f"{moment} {f.rates['hr3']:.1f}" for moment, f in archive.evaluation(version).figures().items()
        )
        stage = (state.stage(version) or "").title()
        bundle = made.facts["lineage"]["bundle"][:12]
        cells = [version, approval, stage, made.at[:10], made.by, bundle, str(numbers[version]), rates]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def version(registry: Registry, name: str) -> str:
    """Everything about one version.

    Raises:
        UnknownVersionError: there is none of this name.
        EvidenceError: its evaluation is missing, or another one.
    """
    state, archive = registry.state(), registry.archive
    approval, stage = state.approval(name), state.stage(name)
    made = archive.registration(name).decision
    lines = [f"{name}: {approval}{f', {stage}' if stage else ''}; MLflow's number {registry.numbers()[name]}"]
    lines += [f"{key:<10} {value}" for key, value in Lineage(**made.facts["lineage"]).as_json().items()]
    lines += [f"evaluation {made.evaluation}", f"run        {made.facts['run']}"]
    for moment, f in archive.evaluation(name).figures().items():
        words = ", ".join(f"{rate} {value:.2f}" for rate, value in f.rates.items())
        lines.append(f"{moment}: {words}, ece {'unknown' if f.ece is None else f'{f.ece:.3f}'}")
    return "\n".join([*lines, decisions([r for r in registry.records() if r.decision.version == name])])


def decisions(records: list[Record]) -> str:
    """Records of the audit log as a Markdown table."""
    lines = ["| record | at | by | decision | reason | evaluation |", "| --- | --- | --- | --- | --- | --- |"]
    for record in records:
        d = record.decision
        where = f" {'from' if d.action is Action.DEMOTE else 'to'} {d.stage}" if d.stage else ""
        lines.append(
            f"| {record.number} | {d.at} | {d.by} | {d.action} {d.version}{where} | {d.reason} | {d.evaluation[:12]} |"
        )
    return "\n".join(lines)
