"""/v1/guests/{guest_id}/preferences: what a guest prefers, and whose word that is."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.errors import Conflict
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.canonical.preferences import OFFERED, Kind, most_of
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.paging import one_of
from chalicelib.entrypoints.api.visibility import InSight, guest_of, person_of, speaks_through
from chalicelib.guests.preferred import Origin, Preferred, preferred
from chalicelib.guests.profiling import unobserved
from chalicelib.guests.statements import Speaker, Statement
from chalicelib.ingest import preferring

SPEAKERS: tuple[Speaker, ...] = "guest", "staff"
Word = Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]


class PreferenceShown(Shown):
    """What the guest prefers of one kind: `declared` by the guest, `noted` by staff or `observed` by a source, which
    counts in this order. `actor` wrote it down: null where the guest did, or a source says so. `record` is the one
    through which it was said."""

    kind: Kind
    values: list[str]
    origin: Origin
    at: Instant
    actor: str | None
    record: str


class PreferenceOffered(Shown):
    """The words of one kind, of which a guest has `most`."""

    kind: Kind
    values: list[str]
    most: int


class PreferencesShown(Shown):
    """What is known, and what can be said. There is no kind for allergies, diets, health or religion: these stay in
    the PMS."""

    items: list[PreferenceShown]
    offered: list[PreferenceOffered]


class PreferenceAsked(BaseModel):
    """What the guest prefers of one kind, and who says so: the guest, whose word counts more, or staff who noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    values: Annotated[tuple[Word, ...], Field(min_length=1, max_length=20)]
    said_by: Speaker = "staff"


class StatementShown(Shown):
    """One word that was said of the guest through a `record`, also one that counts no more. Without `values` it took
    back what was said before. About `proved.email` it says that the guest reads the mailbox of the record's address,
    which it names by a digest. `actor` is null where the guest wrote it."""

    record: str
    about: str
    values: list[str]
    said_by: Speaker
    at: Instant
    actor: str | None


def listed(ask: Ask, guest_id: GuestId) -> PreferencesShown:
    """What the guest prefers, by all that is in the key's sight, and which words there are."""
    sight = guest_of(ask.caller, guest_id)
    items = [_shown(kind, each) for kind in OFFERED if (each := _known(sight, kind)) and each.values]
    return PreferencesShown(items=items, offered=[_offered(kind) for kind in OFFERED])


def put(ask: Ask, guest_id: GuestId, preference: str, body: PreferenceAsked) -> PreferenceShown:
    """Say what a guest prefers of one kind; it takes the place of what was said of that kind before.

    Where the guest said it, staff's own notice is refused: the guest's word counts. Nothing that tells of allergies,
    diets, health or religion is taken.
    """
    named = preferring.kind_named(preference)
    sight, words = person_of(ask.caller, guest_id), preferring.checked(named, body.values)
    _refuse_against_the_guest(_known(sight, named), body.said_by)
    preferring.prefer(speaks_through(sight), named, words, body.said_by, ask.now, ask.caller.told)
    known = _known(guest_of(ask.caller, guest_id), named)
    if known is None:
        raise Conflict("Somebody else changed this guest just now: look again.")
    return _shown(named, known)


def delete(ask: Ask, guest_id: GuestId, preference: str, *, said_by: str | None = None) -> None:
    """Take back what is known of one kind, whoever said it, until somebody says it anew.

    What the guest said goes only where the guest takes it back: `said_by=guest`.
    """
    named = preferring.kind_named(preference)
    speaker: Speaker = "guest" if one_of("said_by", said_by, SPEAKERS) == "guest" else "staff"
    sight = guest_of(ask.caller, guest_id)
    known = _known(sight, named)
    if known is None:
        return
    if not known.values:
        preferring.tell_again(speaks_through(sight), ask.now)
        return
    _refuse_against_the_guest(known, speaker)
    preferring.prefer(speaks_through(sight), named, (), speaker, ask.now, ask.caller.told)


def statements_of(ask: Ask, guest_id: GuestId) -> list[StatementShown]:
    """All that was said of a guest through the records in sight."""
    sight = guest_of(ask.caller, guest_id)
    return [statement_shown(head.leaf, each) for head in sight.heads for each in head.statements]


def _known(sight: InSight, kind: Kind) -> Preferred | None:
    told = unobserved(sight.heads) if sight.whole.traits.unprofiled else sight.heads
    return preferred(told, sight.own).get(kind)


def _refuse_against_the_guest(known: Preferred | None, said_by: Speaker) -> None:
    if known and known.origin == "declared" and said_by != "guest":
        raise Conflict("The guest said this: it changes when the guest says otherwise (said_by: guest).")


def _shown(kind: Kind, known: Preferred) -> PreferenceShown:
    return PreferenceShown(
        kind=kind,
        values=list(known.values),
        origin=known.origin,
        at=known.at,
        actor=known.actor or None,
        record=known.head.leaf,
    )


def _offered(kind: Kind) -> PreferenceOffered:
    return PreferenceOffered(kind=kind, values=list(OFFERED[kind]), most=most_of(kind))


def statement_shown(leaf: Leaf, said: Statement) -> StatementShown:
    return StatementShown(
        record=leaf,
        about=said.about,
        values=list(said.values),
        said_by=said.by,
        at=said.at,
        actor=said.actor or None,
    )
