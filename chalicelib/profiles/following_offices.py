"""Guests follow a changed list of offices: whose address or telephone became one, or is none any more, is looked at
again, record by record, and any number of times."""

from collections.abc import Iterator
from itertools import islice

from chalicelib.canonical.time import instant, now
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.identity.offices import keys_of_offices
from chalicelib.jobs.model import Job, Part, Step
from chalicelib.profiles.actions import look_again
from chalicelib.profiles.looking_again import LookAgain
from chalicelib.settings import offices_changed
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules

AT_ONCE = 50
"""Records that are read together."""


def follow(job: Job, part: Part) -> Iterator[Step]:
    """The records of a part whose keys are otherwise an office's than before the change, by what is set when it is
    worked: where it was changed again meanwhile, the work of that change looks at the rest. Raises TryAgain."""
    before, after = offices_changed.before(job), settings.get().guests
    walked = guests.heads_of_part(part.number, job.parts, part.position)
    while batch := list(islice(walked, AT_ONCE)):
        heads = guests.with_records({head.leaf: head for _, head in batch if head.record_rev is not None})
        concerned = [head for head in heads.values() if _is_concerned(head, before, after)]
        for head in concerned:
            look_again(LookAgain(head.leaf, instant(now())))
        yield Step(batch[-1][0], len(batch), {"records": len(concerned)})


def _is_concerned(head: Head, before: GuestRules, after: GuestRules) -> bool:
    return keys_of_offices(head, before) != keys_of_offices(head, after)
