"""How many connections fell silent, for the alarm: a source that stops pushing fails nowhere."""

from datetime import datetime

from chalicelib.connections import store
from chalicelib.connections.rules import State, state_of


def is_due(now: datetime) -> bool:
    """Once an hour: nobody is called silent before three."""
    return now.minute == 0


def count(now: datetime) -> int:
    """One query."""
    return sum(state_of(health, now) is State.SILENT for _, health in store.listed_with_health())
