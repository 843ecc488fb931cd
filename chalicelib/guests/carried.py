"""What a record carries: what its source says, and what was said of memberships through it."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.canonical.ids import IdentifierKey, ProgramId
from chalicelib.guests.enrolments import Enrolment
from chalicelib.guests.model import Head
from chalicelib.guests.records import Record
from chalicelib.identity.model import Called
from chalicelib.identity.names import Name, generation_of, name_of
from chalicelib.identity.parties import are_several
from chalicelib.identity.sketches import Sketch, sketch_of


def carrying(head: Head, told: Iterable[IdentifierKey], enrolments: Iterable[Enrolment]) -> Head:
    """The head with these identifiers of its record, and with what was said of memberships."""
    own, kept = tuple(told), tuple(enrolments)
    more = tuple(dict.fromkeys(each.key for each in kept if each.key and each.key not in own))
    return replace(head, identifiers=(*own, *more), enrolments=kept, enrolled_keys=more)


def told_by_record(head: Head) -> tuple[IdentifierKey, ...]:
    """The identifiers that the record itself says."""
    return tuple(key for key in head.identifiers if key not in head.enrolled_keys)


def listed_as(record: Record) -> Called:
    """The name as the rows of its identifiers list it: with the hotel whose key alone says so."""
    return (*record.called, record.hotel) if record.hotel else record.called


def name_said(record: Record) -> Name:
    """With what other fields say of it. The generation in the name comes first: the rows of identifiers list the name
    alone, and whom they hold for two generations nobody looks at."""
    name = name_of(*record.called)
    return replace(
        name,
        generation=name.generation or generation_of(record.generation),
        is_several=are_several(record.salutation, *record.called),
    )


def sketch(record: Record) -> Sketch:
    """The record as it is compared by weight."""
    return sketch_of(record.called, record.birth_date, record.address, record.country, record.phone)


def without_numbers(enrolments: Iterable[Enrolment]) -> tuple[Enrolment, ...]:
    """What of them stays when their record becomes nobody's: the days, by which the ledger was priced."""
    return tuple(each.numbered(None, None) for each in enrolments if each.turns)


def enrolment(head: Head, program: ProgramId) -> Enrolment | None:
    return next((each for each in head.enrolments if each.program == program), None)
