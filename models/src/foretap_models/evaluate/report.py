"""A picture of a training: the loss of every epoch, as an SVG without scripts."""

from __future__ import annotations

from foretap_models.learn.model import Provenance

WIDTH, HEIGHT, MARGIN = 560, 280, 48
"""Pixels."""


def losses(made: Provenance) -> str:
    """The mean loss in nats over the epochs of a training."""
    values = made.losses
    low, high = min(values), max(values)
    across, up = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN

    def at(epoch: int, value: float) -> tuple[float, float]:
        x = MARGIN + across * epoch / max(1, len(values) - 1)
        return x, HEIGHT - MARGIN - up * (value - low) / ((high - low) or 1.0)

    points = [at(epoch, value) for epoch, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>epoch {epoch + 1}: {value:.4f} nats</title></circle>'
        for epoch, ((x, y), value) in enumerate(zip(points, values, strict=True))
    )
    title = f"{made.name} {made.version}: {made.queries} queries of {made.people} people, seed {made.seed}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="12">'
        f'<text x="{MARGIN}" y="24">{title}</text>'
        f'<text x="4" y="{MARGIN + 4}">{high:.3f}</text><text x="4" y="{HEIGHT - MARGIN + 4}">{low:.3f}</text>'
        f'<text x="{MARGIN}" y="{HEIGHT - 16}">mean loss (nats) of epochs 1 to {len(values)}</text>'
        f'<polyline fill="none" stroke="currentColor" points="{line}"/>{dots}</svg>\n'
    )
