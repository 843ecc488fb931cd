"""What the holder of a link is shown of what is known of them, and what they say of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.preferences import OFFERED, Kind
from chalicelib.canonical.time import instant
from chalicelib.canonical.time import now as present
from chalicelib.guests import store as guests
from chalicelib.guests.model import Head
from chalicelib.guests.preferred import preferred
from chalicelib.guests.profiling import unobserved, unprofiled_by
from chalicelib.guests.standing import is_somebodys
from chalicelib.ingest import preferring
from chalicelib.messages import leaving
from chalicelib.messages.preferences import speaker
from chalicelib.messages.proving import proof
from chalicelib.messages.tokens import read_token


def known(token: str) -> Mapping[Kind, tuple[str, ...]]:
    """By kind, what the guest prefers; nothing of what is not known. Changes nothing. Raises NotFound where the link
    shows no more that its holder reads the guest's mailbox."""
    records = _records(token)
    found = preferred(unobserved(records) if unprofiled_by(records) else records)
    return {kind: found[kind].values for kind in OFFERED if kind in found and found[kind].values}


def say(token: str, kind: Kind, values: Sequence[str], at: datetime | None = None) -> None:
    """The guest's own word, by their own hand; without values they take back what anybody said. It lies with the record
    that carries the address which the mail went to: should the guest be two people after all, it is that one's. Raises
    NotFound, Invalid, Conflict, TryAgain."""
    records = _records(token)
    link = read_token(token)
    spoken, read = speaker(link)
    people = [head.leaf for head in records if is_somebodys(head)]
    through = spoken if spoken in people else next(iter(people), spoken)
    said_at = instant(at or present())
    own = next((head for head in records if head.leaf == through), None)
    proved = proof(own, link, next(iter(read), None), said_at) if own else ()
    preferring.prefer(through, kind, values, "guest", said_at, beside=proved)


def _records(token: str) -> list[Head]:
    """Of the guest, by their ids."""
    if not leaving.standing(token).reads_the_mailbox:
        raise NotFound("This link does not show who you are any more.")
    guest = guests.guest(read_token(token).leaf)
    found = guests.with_records(guests.heads(guest.members)) if guest else {}
    return [found[leaf] for leaf in sorted(found)]
