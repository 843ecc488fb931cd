"""What is queued of long work: one part of it, to be worked on from where it came to."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.canonical.bodies import field_of
from chalicelib.canonical.ids import JobId

VERSION = 1


@dataclass(frozen=True)
class WorkPart:
    """The same part may be asked for any number of times: one worker at a time takes it."""

    work: JobId
    part: int

    def body(self) -> dict[str, str | int]:
        return {"v": VERSION, "work": self.work, "part": self.part}


def is_part(body: Mapping[str, object]) -> bool:
    """Whether a message is about long work, and not a nightly job."""
    return "work" in body


def read_work_part(body: Mapping[str, object]) -> WorkPart:
    """What a newer function adds is left aside. Raises Rejected."""
    return WorkPart(JobId(field_of(body, "work", str)), field_of(body, "part", int))
