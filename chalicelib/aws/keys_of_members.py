"""The key shapes by which members of a programme are listed, at each hotel that knows a record which makes one."""

from collections.abc import Callable

from chalicelib.aws.keys import Key
from chalicelib.canonical.ids import ProgramId, PropertyId

members: Callable[[PropertyId, ProgramId], str] = "MEMBERS#{}#{}".format
"""The partition of a hotel's members, or of those whom no hotel knows; of no programme where the source's number makes
a member of every one."""


def member(property_id: PropertyId, program_id: ProgramId, position: str) -> Key:
    """By number and record. The row says nothing more."""
    return Key(members(property_id, program_id), position)
