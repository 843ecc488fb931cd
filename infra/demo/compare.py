"""What the hub knows, read from its table, beside what the simulator knows to be true."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.aws import keys, table
from chalicelib.canonical.ids import ConnectionId, Leaf, ProgramId, ReservationId, reservation_id
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head, Stay
from chalicelib.loyalty import store as loyalty
from chalicelib.loyalty.model import Reason
from chalicelib.loyalty.rules import Award
from chalicelib.loyalty.store import Given

STATUS = {
    "Confirmed": "confirmed",
    "Started": "in_house",
    "Processed": "checked_out",
    "Canceled": "cancelled",
    "NoShow": "no_show",
}
REASON = {
    "unnamed_occupant": Reason.UNNAMED_OCCUPANT,
    "ota_excluded": Reason.CHANNEL_EXCLUDED,
    "no_room_revenue": Reason.NO_ROOM_REVENUE,
    "not_own_folio": Reason.NOT_OWN_FOLIO,
    "no_rate": Reason.NO_RATE,
    "rounds_to_zero": Reason.ROUNDS_TO_ZERO,
    None: Reason.EARNED,
}
NOTHING = Award(0, Reason.NOT_COMPLETED)
SHOWN = 5
"""Differences of a kind that are spelt out."""

Truth = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """One guest as the hub has it."""

    id: str
    customers: frozenset[str]
    stays: int
    nights: int
    room_revenue: dict[str, int]
    points: int
    has_address: bool


@dataclass(frozen=True)
class Room:
    """One reservation as the hub has it, and what it earned."""

    stay: Stay
    award: Award | None


@dataclass
class Comparison:
    """Sums of the hub, and every way in which it differs from the truth."""

    guests: int = 0
    records: int = 0
    merged_records: int = 0
    stays: int = 0
    nights: int = 0
    points: int = 0
    room_revenue: Counter[str] = field(default_factory=Counter)
    reservations: int = 0
    customers: dict[str, frozenset[str]] = field(default_factory=dict)
    """The source's ids of each guest."""
    differences: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.differences


def compare(truth: Truth, source: ConnectionId, program: ProgramId) -> Comparison:
    """Compare guests, stays, nights, revenue, points and every reservation's state."""
    return compare_all({source: truth}, program)


def compare_all(truths: Mapping[ConnectionId, Truth], program: ProgramId) -> Comparison:
    """The same for several sources, whose guests have ids of their own."""
    heads = _heads()
    known = _guests(heads, program)
    result = Comparison(
        guests=len(known),
        records=len(heads),
        merged_records=len(heads) - len(known),
        stays=sum(each.stays for each in known),
        nights=sum(each.nights for each in known),
        points=sum(each.points for each in known),
        customers={each.id: each.customers for each in known},
    )
    for each in known:
        result.room_revenue.update(each.room_revenue)
    everybody = {key: guest for truth in truths.values() for key, guest in truth["guests"].items()}
    result.differences += guest_differences(known, {"guests": everybody})
    result.differences += _ledger_differences(heads, program)
    for source, truth in truths.items():
        kept = _reservations(truth, source, program)
        result.reservations += len(kept)
        result.differences += reservation_differences(kept, truth)
    return result


def listed(what: str, which: Sequence[str]) -> list[str]:
    """The first few differences of a kind, and how many more there are."""
    shown = [f"{what}: {each}" for each in which[:SHOWN]]
    return shown + ([f"{what}: {len(which) - SHOWN} more"] if len(which) > SHOWN else [])


def _heads() -> dict[Leaf, Head]:
    found: dict[Leaf, Head] = {}
    for number in range(keys.SHARDS):
        for item in table.query(keys.shard(number)):
            found[item["sk"]] = guests.read_head(item["sk"], item)
    return guests.with_records(found)


def _guests(heads: dict[Leaf, Head], program: ProgramId) -> list[Known]:
    balances = {leaf: account.balance for leaf, account in loyalty.accounts(heads, program).items()}
    known = []
    for head in heads.values():
        guest = head.as_guest()
        if guest is None:
            continue
        records = [heads[leaf].record for leaf in guest.members]
        stats = guest.traits.stats
        known.append(
            Known(
                id=guest.id,
                customers=frozenset(record.source_id for record in records if record and record.source_id),
                stays=stats.stays,
                nights=stats.nights,
                room_revenue=dict(stats.room_revenue),
                points=sum(balances.get(leaf, 0) for leaf in guest.members),
                has_address=guest.traits.email is not None,
            )
        )
    return known


def guest_differences(known: list[Known], truth: Truth) -> list[str]:
    """Who is one guest, and what each did and earned."""
    expected = {frozenset(each["customers"]): each for each in truth["guests"].values()}
    found = {each.customers: each for each in known}
    differences = listed("guest missing", [", ".join(sorted(group)) for group in expected.keys() - found.keys()])
    differences += listed("guest too many", [", ".join(sorted(group)) for group in found.keys() - expected.keys()])
    for group in expected.keys() & found.keys():
        told, has = expected[group], found[group]
        revenue = {currency: amount for currency, amount in told["room_revenue_minor"].items() if amount}
        wanted = (told["stays"], told["nights"], revenue, told["points"], bool(told["emails"]))
        got = (has.stays, has.nights, has.room_revenue, has.points, has.has_address)
        if wanted != got:
            differences.append(f"guest {min(group)}: stays, nights, revenue, points, address {got}, true are {wanted}")
    return differences


def _ledger_differences(heads: dict[Leaf, Head], program: ProgramId) -> list[str]:
    """Law 6: every balance is the sum of its entries."""
    wrong = [
        leaf
        for leaf, account in loyalty.accounts(heads, program).items()
        if account.balance != sum(entry.points for entry in loyalty.entries(leaf, program))
    ]
    return listed("balance is not the sum of its entries", wrong)


def _reservations(truth: Truth, source: ConnectionId, program: ProgramId) -> dict[str, Room]:
    """The hub's copy of every true reservation that it has, by the source's id."""
    ids = [reservation_id(source, each["property_id"], key, 0) for key, each in truth["reservations"].items()]
    found = guests.stays_of_reservations(ids).values()
    given = {leaf: loyalty.given(leaf, program) for leaf in {leaf for leaf, _ in found}}
    return {stay.source_id: Room(stay, _award(given[leaf], stay)) for leaf, stay in found}


def _award(given: dict[ReservationId, Given], stay: Stay) -> Award | None:
    found = given.get(stay.reservation)
    return found.award if found else None


def reservation_differences(kept: dict[str, Room], truth: Truth) -> list[str]:
    """Each reservation's state, dates, money and channel; and what it earned, each zero with the true reason."""
    differences = listed("reservation missing", sorted(truth["reservations"].keys() - kept.keys()))
    for vendor_id, room in kept.items():
        told, stay = truth["reservations"][vendor_id], room.stay
        dates = (told["arrival"], told["departure"])
        wanted = (STATUS[told["status"]], *dates, told["nights"], told["room_minor"] or 0, told["source"])
        days = (stay.arrival.isoformat(), stay.departure.isoformat())
        got = (str(stay.status), *days, stay.nights, stay.room_revenue_minor, str(stay.channel))
        if wanted != got:
            differences.append(
                f"reservation {vendor_id}: state, dates, nights, revenue, source {got}, true are {wanted}"
            )
        if (room.award or NOTHING) != (earned := _earned(told)):
            differences.append(f"reservation {vendor_id}: earned {room.award}, true is {earned}")
    return differences


def _earned(told: Truth) -> Award:
    if told["status"] != "Processed" or told["customer"] is None:
        return NOTHING
    return Award(told["points"], REASON[told["zero_reason"]])
