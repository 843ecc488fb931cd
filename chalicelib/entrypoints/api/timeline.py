"""/v1/guests/{guest_id}/timeline: what happened to a guest, newest first."""

from typing import Literal, get_args

from chalicelib.canonical import happenings
from chalicelib.canonical.ids import CampaignId, GuestId, Leaf, OccasionId
from chalicelib.canonical.time import Instant, now
from chalicelib.consent.model import Basis, PartName, Purpose, Receipt, State, controller_of, part_of, purpose_of
from chalicelib.entrypoints.api import notes, preferences
from chalicelib.entrypoints.api.answers import KnownChannel, Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.notes import NoteShown
from chalicelib.entrypoints.api.paging import Page, one_of
from chalicelib.entrypoints.api.preferences import StatementShown
from chalicelib.entrypoints.api.stays import StayShown, history_of, page_of, stay_shown
from chalicelib.entrypoints.api.visibility import guest_of
from chalicelib.guests import notes as kept_notes
from chalicelib.guests.history import SharedStay
from chalicelib.guests.model import Stay
from chalicelib.guests.notes import Note
from chalicelib.guests.statements import Statement
from chalicelib.messages.actions import rule_of
from chalicelib.messages.model import Message, ShownState
from chalicelib.messages.rules import shown_state
from chalicelib.timeline.actions import everything, of_kind


class ConsentAct(Shown):
    """One act of consent, of which there is a receipt; of a choice about a `part` of the purpose alone: a topic, or how
    often (`@week`, `@month`)."""

    channel: KnownChannel
    purpose: Purpose
    controller: str
    part: PartName | None = None
    state: State
    basis: Basis


class MessageShown(Shown):
    """A mail, and what became of it; one without a campaign answered what the guest did.

    `unknown` until SES tells, `lost` when it has not told in 72 hours. An answer that is `held` was not sent, by the
    rule that stands beside its reason. `law` is the country's rule by which it went, such as `de.confirmed`; null of
    what the guest asked for. `tracked`: whether it is followed who opens it and what is clicked. Where it is not,
    nothing is known of either; null of what was sent before each guest was asked, when all was followed.
    """

    occasion: OccasionId
    campaign: CampaignId | None
    state: ShownState
    reason: str | None
    rule: str | None = None
    law: str | None = None
    tracked: bool | None = None
    delivered_at: Instant | None
    opened_at: Instant | None
    clicked_at: Instant | None
    bounced_at: Instant | None
    soft_bounced_at: Instant | None
    complained_at: Instant | None


Kind = Literal["stay", "receipt", "message", "note", "statement"]


class Happening(Shown):
    """One line of a guest's history; `at` is an instant, or for stays the day of arrival. A message stands where its
    campaign was launched."""

    id: str
    at: str
    kind: Kind
    leaf: Leaf
    stay: StayShown | None = None
    receipt: ConsentAct | None = None
    message: MessageShown | None = None
    note: NoteShown | None = None
    statement: StatementShown | None = None


def listed(ask: Ask, guest_id: GuestId, *, kind: str | None = None, page: Page) -> Listing[Happening]:
    """Stays, consent receipts, messages, notes and statements, newest first; with a `kind` those of one kind alone.

    A statement is what the guest or staff said of the guest: a preference, or a field of the group's own. The newest
    word of each speaker about each thing stands here, also one without values, which took back what was said before.

    A stay and a hotel's message are shown to that hotel's keys, a message in the group's name to those of all hotels.
    Notes are for front desks and admins: others find none here.
    """
    wanted = one_of("kind", kind, get_args(Kind))
    sight = guest_of(ask.caller, guest_id)
    mailed = sight.others if wanted in {None, "message"} else ()
    drift = sight.whole.drift
    sources = of_kind(wanted, drift) if wanted else everything(drift)
    found = history_of(sight, [each for each in sources if _may_read(ask, each)], page, mailed, notes.of_people(sight))
    return page_of(page, found, [_shown(each, sight.through(each.leaf)) for each in found.happenings])


def _may_read(ask: Ask, source: happenings.Source) -> bool:
    return source is not kept_notes.happenings or ask.caller.role in notes.ROLES


def _shown(found: happenings.Happening[object], leaf: Leaf) -> Happening:
    match found.what:
        case Stay() | SharedStay() as stay:
            return Happening(id=found.id, at=found.at, kind="stay", leaf=leaf, stay=stay_shown(stay))
        case Receipt() as receipt:
            return Happening(id=found.position, at=found.at, kind="receipt", leaf=leaf, receipt=_act(receipt))
        case Note() as note:
            return Happening(id=found.id, at=found.at, kind="note", leaf=leaf, note=notes.shown(note))
        case Statement() as statement:
            told = preferences.statement_shown(leaf, statement)
            return Happening(id=found.id, at=found.at, kind="statement", leaf=leaf, statement=told)
        case Message() as message:
            mail = _message(message)
            return Happening(id=found.id, at=message.at, kind="message", leaf=leaf, message=mail)
    raise TypeError(f"the timeline cannot show {type(found.what).__name__}")


def _act(receipt: Receipt) -> ConsentAct:
    key = receipt.purpose
    kept = receipt.model_dump(include=set(ConsentAct.model_fields))
    about = {"controller": controller_of(key), "purpose": purpose_of(key), "part": part_of(key) or None}
    return ConsentAct.model_validate({**kept, **about})


def _message(message: Message) -> MessageShown:
    kept = message.model_dump(include=set(MessageShown.model_fields))
    return MessageShown.model_validate({**kept, "state": shown_state(message, now()), "rule": rule_of(message)})
