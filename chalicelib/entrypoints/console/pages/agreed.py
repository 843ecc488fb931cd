"""What a guest agreed to: what holds, its proofs, a change by staff, and a bounce that was a mistake."""

from chalice.app import Response

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import ChannelName
from chalicelib.consent.model import CHANNELS, DEFAULT_CHANNEL, PURPOSES
from chalicelib.entrypoints.api import consents
from chalicelib.entrypoints.api.consents import ConsentAsked, LiftAsked
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
        may_say=visit.may(consents.put),
        lifts=[DEFAULT_CHANNEL] if visit.may(consents.lift_bounce) and set(LIFTED) & set(agreed.suppressed) else [],
    )


def said(visit: Visit) -> Response:
    """The same that is sent twice is proven once."""
    document = {name: text for name in TYPED if (text := visit.form.text(name).strip())}
    body = visit.body(ConsentAsked, document)
    channel, _, purpose = visit.form.text("topic").partition(".")
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
