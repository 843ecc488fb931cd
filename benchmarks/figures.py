"""One row of the table, and the table as text, as JSON and as Markdown."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OF_RATIO, OF_MEASURED = "ratio", "measured"


@dataclass(frozen=True)
class Figure:
    """`bound` is the largest allowed `ratio`, or, where `bound_of` says so, the largest allowed `measured` value."""

    name: str
    unit: str
    measured: float
    floor: float | None = None
    bound: float | None = None
    bound_of: str = OF_RATIO

    @property
    def ratio(self) -> float | None:
        return self.measured / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """None where there is no bound."""
        bounded = self.ratio if self.bound_of == OF_RATIO else self.measured
        return None if self.bound is None or bounded is None else bounded <= self.bound

    def row(self) -> dict[str, Any]:
        """As .local/bench.json has it; `unit` also says what the bound is of."""
        return {
            "name": self.name,
            "unit": self.unit if self.bound is None else f"{self.unit}; bound on {self.bound_of}",
            "measured": round(self.measured, 4),
            "floor": None if self.floor is None else round(self.floor, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "bound": self.bound,
            "holds": self.holds,
        }


def save(figures: Iterable[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([figure.row() for figure in figures], indent=2) + "\n", encoding="utf-8")


def markdown(rows: Iterable[dict[str, Any]]) -> str:
    """The table of docs/benchmarks.md."""
    head = "| figure | measured | floor | ratio | bound | holds |\n| --- | ---: | ---: | ---: | ---: | --- |"
    return "\n".join([head, *("| " + " | ".join(_cells(row)) + " |" for row in rows)])


def _cells(row: dict[str, Any]) -> list[str]:
    unit, _, of = row["unit"].partition("; bound on ")
    bound = "" if row["bound"] is None else f"{of} ≤ {row['bound']:g}"
    holds = {True: "yes", False: "**no**", None: ""}[row["holds"]]
    return [f"{row['name']} ({unit})", _text(row["measured"]), _text(row["floor"]), _text(row["ratio"]), bound, holds]


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 10 else f"{value:.1f}"
