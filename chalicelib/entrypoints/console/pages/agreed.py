"""What a guest agreed to: what holds, its proofs, a change by staff, and a bounce that was a mistake."""

from collections.abc import Iterator

from chalice.app import Response

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ChannelName
from chalicelib.consent.model import CHANNELS, DEFAULT_CHANNEL, MONTHLY, PURPOSES, WEEKLY, WRITTEN_FOR, Purpose
from chalicelib.entrypoints.api import consents, topics
from chalicelib.entrypoints.api.consents import ConsentAsked, LiftAsked
from chalicelib.entrypoints.api.paging import EVERYTHING
from chalicelib.entrypoints.console.pages.guest import found, id_of
from chalicelib.entrypoints.console.pages.guest import shown as page
from chalicelib.entrypoints.console.visits import Visit

NEWEST = 50
"""Receipts on the page; the timeline has them all."""
TYPED = ("state", "basis", "how", "property_id")
LIFTED = ("bounce", "soft_bounces")
"""What an admin may lift; a complaint the guest alone."""


def shown(visit: Visit) -> Response:
    agreed = visit.call(consents.listed, id_of(visit))
    return page(
        visit,
        "guest_consents.html",
        found(visit),
        agreed=agreed,
        receipts=agreed.history[: -NEWEST - 1 : -1],
        has_more=len(agreed.history) > NEWEST,
        topics=[(channel, purpose) for channel in CHANNELS for purpose in PURPOSES],
        narrower=[(channel, *part) for channel in CHANNELS for part in _parts(visit)]
        if visit.may(consents.put)
        else [],
        may_say=visit.may(consents.put),
        lifts=[DEFAULT_CHANNEL] if visit.may(consents.lift_bounce) and set(LIFTED) & set(agreed.suppressed) else [],
    )


def _parts(visit: Visit) -> Iterator[tuple[Purpose, str, str]]:
    """Purpose, part and its name; that of how often is a word of the console's."""
    for purpose in WRITTEN_FOR:
        yield from ((purpose, each, "") for each in (WEEKLY, MONTHLY))
        known = visit.call(topics.listed, page=EVERYTHING).items
        yield from ((purpose, each.id, each.name_in(visit.language)) for each in known if each.purpose == purpose)


def said(visit: Visit) -> Response:
    """The same that is sent twice is proven once."""
    document = visit.form.filled(TYPED)
    channel, purpose, part = (*visit.form.text("topic").split("."), "", "", "")[:3]
    body = visit.body(ConsentAsked, {**document, **({"part": part} if part else {})})
    kept = visit.call(consents.put, id_of(visit), ChannelName(channel), purpose, body)
    return visit.go(visit.path, done="saved" if kept.state == body.state else "noted")


def lifting(visit: Visit) -> Response:
    _channel(visit)
    return page(visit, "guest_lift.html", found(visit), agreed=visit.call(consents.listed, id_of(visit)))


def lifted(visit: Visit) -> Response:
    body = visit.body(LiftAsked, {"reason": visit.form.text("reason")})
    visit.call(consents.lift_bounce, id_of(visit), _channel(visit), body)
    return visit.go(f"/guests/{id_of(visit)}/consents", done="lifted")


def _channel(visit: Visit) -> ChannelName:
    channel = ChannelName(visit.names["channel"])
    if channel not in CHANNELS:
        raise NotFound("There is no such channel.")
    return channel
