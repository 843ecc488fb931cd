"""A campaign to all guests while SES misbehaves: paused once by SES, once by a person, and resumed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from infra.demo.api import Api, CallFailed
from infra.demo.campaign import TEMPLATE, CampaignFailed
from infra.soak.carrier import Books, Carrier

Json = dict[str, Any]
Answer = TypeVar("Answer")
CAMPAIGN = "everybody"
SEGMENT = {"name": "Everybody", "rule": {"trait": "stats.stays", "op": "gte", "value": 0}}
LOOK_SECONDS = 1.0
IN_FLIGHT_SECONDS, QUIET_SECONDS = 8.0, 6.0
"""A paused run's chunks that are being sent end within the first; in the second nothing more may be accepted."""
ATTEMPTS = 8


@dataclass
class Watched:
    """What was seen of a run while it was on."""

    run: Json = field(default_factory=dict)
    pauses: list[str] = field(default_factory=list)
    """Why it was paused, each time."""
    differences: list[str] = field(default_factory=list)


def patient(ask: Callable[[], Answer]) -> Answer:
    """Ask again where the hub died over it: each of these calls may be made twice."""
    for attempt in range(ATTEMPTS - 1):
        try:
            return ask()
        except CallFailed:
            time.sleep(0.2 * 2**attempt)
    return ask()


def prepare(hub: Api) -> None:
    hub.put(f"/v1/segments/{CAMPAIGN}", SEGMENT)
    hub.put(f"/v1/templates/{CAMPAIGN}", TEMPLATE)
    asked = {"id": CAMPAIGN, "name": "Everybody", "segment": CAMPAIGN, "template": CAMPAIGN}
    hub.post("/v1/campaigns", asked, once=CAMPAIGN)


def run(hub: Api, carrier: Carrier, paused_at: int, longest_seconds: float, told: Callable[[Json], None]) -> Watched:
    """Launch twice, with the same key, and wait for the end; a person pauses it after `paused_at` mails.

    Raises CampaignFailed.
    """
    watched = Watched()
    for _ in range(2):
        patient(lambda: hub.post(f"/v1/campaigns/{CAMPAIGN}/launch", once=f"{CAMPAIGN}-launch"))
    deadline = time.monotonic() + longest_seconds
    while time.monotonic() < deadline:
        shown = patient(lambda: hub.get(f"/v1/campaigns/{CAMPAIGN}"))
        watched.run = shown["run"]
        told(watched.run)
        if watched.run["state"] == "finished":
            return _ended(watched, shown)
        _tend(hub, carrier.books, watched, paused_at)
        time.sleep(LOOK_SECONDS)
    raise CampaignFailed(f"the run is {watched.run['state']} after {longest_seconds} s: {watched.run}")


def _ended(watched: Watched, shown: Json) -> Watched:
    if shown["launches"] != 1:
        watched.differences.append(f"one launch, asked for twice, began {shown['launches']} runs")
    return watched


def _tend(hub: Api, books: Books, watched: Watched, paused_at: int) -> None:
    if watched.run["state"] == "paused":
        watched.pauses.append(watched.run["reason"] or "a person")
        _stays_quiet(books, watched)
        books.resume()
        patient(lambda: hub.post(f"/v1/campaigns/{CAMPAIGN}/resume", once=f"resume-{len(watched.pauses)}"))
    elif books.pauses == 1 and len(watched.pauses) == 1 and len(books.accepted) >= paused_at:
        patient(lambda: hub.post(f"/v1/campaigns/{CAMPAIGN}/pause", once=f"pause-{len(watched.pauses)}"))


def _stays_quiet(books: Books, watched: Watched) -> None:
    time.sleep(IN_FLIGHT_SECONDS)
    before = len(books.accepted)
    time.sleep(QUIET_SECONDS)
    if len(books.accepted) > before:
        watched.differences.append(f"{len(books.accepted) - before} mails were sent while the run was paused")
