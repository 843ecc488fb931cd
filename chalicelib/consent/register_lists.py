"""How lists that others keep are taken in and asked.

A list is written beside the one in force, and takes its place as a whole: nobody is held or written to by half of one.
It is known with how it is hashed: where the settings say otherwise by now, it would tell of everybody that they are not
on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from chalicelib.aws import keys_of_registers as keys
from chalicelib.aws import table
from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.consent.registers import Listed, hash_of, hash_of_domain, is_in_force
from chalicelib.settings.legal import Register, RegisterId

KEPT_DAYS = 400
"""Longer than a list may be in force; then its rows go by themselves."""


def take(register: Register, of: date, hashes: Sequence[str]) -> None:
    """Some addresses of the list of a day; in any order, any number of times. Raises TryAgain."""
    expires_at = int(datetime.combine(of + timedelta(days=KEPT_DAYS), time(), UTC).timestamp())
    rows = [
        table.row(keys.register_hash(_name(register), of, each), expires_at=expires_at)
        for each in dict.fromkeys(hashes)
    ]
    for start in range(0, len(rows), table.WRITE_AT_ONCE):
        table.transact([table.Put(row) for row in rows[start : start + table.WRITE_AT_ONCE]])


def complete(register: Register, of: date) -> date:
    """All of a list is there: it is in force from now on, unless a newer one is. Returns the day of the one that is.

    Raises Invalid for a day of which nothing was written: a list with nobody on it would free everybody.
    """
    if not _has_any(register, of):
        raise Invalid(FieldError("made_on", "is the day of no list: none of its hashes was written"))
    newer = table.When("attribute_not_exists(pk) OR made_on < :of", {":of": of.isoformat()})
    try:
        table.write(table.Put(table.row(keys.register(_name(register)), made_on=of.isoformat()), newer))
    except table.ConditionFailed:
        return lists([register])[register.id]
    return of


def _has_any(register: Register, of: date) -> bool:
    """One read, for nearly all that are there."""
    parts = (keys.register_part(_name(register), of, f"{number:02x}") for number in range(256))
    return any(True for part in parts for _ in table.query(part, limit=1))


def _name(register: Register) -> str:
    return f"{register.id}#{register.hash}"


def lists(registers: Iterable[Register]) -> dict[RegisterId, date]:
    """The day of each list that is there as a whole."""
    wanted = {keys.register(_name(each)): each.id for each in registers}
    found = table.get_many(wanted) if wanted else {}
    return {wanted[key]: date.fromisoformat(row["made_on"]) for key, row in found.items()}


def listed(registers: Sequence[Register], address: str, today: date) -> Mapping[RegisterId, Listed]:
    """Whether an address, or its whole domain, stands on each of these lists; of one that is too old, or not there,
    nothing is said. Two reads."""
    made = lists(registers)
    asked = [each for each in registers if each.id in made and is_in_force(each, made[each.id], today)]
    rows = {
        each.id: [
            keys.register_hash(_name(each), made[each.id], hashed)
            for hashed in (hash_of(each, address), hash_of_domain(each, address))
        ]
        for each in asked
    }
    found = table.get_many([key for those in rows.values() for key in those]) if rows else {}
    return {name: Listed(own in found, made[name], domain in found) for name, (own, domain) in rows.items()}
