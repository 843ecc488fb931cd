"""What wakes the ledger, and who is a member: facts, programmes that were written, enrolments."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.aws import keys, queues, table
from chalicelib.canonical.errors import Conflict, NotFound, Rejected
from chalicelib.canonical.facts import Fact, FactType
from chalicelib.canonical.ids import is_person
from chalicelib.canonical.time import instant, now
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.loyalty import store
from chalicelib.loyalty.model import Account, Entry, Program
from chalicelib.loyalty.settling import settle

OF_ALL_LEAVES = {FactType.GUEST_MERGED, FactType.GUEST_UNMERGED, FactType.MEMBER_NUMBER_CHANGED}
SHARDS_AT_ONCE = 16
"""Partitions of guests that one message walks, as far as it comes."""
GUESTS_AT_ONCE = 50
"""Guests that one message settles; the rest is for the next one. A second or two, so that no wake-up waits long."""


def award_points(message: Mapping[str, Any]) -> None:
    """Wake-up by a fact (an EventBridge envelope): settle the leaf it names, in every programme.

    The hub itself wakes guests for one programme, when that was written.
    """
    if "program" in message:
        _follow(message)
        return
    fact = Fact.model_validate({name: value for name, value in message["detail"].items() if name != "fact_id"})
    if fact.leaf is None or not is_person(fact.leaf):
        return
    guest = guests.guest(fact.leaf)
    leaves = list(guest.members) if guest and fact.type in OF_ALL_LEAVES else [fact.leaf]
    for program in store.programs():
        for leaf in leaves:
            settle(leaf, program, fact.occurred_at, woken_by=fact)


# Programmes


def put_program(asked: Program) -> Program:
    """Keep a programme, and have the ledgers of all guests follow it: stays that were there before may earn by it.

    The same again changes nothing, and queues what a crash may have left unqueued. Raises Invalid, Conflict.
    """
    program = store.put_program(asked)
    if not store.is_followed(program):
        at = instant(now())
        starts = range(0, keys.SHARDS, SHARDS_AT_ONCE)
        parts = [{"program": program.id, "shard": start, "end": start + SHARDS_AT_ONCE, "at": at} for start in starts]
        queues.send_many("loyalty", parts)
        store.mark_followed(program)
    return program


def _follow(message: Mapping[str, Any]) -> None:
    """Settle the guests of some partitions in one programme, each message from where the last one came to."""
    program = store.program(_field(message, "program", str))
    first, end, at = _field(message, "shard", int), _field(message, "end", int), _field(message, "at", str)
    if program is None:
        return
    settled = 0
    for shard in range(first, end):
        for guest in guests.guests_of_shard(shard, message.get("after") if shard == first else None):
            for leaf in guest.members:
                settle(leaf, program, at)
            settled += 1
            if settled == GUESTS_AT_ONCE:
                queues.send("loyalty", {**message, "shard": shard, "after": guest.leaf})
                return


def _field(message: Mapping[str, Any], name: str, kind: type) -> Any:
    value = message.get(name)
    if not isinstance(value, kind):
        raise Rejected("malformed_message", name)
    return value


# Membership


def enrol(
    leaf: str, program_id: str, number: str | None = None, earns_from: date | None = None, at: datetime | None = None
) -> Account:
    """Make a guest a member: stays that end on or after `earns_from` (today) earn. Enrolling again changes nothing."""
    program, guest = store.program(program_id), guests.guest(leaf)
    if program is None or guest is None:
        raise NotFound("No such guest or programme.")
    moment = at or now()
    known = store.accounts(guest.members, program_id)
    enrolled = next((account for account in known.values() if account.enrolled_at), None)
    account = enrolled or _enrolled(guest, program_id, known, number, earns_from or moment.date(), moment)
    # Also for who is a member already: the last attempt may have ended before these lines. The guest is read again, as
    # a merge beside the enrolment found nobody enrolled yet; one that comes later wakes the ledger itself.
    for member in (guests.guest(leaf) or guest).members:
        settle(member, program, account.enrolled_at or instant(moment))
    return account


def _enrolled(
    guest: Head, program_id: str, known: Mapping[str, Account], number: str | None, earns_from: date, moment: datetime
) -> Account:
    before = known.get(guest.leaf)
    account = (before or Account(leaf=guest.leaf, program=program_id)).model_copy(
        update={
            "enrolled_at": instant(moment),
            "earns_from": earns_from,
            "number": number,
            "rev": (before.rev if before else 0) + 1,
        }
    )
    try:
        table.write(table.Put(store.account_row(account), table.at_revision({"rev": before.rev} if before else None)))
    except table.ConditionFailed:
        raise Conflict("The membership was changed at the same moment: ask again.") from None
    return account


def membership(guest: Head) -> list[dict[str, Any]]:
    """A guest's standing in every programme in which one of its leaves has an account."""
    standings = []
    for program in store.programs():
        accounts = list(store.accounts(guest.members, program.id).values())
        if accounts:
            standings.append(_standing(program, accounts))
    return standings


def _standing(program: Program, accounts: Sequence[Account]) -> dict[str, Any]:
    enrolled = sorted((account for account in accounts if account.enrolled_at), key=lambda each: each.enrolled_at or "")
    first = enrolled[0] if enrolled else None
    return {
        "program": program.id,
        "balance": sum(account.balance for account in accounts),
        "enrolled_at": first.enrolled_at if first else None,
        "earns_from": first.earns_from.isoformat() if first and first.earns_from else None,
        "number": next((account.number for account in enrolled if account.number), None),
    }


def ledger(guest: Head, program_id: str, before: str | None = None, limit: int = 50) -> list[Entry]:
    """A guest's entries over all its leaves, newest first; `before` is the `at#id` of the last one seen."""
    entries = [entry for leaf in guest.members for entry in store.entries(leaf, program_id)]
    ordered = sorted(entries, key=place_of, reverse=True)
    return [entry for entry in ordered if before is None or place_of(entry) < before][:limit]


def place_of(entry: Entry) -> str:
    return f"{entry.at}#{entry.id}"
