"""How programmes, accounts and ledgers are kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.aws import keys, table
from chalicelib.aws.codec import Item
from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.time import now
from chalicelib.loyalty.model import Account, Entry, Program, Reason
from chalicelib.loyalty.rules import Award


@dataclass(frozen=True)
class Given:
    """What one stay was given so far, and from which version of its leaf and of the rule that was computed.

    `difference` is what the last entry made, and `at` when what caused it happened (empty in older rows): by them an
    announcement that a crash swallowed can be made again.
    """

    award: Award
    version: str
    property_id: str
    difference: int
    at: str


def version_of(leaf_rev: int, program: Program) -> str:
    """Text that sorts as (leaf revision, rule version)."""
    return f"{leaf_rev:010d}.{program.version:06d}"


def put_program(program: Program, today: date | None = None) -> Program:
    """Keep a programme. Raises Invalid when it would change what stays have earned already, and Conflict."""
    kept = table.get(keys.program(program.id))
    before = Program.model_validate_json(kept["program"]) if kept else None
    after = _next(before, program, today or now().date()) if before else _first(program)
    if after == before:
        return after
    row = table.row(keys.program(program.id), program=after.model_dump_json(), rev=after.version)
    try:
        table.write(table.Put(row, table.at_revision(kept)))
    except table.ConditionFailed:
        raise Conflict("Somebody else changed this programme just now.") from None
    return after


def _first(program: Program) -> Program:
    return program.model_copy(
        update={"version": 1, "earlier": (), "effective_from": program.effective_from or program.starts_on}
    )


def _next(before: Program, asked: Program, today: date) -> Program:
    """New terms begin after today, and take the place of terms that were to begin later; the old ones are kept."""
    if asked.starts_on != before.starts_on:
        raise Invalid(FieldError("starts_on", "is fixed: stays have earned by it"))
    same = asked.terms().model_copy(update={"effective_from": before.effective_from}) == before.terms()
    if same and asked.effective_from in {None, before.effective_from}:
        kept = {"earlier": before.earlier, "effective_from": before.effective_from, "version": before.version}
        after = asked.model_copy(update=kept)
        return after if after == before else after.model_copy(update={"version": before.version + 1})
    start = asked.effective_from or today + timedelta(days=1)
    if start <= today:
        raise Invalid(FieldError("effective_from", "must be after today: what was earned stays earned"))
    past = [each for each in (*before.earlier, before.terms()) if (each.effective_from or before.starts_on) < start]
    return asked.model_copy(update={"earlier": tuple(past), "effective_from": start, "version": before.version + 1})


def is_followed(program: Program) -> bool:
    """Whether all guests were woken for this version of a programme."""
    kept = table.get(keys.program(program.id))
    return kept is not None and kept.get("followed") == program.version


def mark_followed(program: Program) -> None:
    row = table.row(
        keys.program(program.id), program=program.model_dump_json(), rev=program.version, followed=program.version
    )
    try:
        table.write(table.Put(row, table.at_revision(row)))
    except table.ConditionFailed:
        return  # a newer version was written, and wakes everybody itself


def program(program_id: str) -> Program | None:
    item = table.get(keys.program(program_id))
    return Program.model_validate_json(item["program"]) if item else None


def programs() -> list[Program]:
    return [Program.model_validate_json(item["program"]) for item in table.query(keys.program("").pk)]


def account_row(account: Account) -> Item:
    return table.row(
        keys.account(account.leaf, account.program),
        balance=account.balance,
        enrolled_at=account.enrolled_at,
        earns_from=account.earns_from.isoformat() if account.earns_from else None,
        number=account.number,
        rev=account.rev,
    )


def read_account(leaf: str, program_id: str, item: Item) -> Account:
    kept = {name: item[name] for name in ("balance", "enrolled_at", "earns_from", "number", "rev") if name in item}
    return Account.model_validate({"leaf": leaf, "program": program_id, **kept})


def accounts(leaves: Iterable[str], program_id: str) -> dict[str, Account]:
    wanted = {keys.account(leaf, program_id): leaf for leaf in leaves}
    found = table.get_many(wanted)
    return {wanted[key]: read_account(wanted[key], program_id, item) for key, item in found.items()}


def given(leaf: str, program_id: str) -> dict[str, Given]:
    """What each reservation of a leaf was given; one query."""
    prefix = keys.given(leaf, program_id, "").sk
    return {
        item["sk"].removeprefix(prefix): Given(
            Award(item["points"], Reason(item["reason"])),
            item["version"],
            item["property_id"],
            item["difference"],
            item.get("at", ""),
        )
        for item in table.query(keys.leaf(leaf), prefix)
    }


def given_row(leaf: str, program_id: str, reservation: str, given: Given) -> Item:
    points, reason = given.award
    key = keys.given(leaf, program_id, reservation)
    return table.row(
        key,
        points=points,
        reason=str(reason),
        version=given.version,
        property_id=given.property_id,
        difference=given.difference,
        at=given.at,
    )


def entry_row(leaf: str, program_id: str, version: str, entry: Entry) -> Item:
    kept = entry.model_dump(mode="json", exclude={"id"})
    return table.row(keys.ledger_entry(leaf, program_id, version, entry.id), **kept)


def read_entry(item: Item) -> Entry:
    return Entry.model_validate({**item, "id": item["sk"].partition("#")[2]})


def entries(leaf: str, program_id: str) -> Iterator[Entry]:
    """One account's ledger, in the order of its decisions."""
    yield from map(read_entry, table.query(keys.ledger(leaf, program_id)))
