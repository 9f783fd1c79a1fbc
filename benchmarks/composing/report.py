"""The figures of a run, told: table, JSON, plot, and the fragment of the docs."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from rich.console import Console
from rich.table import Table

from composing.measure import Cost

LIMIT = "LIMIT"
VERYFAST = "LIMIT at veryfast"
WHOLE = "Storyreel, cold"
ALIKE = (LIMIT, VERYFAST, WHOLE)
"""Those who encode the very same frames: how like them their films look tells who spends less for it."""
MARKS = "<!-- composer: begin -->", "<!-- composer: end -->"


@dataclass(frozen=True, slots=True)
class Entry:
    """One contender: what it cost in each round, and how like the finished frames its film looks, if that was told."""

    name: str
    costs: list[Cost]
    vmaf: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """All that was measured of a film, contenders taking turns."""

    title: str
    entries: list[Entry]

    def costs(self, name: str) -> list[Cost]:
        return next((entry.costs for entry in self.entries if entry.name == name), [])

    def ratios(self, entry: Entry, what: str, to: str) -> list[float]:
        """Round by round, so that whatever else the machine was doing falls on both sides."""
        return [
            getattr(a, what) / getattr(b, what)
            for a, b in zip(entry.costs, self.costs(to), strict=bool(self.costs(to)))
        ]


_COLUMNS = ("", "wall s", "CPU s", "CPU ÷ LIMIT", "wall ÷ LIMIT", "CPU ÷ veryfast", "wall ÷ whole", "peak MiB", "VMAF")


def show(result: Result) -> None:
    """The table, to the terminal."""
    table = Table(*_COLUMNS, title=result.title)
    for row in _rows(result):
        table.add_row(*row)
    Console(width=180).print(table)


def keep(results: Sequence[Result], folder: Path) -> None:
    """JSON and plot."""
    folder.mkdir(exist_ok=True)
    saved = {"machine": machine(), "results": [asdict(result) for result in results]}
    (folder / "compose.json").write_text(json.dumps(saved, indent=1))
    (folder / "compose.svg").write_text(_plot(results))


def publish(results: Sequence[Result], page: Path) -> None:
    """Put the tables into the docs, between the marks."""
    begin, end = MARKS
    before, _, rest = page.read_text().partition(begin)
    tables = "\n\n".join(_markdown(result) for result in results)
    page.write_text(f"{before}{begin}\nMeasured on {machine()}.\n\n{tables}\n{end}{rest.partition(end)[2]}")


def machine() -> str:
    """Processor and cores."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    return f"{model.partition(': ')[2] or platform.machine()}, {os.cpu_count()} cores"


def _rows(result: Result) -> list[tuple[str, ...]]:
    return [
        (
            entry.name,
            _spread([cost.wall for cost in entry.costs]),
            _spread([cost.cpu for cost in entry.costs]),
            _spread(result.ratios(entry, "cpu", LIMIT)),
            _spread(result.ratios(entry, "wall", LIMIT)),
            _spread(result.ratios(entry, "cpu", VERYFAST)),
            _spread(result.ratios(entry, "wall", WHOLE), digits=4),
            f"{statistics.median(cost.peak for cost in entry.costs):.0f}",
            "–" if entry.vmaf is None else f"{entry.vmaf:.1f}",
        )
        for entry in result.entries
    ]


def _spread(values: Sequence[float], digits: int = 2) -> str:
    if not values:
        return "–"
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
    return f"{low}–{middle}–{high}"


def _markdown(result: Result) -> str:
    lines = [f"**{result.title}** (minimum–median–maximum)", "", f"| {' | '.join(_COLUMNS)} |"]
    lines.append("|---" * len(_COLUMNS) + "|")
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in _rows(result))])


def _plot(results: Sequence[Result]) -> str:
    """Bars of processor time over the LIMIT's, with their spread, on a logarithmic scale from a thousandth up."""
    import math

    left, width, row = 250, 520, 26
    decades = (-3, 2)

    def place(ratio: float) -> float:
        share = (math.log10(max(ratio, 1e-3)) - decades[0]) / (decades[1] - decades[0])
        return left + width * min(max(share, 0), 1)

    parts: list[str] = []
    y = 10.0
    for result in results:
        parts.append(f'<text x="10" y="{y + 16}" font-weight="bold">{escape(result.title)}: CPU ÷ LIMIT</text>')
        y += row
        for entry in result.entries:
            ratios = result.ratios(entry, "cpu", LIMIT)
            middle = statistics.median(ratios)
            fill = "#2a6f97" if entry.name.startswith("Storyreel") else "#b0b7bd"
            parts += [
                f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(entry.name)}</text>',
                f'<rect x="{left}" y="{y + 4}" width="{place(middle) - left:.1f}" height="{row - 10}" fill="{fill}"/>',
                f'<line x1="{place(min(ratios)):.1f}" x2="{place(max(ratios)):.1f}" y1="{y + 12}" y2="{y + 12}" '
                'stroke="#111" stroke-width="2"/>',
                f'<text x="{left + width + 8}" y="{y + 16}">{middle:.3g}</text>',
            ]
            y += row
        y += row / 2
    style = 'font-family="sans-serif" font-size="13" fill="#111"'
    whole = left + width + 80
    ground = f'<rect width="{whole}" height="{y}" fill="#fff"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{y}" {style}>{ground}{"".join(parts)}</svg>\n'
    )
