"""What sources, guests and their hotels make: heads, records, stays, consents, messages, points."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

from chalicelib.aws import keys, keys_of_audits, table
from chalicelib.aws.codec import Item, item_size
from chalicelib.canonical.ids import (
    CampaignId,
    ChannelName,
    ChargeId,
    ConnectionId,
    ControllerId,
    Digest,
    ErasureId,
    GuestId,
    Leaf,
    NoteId,
    OccasionId,
    ProgramId,
    PropertyId,
    RequestId,
    ReservationId,
    StaffMailId,
    leaf_of_profile,
    reservation_id,
    stable_id,
)
from chalicelib.canonical.ids import (
    key_of as key_of_identifier,
)
from chalicelib.canonical.preferences import OFFERED, most_of
from chalicelib.canonical.snapshots import Status
from chalicelib.canonical.time import Instant
from chalicelib.connectors.canonical.translate import read
from chalicelib.consent import store as consents
from chalicelib.consent.bounces import KEPT
from chalicelib.consent.model import (
    EMAIL,
    MARKETING,
    MONTHLY,
    MOST_SENDS,
    PURPOSES,
    WEEKLY,
    Consent,
    Gate,
    key_of,
    remembered_key,
)
from chalicelib.guests import notes, profiling
from chalicelib.guests import store as guests
from chalicelib.guests.calendar import LATEST as LATEST_FIRST
from chalicelib.guests.calendar import SOONEST, Rooms, calendar_of
from chalicelib.guests.carried import carrying, told_by_record
from chalicelib.guests.enrolments import MOST_ENROLMENTS, MOST_TURNS, Enrolment, Turn
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.notes import Note
from chalicelib.guests.records import Correction, Record
from chalicelib.guests.statements import MOST_STATEMENTS, Speaker, Statement
from chalicelib.guests.stats import Stats
from chalicelib.guests.survivorship import DIGITS
from chalicelib.identity import audit_store
from chalicelib.identity.audits import IdentityAudit, SourceQuality
from chalicelib.identity.blocks import MOST_IN_ONE
from chalicelib.identity.model import (
    MOST_DECISIONS,
    MOST_LEAVES,
    MOST_REASON,
    Block,
    Decision,
    Identifier,
    Likeliest,
    Verdict,
    pair_of,
)
from chalicelib.identity.sketches import LONGEST, Sketch
from chalicelib.identity.store import block_row, candidate_row, decisions_row, row_of
from chalicelib.identity.tombs import MOST_TOMBS, Tomb
from chalicelib.ingest.changes import change_of
from chalicelib.ingest.correcting import CORRECTED, MOST_OVER
from chalicelib.loyalty import store as loyalty
from chalicelib.loyalty.model import Account, Draw, Entry, Reason, Redemption, Reversal, Spent
from chalicelib.loyalty.rules import Award
from chalicelib.loyalty.store import Given
from chalicelib.messages import store as messages
from chalicelib.messages.model import Message, State
from chalicelib.privacy import register
from chalicelib.privacy import store as store_of_erasures
from chalicelib.privacy.asked import Request
from chalicelib.privacy.model import Erased, Holder
from chalicelib.profiles import actions as profiles
from chalicelib.profiles import enrolled, listing
from chalicelib.profiles.model import Change
from chalicelib.settings.custom_fields import MOST_FIELDS
from chalicelib.settings.legal import MOST_TOPICS
from chalicelib.settings.matching import SHIPPED_WEIGHTS
from tests.builders import VIENNA, charge, guest, reservation
from tests.ids import PMS
from tests.sizes.inputs import (
    CURRENCIES,
    FOUR,
    HOTELS,
    ID,
    LATEST,
    MOST,
    SIX,
    Largest,
    Rows,
    filled,
    kept,
    many_ids,
    readable,
)

LEAVES = [leaf_of_profile(PMS, f"p{number}") for number in range(MOST_LEAVES)]
LEAF, GUEST = LEAVES[0], GuestId(LEAVES[0])
AT = Instant(LATEST)
STAY = ReservationId("r" + "0" * 24)
ALL_NIGHTS = [date(2026, 1, 1) + timedelta(days=number) for number in range(400)]
OWN = {f"{number}" + "f" * 30: "x" * 60 for number in range(MOST_FIELDS)}
PEOPLE = 20
"""Occupants that a reservation may name."""


def person(signs: str, number: int = 0) -> dict[str, Any]:
    """With every field at its longest."""
    seen = readable(signs)
    names = f"{chr(97 + number) * 20}{filled(seen, 180, number)}", filled(seen, 200, number)
    lines = {"street": filled(seen, 200, 100 + number), "city": filled(seen, 100, number), "region": filled(seen, 100)}
    return guest(
        source_id(signs, number),
        *names,
        salutation=filled(seen, 40),
        generation=filled(seen, 10),
        email=f"{'x' * 60}{number:04d}@{'y' * 60}.{'z' * 60}.{'w' * 60}.example",
        phone=f"+43 660 {number:07d}",
        language="l" * 12,
        country="AT",
        address={**lines, "postal_code": filled(seen, 20), "country": "AT"},
        birth_date="1980-12-31",
        special_dates=[{"kind": "anniversary", "day": f"20{day}-12-{day}"} for day in range(10, 20)],
        preferences={kind: words[: most_of(kind)] for kind, words in OFFERED.items()},
        vip=9,
        age_category="teenager",
        member_number=f"{filled(signs, 60, number)}{number:04d}",
        marketing_email=True,
        merged_into=f"{filled(signs, 127, number)}m",
    )


def source_id(signs: str, number: int) -> str:
    return f"{filled(signs, 124)}{number:04d}"


def stayed(signs: str) -> dict[str, Any]:
    """A reservation that names as many people as it may, with every field at its longest."""
    codes = ("rate_plan", "market_segment", "promotion_code", "room_type", "room_number")
    names = ("source_id", "booking_id", "company_id", "agency_id", "group_id")
    rates = [{"night": each.isoformat(), "amount_minor": number**4 - MOST} for number, each in enumerate(ALL_NIGHTS)]
    return {
        **reservation("r1", person(signs), companions=[person(signs, number) for number in range(1, PEOPLE)]),
        **{name: filled(signs, 64, number) for number, name in enumerate(codes)},
        **{name: filled(signs, 128, number) for number, name in enumerate(names)},
        "property_id": ID,
        "status": "checked_out",
        "departure": "2027-02-01",
        "channel": "wholesale",
        "adults": 99,
        "children": 99,
        "room_revenue_minor": -MOST,
        "eligible_room_revenue_minor": -MOST,
        "other_revenue_minor": -MOST,
        "cancel_reason": filled(signs, 200),
        "arrival_time": "23:59",
        "meal_plan": "all_inclusive",
        "purpose": "business",
        "payer": "master_account",
        "nightly_rates": rates,
    }


def change(snapshot: dict[str, Any]) -> Change:
    made = change_of(
        read(snapshot), PMS, {VIENNA.id: VIENNA}, lambda kind, value: Digest(stable_id(kind[:1], value) * 2)
    )
    assert made
    return made


def tell(snapshot: dict[str, Any]) -> None:
    assert profiles.store_changes([change(snapshot)]) == {}


def record(signs: str) -> Item:
    """Of somebody of whom all was corrected that may be, who came into and left all programmes as often as can be,
    and of whom as much was said as can be."""
    tell(person(signs))
    (head,) = guests.with_records(guests.heads([leaf_of_profile(PMS, source_id(signs, 0))])).values()
    turns = tuple(Turn(date(2026, 1, 1) + timedelta(days=at), into=at % 2 == 0) for at in range(MOST_TURNS))
    said = [
        Enrolment(
            program=ProgramId(name),
            said_at=AT,
            number=filled(readable(signs), 64, at),
            key=key_of_identifier("member", Digest(stable_id("m", name) + "0" * 7)),
            turns=turns,
        )
        for at, name in enumerate(many_ids(MOST_ENROLMENTS))
    ]
    assert head.record
    over = tuple(stable_id("v", str(at))[-DIGITS:] for at in range(MOST_OVER))
    corrects = dict.fromkeys(CORRECTED, Correction(at=AT, over=over))
    words: list[tuple[str, Speaker]] = [(kind, each) for kind in OFFERED for each in get_args(Speaker)]
    words += [(f"fields.{filled(signs, 40, at)}", "staff") for at in range(MOST_STATEMENTS - len(words))]
    statements = tuple(
        Statement(about=about, by=by, at=AT, values=(filled(signs, 100, at),), actor=filled(signs, 64, at))
        for at, (about, by) in enumerate(words)
    )
    rights = tuple(profiling.said(why, Instant(AT), filled(signs, 64), holds=True) for why in profiling.ABOUT)
    statements += rights
    head = replace(head, record=head.record.correcting(corrects), statements=statements)
    return guests.record_row(carrying(head, told_by_record(head), said), listing.in_record(head))


def note(signs: str) -> Item:
    said = Note(
        id=NoteId("o" + "0" * 24), text=filled(signs, 2_000), author=f"key {'k' * 64}", at=AT, until=AT,
        property_id=PropertyId(ID),
    )  # fmt: skip
    return notes.row(LEAF, said)


def name(_: str) -> Item:
    """Of twelve long words, at a hotel with a long id."""
    told: dict[str, Any] = {
        "given_name": " ".join(f"{word}{'a' * 30}" for word in "bcdefg"),
        "family_name": f"{'ab' * 20} {'cd' * 60}",
    }
    head = Head(leaf=LEAF, record=Record(source=PMS, **told), seen_at=(PropertyId(f"0{ID[1:]}"), PropertyId(ID)))
    return max(listing.beside(head).values(), key=item_size)


def member(_: str) -> Item:
    """Under the longest number, at a hotel and in a programme with long ids; a row says nothing but that."""
    record = Record(source=PMS, member_number="9" * 64)
    head = Head(leaf=LEAF, record=record, seen_at=(PropertyId(ID),))
    head = carrying(head, (), [Enrolment(program=ProgramId(ID), said_at=AT, number="8" * 64)])
    return max(enrolled.rows(head).values(), key=item_size)


def head(signs: str) -> Item:
    """Of a guest of forty records, seen at all hotels of a chain, who paid in many currencies."""
    told = change(person(signs)).people[0].record
    paid = {each: MOST * 100 - number for number, each in enumerate(CURRENCIES)}
    hotels = tuple(many_ids(HOTELS))
    stats = Stats(
        stays=10**6,
        nights=10**6,
        room_revenue=paid,
        other_revenue=paid,
        first_hotel=hotels[0],
        last_hotel=hotels[-1],
        arriving=calendar_of((Rooms(date(2026, 1, 1), each, MOST, MOST) for each in hotels), SOONEST),
        leaving=calendar_of((Rooms(date(2026, 1, 1), each, MOST) for each in hotels), LATEST_FIRST),
        properties=hotels,
    )
    traits = Traits.model_validate(
        {
            **told.model_dump(include=set(Traits.model_fields)),
            "stats": stats,
            "preferences": told.preferences,
            "member": True,
            "unprofiled": "restricted",
            "fields": OWN,
        }
    )
    its = Head(LEAF, 10**9, told, 10**9, f"{LATEST}#{LATEST}#{'d' * 16}", stats, members=tuple(LEAVES), traits=traits)
    programmes = tuple(map(ProgramId, many_ids(MOST_ENROLMENTS)))
    more = {"seen_at": hotels, "properties": hotels, "decided": True, "enrolled_in": programmes}
    return guests.head_row(Head(**{**vars(its), **more}))


def stay(signs: str) -> Item:
    told = change(stayed(signs))
    assert told.stay
    charged = {each: MOST * 100 - number for number, each in enumerate(CURRENCIES)}
    its = told.stay.model_copy(update={"charged_room": charged, "charged_other": charged, "status": Status.CONFIRMED})
    return guests.stay_row(LEAF, its, f"{LATEST}#{LATEST}#{'d' * 16}")


def _of_the_stay(signs: str) -> ReservationId:
    tell(stayed(signs))
    return reservation_id(PMS, PropertyId(ID), filled(signs, 128, 0), 0)


def reservation_(signs: str) -> Item:
    return kept(keys.reservation(_of_the_stay(signs)))


def companion(signs: str) -> Item:
    its = leaf_of_profile(PMS, source_id(signs, 1))
    return kept(keys.companion(its, "2026-02", _of_the_stay(signs)))


def mark(signs: str) -> Item:
    (found,) = table.query(keys.mark(_of_the_stay(signs), "").pk)
    return found


def _charged(signs: str) -> tuple[ReservationId, ChargeId]:
    told = charge(
        filled(signs, 128), property_id=ID, reservation_source_id=filled(signs, 128), amount_minor=-MOST,
        tax_minor=-MOST, charge=None, category="food_and_beverage", folio_owner="master_account",
    )  # fmt: skip
    tell(told)
    made = change(told)
    assert made.charge
    assert made.stay
    return made.stay.reservation, made.charge.id


def charge_(signs: str) -> Item:
    return kept(keys.charge(*_charged(signs)))


def reservation_of_charge(signs: str) -> Item:
    return kept(keys.reservation_of_charge(_charged(signs)[1]))


def identifier(_: str) -> Item:
    """Of an address at which somebody said no to every legal entity of a chain."""
    suppressed = {"reason": "complaint", "at": LATEST}
    said = {key_of(purpose, ControllerId(each)): AT for each in many_ids(HOTELS) for purpose in PURPOSES}
    back = {f"{number:08x}": AT for number in range(KEPT + 1)}
    its = Identifier(Digest("d" * 64), 10**9, tuple(LEAVES), shared=True, suppressed=suppressed, objections=said)
    letters = frozenset(f"{number:06d}" for number in range(8))
    tombs = tuple(Tomb(AT, letters, frozenset({f"{number:06d}"})) for number in range(MOST_TOMBS))
    return row_of(replace(its, bounces=back, tombs=tombs, came_back=AT))


def erasure(_: str) -> Item:
    """Of as many records as a guest has, each of a source of its own, at all hotels of a chain."""
    return store_of_erasures.row_of(_erased())


def erasure_of(_: str) -> Item:
    return dict(store_of_erasures.pointer(LEAF, _erased()).item)


def _erased() -> Erased:
    sources = many_ids(len(LEAVES))
    holders = [Holder(source=ConnectionId(each), source_ids=("9" * 128,), done_at=AT, done_by=ID) for each in sources]
    return Erased(
        id=ErasureId("er" + "0" * 24),
        guest=GuestId(LEAF),
        leaves=tuple(LEAVES),
        at=AT,
        actor=ID,
        properties=tuple(many_ids(HOTELS)),
        points={ProgramId(each): 10**9 for each in many_ids(20)},
        holders=tuple(holders),
    )


def request(_: str) -> Item:
    """At all hotels of a chain, with everything that can be known of it."""
    return register.row_of(_request())


def request_of(_: str) -> Item:
    return register.pointer_of(_request())


def _request() -> Request:
    return Request(
        id=RequestId("dr" + "0" * 24), kind="rectification", guest=GuestId(LEAF), received_on=date(2026, 1, 1),
        noted_at=AT, noted_by=ID, properties=tuple(many_ids(HOTELS)), identity="mailbox_confirmed",
        extended_for="many_requests", extended_at=AT, exported_at=AT, exported_by=ID, erasure=_erased().id,
        outcome="fulfilled", refused_for="not_identified", closed_by=ID,
        closed_at=Instant("2026-01-01T00:00:00.000000Z"),
    )  # fmt: skip


def block(signs: str) -> Item:
    """Of as many records as one has, each with all that is compared."""
    full = {Leaf(f"g1{number:023d}"): _sketch(signs, number) for number in range(MOST_IN_ONE)}
    return block_row(Block(Digest("d" * 64), 10**9, full))


def _sketch(signs: str, number: int) -> Sketch:
    return Sketch(*(filled(signs, LONGEST, 10 * number + at) for at, _ in enumerate(Sketch._fields)))


def proposal(_: str) -> Item:
    pair = Leaf("g0" + "0" * 23), Leaf("g1" + "0" * 23)
    return audit_store.proposal_row(pair, 99.9, Instant("2026-02-01T00:00:00.000000Z"))


def proposed(_: str) -> Item:
    pair = Leaf("g0" + "0" * 23), Leaf("g1" + "0" * 23)
    return audit_store.pointer_row(pair, Instant("2026-02-01T00:00:00.000000Z"))


def identity_audit(_: str) -> Item:
    counts = {name: 10**12 for name in SourceQuality.model_fields if name != "source"}
    its = IdentityAudit(
        began_at=AT,
        guests=10**12,
        records=10**12,
        sources=tuple(SourceQuality(source=ConnectionId(f"{at:064}"), **counts) for at in range(200)),
        weights={name: dict.fromkeys(levels, -19.9) for name, levels in SHIPPED_WEIGHTS.items()},
    )
    audit_store.save(its)
    return kept(keys_of_audits.identity_audit(AT))


def candidate(_: str) -> Item:
    return candidate_row(Leaf("g0" + "0" * 23), Likeliest(Leaf("g1" + "0" * 23), 99.9))


def decisions(signs: str) -> Item:
    leaf, others = Leaf("g0" + "0" * 23), [Leaf(f"g1{number:023d}") for number in range(MOST_DECISIONS)]
    made = {
        each: Decision(pair_of(leaf, each), Verdict.WITHDRAWN, AT, "a" * 64, filled(signs, MOST_REASON))
        for each in others
    }
    return decisions_row(leaf, made)


YES, NO = (
    Consent(state="confirmed", basis="guest", at=AT),
    Consent(state="withdrawn", basis="complaint", at=AT, again=AT),
)


def _answers(number: int) -> dict[str, Consent]:
    """To each legal entity of a chain a yes that followed a no; and to one about every topic, and how often."""
    topics = [key_of(purpose, ControllerId(each)) for each in many_ids(number) for purpose in PURPOSES]
    parts = [WEEKLY, MONTHLY, *(f"topic-of-mails-{at}" for at in range(MOST_TOPICS))]
    topics += [key_of(MARKETING, ControllerId(next(iter(many_ids(1)))), part) for part in parts]
    return {name: said for each in topics for name, said in ((each, YES), (remembered_key(each), NO))}


def gate(_: str) -> Item:
    """With three legal entities it costs one unit (test_regrouped_guests); here every hotel is one."""
    return consents.gate_row(
        Gate(
            guest=GUEST,
            channel=EMAIL,
            rev=10**9,
            answers=_answers(HOTELS),
            suppressed={f"{number:06x}": "complaint" for number in range(40)},
            sends=("0" * 21,) * MOST_SENDS,
            erased=True,
            restricted=True,
            open_case=True,
        )
    )


def acts(_: str) -> Item:
    return consents.acts_row(LEAF, EMAIL, _answers(HOTELS))


def receipt(signs: str) -> Item:
    named = {"text": ID, "language": "l" * 35, "ip": "f" * 45, "key_id": "k" + "0" * 24}
    proof = {**named, "how": filled(signs, 200), "source": filled(signs, 200)}
    return consents.receipt_row(LEAF, EMAIL, key_of(MARKETING, ControllerId(ID)), NO, proof)


def message(_: str) -> Item:
    return messages.message_row(
        Message(
            guest=GUEST, occasion=OccasionId("n" + "0" * 24), claim="m" + "0" * 24, campaign=CampaignId(ID),
            origin=f"{LATEST}#000#000000", candidate=LEAF, address=Digest("d" * 64), channel=ChannelName("email"),
            at=AT, controller=ControllerId(ID), law=f"{ID[:16]}.confirmed", tracked=False, state=State.CLAIMED,
            reason="r" * 64, carrier_id="c" * 80,
            delivered_at=AT, opened_at=AT, clicked_at=AT, bounced_at=AT, soft_bounced_at=AT, complained_at=AT,
        )
    )  # fmt: skip


def staff_mail(_: str) -> Item:
    key = keys.staff_mail(StaffMailId("s" + "0" * 24))
    return table.row(key, tracked=False, state=State.CLAIMED, reason="r" * 64, at=AT, expires_at=10**12)


PROGRAMME = ProgramId(ID)


def account(signs: str) -> Item:
    its = Account(LEAF, PROGRAMME, -(10**15), AT, date.max, filled(signs, 64), 10**8 - 1, settled_periods="d" * 16)
    return dict(loyalty.account_write(Account(LEAF, PROGRAMME), its).item)


def given(_: str) -> Item:
    its = Given(Award(10**15, Reason.UNNAMED_OCCUPANT), "9" * 26, PropertyId(ID), -(10**15), AT)
    return dict(loyalty.given_write(LEAF, PROGRAMME, STAY, its).item)


def ledger_entry(_: str) -> Item:
    origin = Reversal(
        reason=Reason.UNNAMED_OCCUPANT, reservation=STAY, property_id=PropertyId(ID), rule_version=10**6,
        stay_version=10**9,
    )  # fmt: skip
    its = Entry(id="e" + "0" * 24, at=AT, account_rev=10**8 - 1, points=-(10**15), origin=origin)
    return dict(loyalty.entry_write(LEAF, PROGRAMME, its).item)


def spending(_: str) -> Item:
    draws = {each: Draw(10**15, 10**8 - 1) for each in LEAVES}
    return dict(loyalty.spent_write(Spent(PROGRAMME, Redemption(act=ID), GUEST, AT, draws)).item)


ROWS: Rows = {
    "head": Largest(head, 86_400, FOUR),
    "note": Largest(note, 12_400, SIX),
    "record": Largest(record, 39_000, FOUR),
    "name": Largest(name, 700),
    "member": Largest(member, 250),
    "identifier": Largest(identifier, 105_000),
    "erasure": Largest(erasure, 60_000),
    "erasure_of": Largest(erasure_of, 120),
    "request": Largest(request, 36_000),
    "request_of": Largest(request_of, 140),
    "block": Largest(block, 49_000, FOUR),
    "candidate": Largest(candidate, 150),
    "proposal": Largest(proposal, 220),
    "proposed": Largest(proposed, 120),
    "identity_audit": Largest(identity_audit, 54_000),
    "decisions": Largest(decisions, 55_700, SIX),
    "stay": Largest(stay, 11_400, FOUR),
    "reservation": Largest(reservation_, 370),
    "companion": Largest(companion, 140),
    "mark": Largest(mark, 4_400),
    "charge": Largest(charge_, 310),
    "reservation_of_charge": Largest(reservation_of_charge, 110),
    "gate": Largest(gate, 27_500),
    "acts": Largest(acts, 280_000),
    "receipt": Largest(receipt, 2_600, FOUR),
    "message": Largest(message, 1_100),
    "staff_mail": Largest(staff_mail, 230),
    "account": Largest(account, 600, FOUR),
    "given": Largest(given, 430),
    "ledger_entry": Largest(ledger_entry, 470),
    "spending": Largest(spending, 2_700),
}
