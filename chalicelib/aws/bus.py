"""EventBridge: announce facts."""

from collections.abc import Sequence
from typing import Any

from chalicelib.aws import clients
from chalicelib.aws.meter import meter
from chalicelib.aws.settings import settings
from chalicelib.canonical.errors import TryAgain
from chalicelib.canonical.facts import Fact

AT_ONCE = 10
"""Entries a PutEvents takes."""


def announce(facts: Sequence[Fact]) -> None:
    """Put facts on the bus. Raises TryAgain when it did not take all of them; announcing twice is harmless."""
    for start in range(0, len(facts), AT_ONCE):
        entries: Any = [_entry(fact) for fact in facts[start : start + AT_ONCE]]
        meter().called("PutEvents")
        answer = clients.events().put_events(Entries=entries)
        if answer.get("FailedEntryCount"):
            raise TryAgain(f"the bus refused {answer['FailedEntryCount']} facts")


def _entry(fact: Fact) -> dict[str, str]:
    detail = fact.model_dump_json(exclude_none=True)
    return {
        "Source": "xenia",
        "DetailType": fact.type,
        "Detail": detail[:-1] + f',"fact_id":"{fact.fact_id}"}}',
        "EventBusName": settings().facts_bus,
    }
