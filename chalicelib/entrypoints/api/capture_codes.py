"""/v1/guests/{guest_id}/capture-codes: a guest gives an address, and agrees, on their own phone.

What a code leads to is `/capture/{token}` (`guest_pages/capturing.py`), which asks the functions at the end of this
page.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import CaptureId, GuestId, PropertyId, capture_of
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.captures import actions, codes
from chalicelib.captures.model import Code, Outcome, Said, Sentence
from chalicelib.consent.model import Purpose
from chalicelib.entrypoints.api import captures
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.visibility import InSight, guest_of, hotel_meant, own_leaves, person_of
from chalicelib.languages.catalogues import Language
from chalicelib.settings.rules import Names

State = Literal["open", "over"] | Outcome


class CodeAsked(BaseModel):
    """At which hotel the guest stands; a key of one hotel may leave it out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    property_id: Annotated[PropertyId, HUB_ID] | None = None


class CodeShown(Shown):
    """`address` is what is to be scanned, until `until` and for one use; it names nobody. `state` is `open`, `over`, or
    what became of what the guest sent (`granted`, `to_confirm`, `address_only`)."""

    id: str
    address: str
    until: Instant
    state: State


def create(ask: Ask, guest_id: GuestId, body: CodeAsked) -> CodeShown:
    """Make a code that leads the guest's own phone to a page of the hotel: it asks for an address and a yes, and shows
    nothing of the guest."""
    sight = person_of(ask.caller, guest_id)
    captures.require_of_age(sight, ask.now)
    hotel = hotel_meant(sight, body.property_id) or _first_hotel(sight)
    code = codes.show(capture_of(ask.seed), ask.caller, own_leaves(sight)[0], hotel, moment_of(ask.first))
    return _shown(code, ask.now)


def get(ask: Ask, guest_id: GuestId, code_id: str) -> CodeShown:
    """A code, and what became of it; for who made it alone."""
    sight = guest_of(ask.caller, guest_id)
    code = codes.shown_by(CaptureId(code_id), ask.caller)
    if code.leaf not in sight.whole.members:
        raise NotFound("There is no such code.")
    return _shown(code, ask.now)


def _first_hotel(sight: InSight) -> PropertyId:
    """Raises NotFound of who was at no hotel yet: nobody stands there with a phone."""
    if not sight.whole.properties:
        raise NotFound("No hotel knows this guest yet.")
    return min(sight.whole.properties)


def _shown(code: Code, now: Instant) -> CodeShown:
    state: State = code.outcome or ("open" if now < code.until else "over")
    return CodeShown(id=code.id, address=codes.address_of(code.id), until=code.until, state=state)


class Asked(NamedTuple):
    """What the page behind a link asks, and in whose names. `main` is the purpose that it is for."""

    names: Names
    sentences: Mapping[Purpose, Sentence]
    shown: str
    topics: Sequence[tuple[str, str]]
    is_used: bool
    main: Purpose = actions.NEWSLETTERS


def asked_behind(token: str, language: Language, now: Instant) -> Asked:
    """Where there is somebody to be asked; changes nothing. Raises NotFound, alike for whatever is wrong with a link,
    and Conflict for who is under age. By one that was used the same may be sent once more, and nothing else."""
    code = codes.behind(token, moment_of(now))
    captures.require_of_age(_sight(code), now)
    found = captures.sentences_at(code.hotel, language, now)
    topics = [(each.id, each.name_in(language)) for each in actions.topics()]
    return Asked(captures.names_for(code.hotel), found, captures.named_by(found), topics, code.outcome is not None)


def sent(token: str, said: Said, now: Instant) -> Outcome:
    """Do what a guest sent by a link, as whoever shows the code would; the same again is once. Raises NotFound, Invalid
    with the field (the code stays unused), Conflict, TooMany, TryAgain."""
    code = codes.behind(token, moment_of(now))
    captures.require_of_age(_sight(code), now)
    actions.check(said)
    taken = codes.take(code, said, moment_of(now))
    if taken.outcome:
        return taken.outcome
    ask = Ask(codes.caller_of(taken), taken.id, now, begun_at=taken.taken_at)
    outcome = captures.captured(ask, _sight(taken), taken.hotel, said).outcome
    codes.finish(taken, outcome)
    return outcome


def _sight(code: Code) -> InSight:
    """Raises NotFound for who was erased since, and Conflict for a record that is nobody's since."""
    return person_of(codes.caller_of(code), GuestId(code.leaf))
