"""How programmes, accounts and ledgers are kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item, Value
from chalicelib.aws.definitions import Definitions
from chalicelib.canonical.ids import Leaf, ProgramId, PropertyId, ReservationId
from chalicelib.canonical.time import Instant
from chalicelib.loyalty.model import Account, Draw, Entry, Origin, Program, Reason, Spending, Spent
from chalicelib.loyalty.rules import Award

_ORIGIN: TypeAdapter[Origin] = TypeAdapter(Origin)


@dataclass(frozen=True)
class Given:
    """What one stay was given so far, and from which version of its leaf and of the rule that was computed.

    `difference` is what the last entry made, and `at` when what caused it happened (empty in older rows): by them an
    announcement that a crash swallowed can be made again.
    """

    award: Award
    version: str
    property_id: PropertyId
    difference: int
    at: Instant


def version_of(leaf_rev: int, program: Program) -> str:
    """Text that sorts as (leaf revision, rule version)."""
    return f"{leaf_rev:010d}.{program.version:06d}"


PROGRAMS: Definitions[Program, ProgramId] = Definitions(Program, keys.PROGRAMS, "programme")


def is_followed(program_id: ProgramId) -> bool:
    """Whether the ledgers of all guests were set on following a programme: once, as no change reaches into the past."""
    return table.get(keys.program_followed(program_id)) is not None


def mark_followed(program: Program) -> None:
    table.write(table.Put(table.row(keys.program_followed(program.id), version=program.version)))


def account_write(before: Account, after: Account) -> table.Put:
    """The account as it became, if it still is as it was read."""
    row = table.row(
        keys.account(after.leaf, after.program),
        balance=after.balance,
        enrolled_at=after.enrolled_at,
        earns_from=after.earns_from.isoformat() if after.earns_from else None,
        number=after.number,
        rev=after.rev,
        by_stays_from=after.by_stays_from.isoformat() if after.by_stays_from else None,
        settled_from=after.settled_from.isoformat() if after.settled_from else None,
        settled_periods=after.settled_periods,
        settled_by=after.settled_by,
    )
    return table.Put(row, table.unchanged_since(before.rev or None))


def account_unchanged(account: Account) -> table.Check:
    return table.Check(
        keys.account(account.leaf, account.program), table.unchanged_since(account.rev or None), size=256
    )


def head_unchanged(leaf: Leaf, rev: int) -> table.Check:
    """Nothing was written under the leaf, and, on a guest, no record joined or left it."""
    return table.Check(keys.head(leaf), table.unchanged_since(rev), size=900)


def read_account(leaf: Leaf, program_id: ProgramId, item: Item) -> Account:
    return Account(
        leaf,
        program_id,
        balance=item["balance"],
        enrolled_at=item.get("enrolled_at"),
        earns_from=date.fromisoformat(item["earns_from"]) if "earns_from" in item else None,
        number=item.get("number"),
        rev=item["rev"],
        by_stays_from=date.fromisoformat(item["by_stays_from"]) if "by_stays_from" in item else None,
        settled_from=date.fromisoformat(item["settled_from"]) if "settled_from" in item else None,
        settled_periods=item.get("settled_periods"),
        settled_by=item.get("settled_by"),
    )


def accounts(leaves: Iterable[Leaf], program_id: ProgramId) -> dict[Leaf, Account]:
    wanted = {keys.account(leaf, program_id): leaf for leaf in leaves}
    found = table.get_many(wanted)
    return {wanted[key]: read_account(wanted[key], program_id, item) for key, item in found.items()}


def given(leaf: Leaf, program_id: ProgramId) -> dict[ReservationId, Given]:
    """What each reservation of a leaf was given; one query."""
    prefix = keys.given(leaf, program_id, ReservationId("")).sk
    found = table.query(keys.leaf(leaf), prefix)
    return {ReservationId(item["sk"].removeprefix(prefix)): _read_given(item) for item in found}


def _read_given(item: Item) -> Given:
    return Given(
        Award(item["points"], Reason(item["reason"])),
        item["version"],
        item["property_id"],
        item["difference"],
        item.get("at", ""),
    )


def given_and_place(
    leaf: Leaf, program_id: ProgramId, reservation: ReservationId
) -> tuple[Given | None, tuple[Leaf, str] | None]:
    """What one reservation of a leaf was given, and at which leaf and in which month it lies by now; one batch read."""
    given_key, place_key = keys.given(leaf, program_id, reservation), keys.reservation(reservation)
    found = table.get_many([given_key, place_key])
    given, place = found.get(given_key), found.get(place_key)
    return _read_given(given) if given else None, (place["leaf"], place["month"]) if place else None


def given_write(leaf: Leaf, program_id: ProgramId, reservation: ReservationId, given: Given) -> table.Put:
    """What a stay was given, unless that was decided from a newer version already."""
    points, reason = given.award
    row = table.row(
        keys.given(leaf, program_id, reservation),
        points=points,
        reason=str(reason),
        version=given.version,
        property_id=given.property_id,
        difference=given.difference,
        at=given.at,
    )
    older = table.When("attribute_not_exists(pk) OR version < :version", {":version": given.version})
    return table.Put(row, older)


def entry_write(leaf: Leaf, program_id: ProgramId, entry: Entry) -> table.Put:
    """Append only: an entry is never written over."""
    key = keys.ledger_entry(leaf, program_id, entry.position)
    return table.Put(table.row(key, points=entry.points, **entry.origin.model_dump(mode="json")), table.ABSENT)


def read_entry(item: Item) -> Entry:
    at, account_rev, entry_id = item["sk"].split("#")
    return Entry(
        id=entry_id,
        at=at,
        account_rev=int(account_rev),
        points=item["points"],
        origin=_ORIGIN.validate_python(item),
    )


def entries(leaf: Leaf, program_id: ProgramId) -> Iterator[Entry]:
    """One account's whole ledger, in the order of time."""
    yield from map(read_entry, table.query(keys.ledger(leaf, program_id)))


def newest_entries(leaf: Leaf, program_id: ProgramId, before: str | None, at_once: int) -> Iterator[Entry]:
    """One account's ledger, newest first, from below a position; read in portions, as far as it is asked for."""
    while True:
        rows = table.query(keys.ledger(leaf, program_id), after=before, limit=at_once, newest_first=True)
        found = [read_entry(row) for row in rows]
        yield from found
        if len(found) < at_once:
            return
        before = found[-1].position


def spent(program_id: ProgramId, origin: Spending) -> Spent | None:
    """What an act took already."""
    item = table.get(keys.spending(program_id, origin.kind, origin.act))
    if item is None:
        return None
    draws = {Leaf(leaf): Draw(points, account_rev) for leaf, (points, account_rev) in item["draws"].items()}
    return Spent(program_id, origin, guest=item["guest"], at=item["at"], draws=draws)


def spent_write(spent: Spent) -> table.Put:
    """An act is done once."""
    key = keys.spending(spent.program, spent.origin.kind, spent.origin.act)
    draws: dict[str, Value] = {leaf: [draw.points, draw.account_rev] for leaf, draw in spent.draws.items()}
    return table.Put(table.row(key, guest=spent.guest, at=spent.at, draws=draws), table.ABSENT)
