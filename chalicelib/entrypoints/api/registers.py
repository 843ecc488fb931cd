"""/v1/registers: lists that others keep, such as of those who want no advertising. Hashes go in, and rules ask them."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.errors import FieldError, Invalid, NotFound
from chalicelib.canonical.time import moment_of
from chalicelib.consent import register_lists
from chalicelib.consent.registers import DIGITS, is_hash, is_in_force
from chalicelib.entrypoints.api.answers import Listing, Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import Page
from chalicelib.settings import legal_store
from chalicelib.settings.legal import HashName, Register, RegisterId

MOST_HASHES = 1_000
DAY_AHEAD = timedelta(days=1)
"""Where it is tomorrow already."""


class HashesAsked(BaseModel):
    """Some of the addresses on the list that was made on a day, each as the register hashes it, in hexadecimal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_on: date
    hashes: Annotated[
        tuple[Annotated[str, StringConstraints(max_length=128)], ...], Field(min_length=1, max_length=MOST_HASHES)
    ]


class ListAsked(BaseModel):
    """The list of which all hashes were written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_on: date


class RegisterShown(Shown):
    """A list that others keep: how it is hashed, for how many days one counts, and the day of the last that is whole.
    Where none is in force, what hotels attest counts."""

    id: RegisterId
    hash: HashName
    valid_days: int
    made_on: date | None
    in_force: bool


def listed(ask: Ask, *, page: Page) -> Listing[RegisterShown]:
    """The company's registers by their ids; they are written with the consent settings."""
    kept = legal_store.get().registers
    made, today = register_lists.lists(kept), moment_of(ask.now).date()
    items, cursor = page.of(sorted(kept, key=lambda each: each.id), lambda each: each.id)
    return Listing(items=[_shown(each, made.get(each.id), today) for each in items], next_cursor=cursor)


def take(ask: Ask, register_id: RegisterId, body: HashesAsked) -> RegisterShown:
    """Take some hashes of a list, any number of times and in any order. Nothing follows from them before the list is
    said to be whole."""
    register = _register(register_id)
    _require_past(ask, body.made_on)
    strange = [at for at, each in enumerate(body.hashes) if not is_hash(register, each)]
    if strange:
        told = f"must have {DIGITS[register.hash]} digits of 0-9 and a-f: it is {register.hash}"
        raise Invalid(*(FieldError(f"hashes.{at}", told) for at in strange))
    register_lists.take(register, body.made_on, body.hashes)
    return _now(ask, register)


def complete(ask: Ask, register_id: RegisterId, body: ListAsked) -> RegisterShown:
    """Say that all of a list was written: it takes the place of the one before, unless that is newer. One of
    which nothing was written is refused."""
    register = _register(register_id)
    _require_past(ask, body.made_on)
    register_lists.complete(register, body.made_on)
    return _now(ask, register)


def _register(register_id: str) -> Register:
    found = legal_store.get().register(register_id)
    if found is None:
        raise NotFound("There is no such register in the consent settings.")
    return found


def _require_past(ask: Ask, made_on: date) -> None:
    """A list of next year would stay in force until then. Raises Invalid."""
    if made_on > moment_of(ask.now).date() + DAY_AHEAD:
        raise Invalid(FieldError("made_on", "lies in the future"))


def _now(ask: Ask, register: Register) -> RegisterShown:
    made = register_lists.lists([register]).get(register.id)
    return _shown(register, made, moment_of(ask.now).date())


def _shown(register: Register, made_on: date | None, today: date) -> RegisterShown:
    in_force = made_on is not None and is_in_force(register, made_on, today)
    return RegisterShown(**register.model_dump(), made_on=made_on, in_force=in_force)
