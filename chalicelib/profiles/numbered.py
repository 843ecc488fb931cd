"""Of which programmes a record makes its guest a member, and under which number it stands in their lists. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.canonical.ids import Leaf, ProgramId
from chalicelib.guests.carried import enrolment
from chalicelib.guests.model import Head
from chalicelib.identity.identifiers import normalise_member

EVERY = ProgramId("")
"""In the place of a programme: who has a number of the source is a member of each."""


class Place(NamedTuple):
    """Where a record stands in the list of a programme: by its number without blanks and signs, or by ""."""

    number: str
    leaf: Leaf

    @property
    def position(self) -> str:
        return f"{self.number}#{self.leaf}"


def place_of(head: Head, program: ProgramId) -> Place | None:
    """Of a head that was read with its record; None where the record does not make a member of this programme."""
    numbers, said = numbers_of(head), enrolment(head, program)
    by_source = None if said and said.is_ended else numbers.get(EVERY)
    number = numbers.get(program, by_source)
    return None if number is None else Place(plain(number), head.leaf)


def number_of(head: Head, program: ProgramId) -> str | None:
    """As it was given, by people or else by the source."""
    said = enrolment(head, program)
    return (said.number if said else None) or (head.record.member_number if head.record else None)


def numbers_of(head: Head) -> Mapping[ProgramId, str]:
    """By programme, each that the record makes a member of: what people said counts more than what a ledger has of
    itself or the source's number. Who became nobody is none of any."""
    record = head.record
    if record is None or record.nobody:
        return {}
    by_source, of_itself = record.member_number or "", set(head.enrolled_in)
    found = {EVERY: by_source} if by_source else dict.fromkeys(sorted(of_itself), "")
    for said in head.enrolments:
        if said.is_ended:
            found.pop(said.program, None)
        elif said.is_open or (said.number and (by_source or said.program in of_itself)):
            found[said.program] = said.number or by_source
    return found


def plain(number: str) -> str:
    return normalise_member(number) or ""
