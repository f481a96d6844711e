"""A run for people: a table, and a picture of when each step ran."""

from __future__ import annotations

from html import escape

from foretap_models.pipeline.journal import Journal, Outcome

WIDTH, LABEL, ROW, MARGIN = 760, 150, 22, 12
"""Pixels."""

COLOURS = {Outcome.DONE: "#3b7dd8", Outcome.FAILED: "#c0392b", Outcome.RUNNING: "#e0a030"}
"""Of bars; the others have none."""


def table(journal: Journal, *, is_running: bool) -> str:
    """The run as a Markdown table.

    Args:
        journal: of the run.
        is_running: whether its process is still there; one that is not was interrupted.
    """
    interrupted = "interrupted; the next run goes on where it stopped"
    outcome = interrupted if journal.outcome is Outcome.RUNNING and not is_running else str(journal.outcome)
    outcome += "; `pipeline status` says whether it still is" if outcome == Outcome.RUNNING else ""
    took = f", {(journal.ended - journal.begun).total_seconds():.1f} s" if journal.ended else ""
    lines = [
        f"{journal.begun.isoformat(timespec='seconds')}: {outcome}{took} ({journal.reason})",
        "",
        "| step | outcome | attempts | seconds | key |",
        "| --- | --- | --- | --- | --- |",
    ]
    for entry in journal.entries:
        was_cut = entry.outcome is Outcome.RUNNING and not is_running
        lines.append(
            f"| {entry.name} | {'interrupted' if was_cut else entry.outcome} | {entry.attempts or ''} "
            f"| {f'{entry.seconds:.1f}' if entry.attempts else ''} | {entry.key[:12]} |"
        )
    lines += [f"\n{entry.name}: {entry.error}" for entry in journal.entries if entry.error]
    return "\n".join(lines)


def gantt(journal: Journal) -> str:
    """When each step ran, as an SVG without scripts."""
    whole = max((entry.begun_s + entry.seconds for entry in journal.entries), default=0.0) or 1.0
    across = WIDTH - LABEL - 2 * MARGIN
    height = 2 * MARGIN + ROW * (len(journal.entries) + 2)
    rows = [f'<text x="{MARGIN}" y="{MARGIN + 14}">{escape(journal.reason)}: {whole:.1f} s</text>']
    for at, entry in enumerate(journal.entries, 1):
        y = MARGIN + ROW * at
        rows.append(f'<text x="{MARGIN}" y="{y + 15}">{escape(entry.name)}</text>')
        colour = COLOURS.get(entry.outcome)
        x = LABEL + MARGIN + across * entry.begun_s / whole
        if colour is None:
            rows.append(f'<text x="{LABEL + MARGIN}" y="{y + 15}" fill="#888">{entry.outcome}</text>')
            continue
        width = max(1.0, across * entry.seconds / whole)
        about = f"{entry.name}: {entry.outcome}, {entry.seconds:.1f} s, {entry.attempts} attempts"
        rows.append(
            f'<rect x="{x:.1f}" y="{y + 3}" width="{width:.1f}" height="{ROW - 6}" fill="{colour}">'
            f"<title>{escape(about)}</title></rect>"
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12">{"".join(rows)}</svg>\n'
    )
