"""/v1/guests: who a guest is, and what happened, newest first."""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.details import AgeCategory, PostalAddress, SpecialDate
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.time import now
from chalicelib.entrypoints.api.answers import Listing, Money, Shown, amounts
from chalicelib.entrypoints.api.caller import Caller
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.sight import guest_of, heads_of, leaves_of, seen, stats_of
from chalicelib.entrypoints.api.stays import Held, StayShown, leaf_of, rows_of, stays_in
from chalicelib.guests.model import Head, Record, Stats, Traits
from chalicelib.identity import actions as identity
from chalicelib.messages import store as messages
from chalicelib.messages.model import Message, ShownState
from chalicelib.messages.rules import shown_state


class LeafShown(Shown):
    """One source record."""

    id: str
    source: str | None
    source_id: str | None


class TraitsShown(Shown):
    salutation: str | None
    given_name: str | None
    family_name: str | None
    generation: str | None
    email: str | None
    phone: str | None
    language: str | None
    country: str | None
    address: PostalAddress | None
    birth_date: date | None
    special_dates: list[SpecialDate]
    age_category: AgeCategory | None
    member: bool


class StatsShown(Shown):
    """Sums over the stays that the key may see."""

    stays: int
    nights: int
    room_revenue: list[Money]
    other_revenue: list[Money]
    reservations: int
    cancelled: int
    no_shows: int
    first_arrival: date | None
    last_departure: date | None
    next_arrival: date | None
    in_house: bool


class GuestShown(Shown):
    id: str
    merged_ids: list[str]
    properties: list[str]
    traits: TraitsShown
    stats: StatsShown
    leaves: list[LeafShown]


class ReceiptShown(Shown):
    """The proof of one act of consent."""

    channel: str
    purpose: str
    state: str
    basis: str


class MessageShown(Shown):
    """A mail, and what became of it. `unknown` until SES tells, `lost` when it has not told in 72 hours."""

    occasion: str
    campaign: str
    state: ShownState
    reason: str | None
    delivered_at: str | None
    opened_at: str | None
    clicked_at: str | None
    bounced_at: str | None
    soft_bounced_at: str | None
    complained_at: str | None


class Happening(Shown):
    """One line of a guest's history; `at` is an instant, or for stays the day of arrival."""

    id: str
    at: str
    kind: Literal["stay", "receipt", "message"]
    leaf: str
    stay: StayShown | None = None
    receipt: ReceiptShown | None = None
    message: MessageShown | None = None


def search(
    ask: Ask,
    *,
    email: str | None = None,
    phone: str | None = None,
    member: str | None = None,
    source: str | None = None,
    source_id: str | None = None,
) -> Listing[GuestShown]:
    """The guests that carry an e-mail address, a phone number, a member number, or a source's id."""
    asked = [(kind, value) for kind, value in (("email", email), ("phone", phone), ("member", member)) if value]
    if len(asked) + bool(source and source_id) != 1 or bool(source) != bool(source_id):
        raise Invalid(FieldError("email", "name one of email, phone, member, or source with source_id"))
    found = _by_profile(source or "", source_id or "") if not asked else _by_identifier(*asked[0])
    return Listing(items=[_guest(ask.caller, each) for each in seen(ask.caller, found)])


def _by_profile(source: str, source_id: str) -> list[Head]:
    found = identity.find_by_profile(source, source_id)
    return [found] if found else []


def _by_identifier(kind: str, value: str) -> list[Head]:
    match kind:
        case "email" | "phone" | "member":
            return identity.find(kind, value)
    return []


def get(ask: Ask, guest_id: str) -> GuestShown:
    """One guest; an id that was merged into another answers with that other."""
    return _guest(ask.caller, guest_of(ask.caller, guest_id))


def stays(ask: Ask, guest_id: str, *, page: Page) -> Listing[StayShown]:
    """The guest's reservations at the key's properties, and those shared as a companion, newest first."""
    guest = guest_of(ask.caller, guest_id)
    found = [held.stay for held in stays_in(ask.caller, list(rows_of(leaves_of(guest))))]
    newest = sorted(found, key=_position, reverse=True)
    items, more = page.take(stay for stay in newest if page.after is None or _position(stay) < page.after)
    return Listing(items=items, next_cursor=page.cursor(_position(items[-1])) if more else None)


def _position(stay: StayShown) -> str:
    return f"{stay.arrival}#{stay.id}"


def timeline(ask: Ask, guest_id: str, *, page: Page) -> Listing[Happening]:
    """Stays, consent receipts and messages, newest first."""
    guest = guest_of(ask.caller, guest_id)
    rows = [row for leaf in leaves_of(guest) for row in table.query(keys.leaf(leaf))]
    found = [each for row in rows for each in _happenings(row)]
    found += [_visit(held) for held in stays_in(ask.caller, rows)]
    newest = sorted(found, key=_place, reverse=True)
    items, more = page.take(each for each in newest if page.after is None or _place(each) < page.after)
    return Listing(items=items, next_cursor=page.cursor(_place(items[-1])) if more else None)


def _place(happening: Happening) -> str:
    return f"{happening.at}#{happening.id}"


def _visit(held: Held) -> Happening:
    return Happening(id=held.stay.id, at=held.stay.arrival.isoformat(), kind="stay", leaf=held.leaf, stay=held.stay)


def _happenings(item: Item) -> Iterable[Happening]:
    """What a row under a leaf tells besides stays."""
    leaf = leaf_of(item)
    kind, _, name = item["sk"].partition("#")
    if kind == "RECEIPT":
        yield Happening(id=name, at=item["at"], kind="receipt", leaf=leaf, receipt=_receipt(item))
    elif kind == "MESSAGE":
        message = messages.read_message(table.key_of(item), item)
        yield Happening(id=name, at=message.at, kind="message", leaf=leaf, message=_message(message))


def _receipt(item: Item) -> ReceiptShown:
    return ReceiptShown(channel=item["channel"], purpose=item["purpose"], state=item["state"], basis=item["basis"])


def _message(message: Message) -> MessageShown:
    kept = message.model_dump(include=set(MessageShown.model_fields))
    return MessageShown.model_validate({**kept, "state": shown_state(message, now())})


def _guest(caller: Caller, guest: Head) -> GuestShown:
    return GuestShown(
        id=guest.leaf,
        merged_ids=[leaf for leaf in leaves_of(guest) if leaf != guest.leaf],
        properties=[each for each in guest.properties if caller.sees(each)],
        traits=_traits(guest.traits or Traits()),
        stats=_stats(stats_of(caller, guest)),
        leaves=[_leaf(head.leaf, head.record) for head in heads_of(caller, guest)],
    )


def _leaf(leaf: str, record: Record | None) -> LeafShown:
    return LeafShown(id=leaf, source=record.source if record else None, source_id=record.source_id if record else None)


def _traits(traits: Traits) -> TraitsShown:
    return TraitsShown.model_validate(traits.model_dump(include=set(TraitsShown.model_fields)))


def _stats(stats: Stats) -> StatsShown:
    kept = stats.model_dump(include=set(StatsShown.model_fields) - {"room_revenue", "other_revenue"})
    revenue = {"room_revenue": amounts(stats.room_revenue), "other_revenue": amounts(stats.other_revenue)}
    return StatsShown.model_validate({**kept, **revenue})
