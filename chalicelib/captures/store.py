"""How codes are kept: a row each, until the day after it is over."""

from contextlib import suppress
from datetime import timedelta
from typing import get_args

from chalicelib.aws import keys_of_newcomers as keys
from chalicelib.aws import table
from chalicelib.aws.codec import Item
from chalicelib.canonical.ids import CaptureId, KeyId, Leaf, PropertyId
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.captures.model import Code, Outcome

KEPT = timedelta(days=1)
"""After its end: who shows it sees what became of it."""
OPEN = table.When("attribute_exists(pk) AND attribute_not_exists(taken)")
UNFINISHED = table.When("attribute_exists(pk) AND attribute_not_exists(outcome)")
OUTCOMES: dict[str, Outcome] = {each: each for each in get_args(Outcome)}


def add(code: Code) -> None:
    """The same again is the same row."""
    with suppress(table.ConditionFailed):
        table.write(table.Put(row(code), table.ABSENT))


def row(code: Code) -> Item:
    return table.row(
        keys.capture(code.id),
        leaf=code.leaf,
        property_id=code.hotel,
        actor=code.actor,
        role=code.role,
        is_person=code.is_person or None,
        scopes=list(code.scopes),
        until=code.until,
        expires_at=int((moment_of(code.until) + KEPT).timestamp()),
    )


def get(code_id: CaptureId) -> Code | None:
    kept = table.get(keys.capture(code_id))
    if kept is None:
        return None
    taken_at, outcome = kept.get("taken_at"), kept.get("outcome")
    return Code(
        id=code_id,
        leaf=Leaf(kept["leaf"]),
        hotel=PropertyId(kept["property_id"]),
        actor=KeyId(kept["actor"]),
        role=kept["role"],
        is_person=bool(kept.get("is_person")),
        scopes=tuple(PropertyId(each) for each in kept["scopes"]),
        until=Instant(kept["until"]),
        taken=kept.get("taken", ""),
        taken_at=Instant(taken_at) if taken_at else None,
        outcome=OUTCOMES[outcome] if outcome else None,
    )


def take(code_id: CaptureId, digest: str, at: Instant) -> None:
    """By what is sent first; where something was, that stays."""
    values = {":digest": digest, ":at": at}
    _first(table.Update(keys.capture(code_id), "SET taken = :digest, taken_at = :at", values, when=OPEN))


def finish(code_id: CaptureId, outcome: Outcome) -> None:
    """What became of it first stays."""
    _first(table.Update(keys.capture(code_id), "SET outcome = :outcome", {":outcome": outcome}, when=UNFINISHED))


def _first(update: table.Update) -> None:
    with suppress(table.ConditionFailed):
        table.write(update)
