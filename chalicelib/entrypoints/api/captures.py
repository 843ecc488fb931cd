"""/v1/guests/{guest_id}/captures: an address and what its guest agrees to, written down at the desk in one step."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical import choices
from chalicelib.canonical.errors import Conflict, FieldError, Invalid
from chalicelib.canonical.ids import GuestId, PropertyId, digest_of, signup_of
from chalicelib.canonical.snapshots import HUB_ID
from chalicelib.canonical.time import Instant, moment_of
from chalicelib.captures import actions, rules
from chalicelib.captures.actions import Speaker
from chalicelib.captures.model import MOST_SAID, Outcome, Said, Sentence, Unreached
from chalicelib.consent.model import PURPOSES, Purpose
from chalicelib.entrypoints.api import corrections, reached
from chalicelib.entrypoints.api.answers import Shown
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.consents import is_claimed
from chalicelib.entrypoints.api.free_texts import WITHOUT_CARDS
from chalicelib.entrypoints.api.laws import court
from chalicelib.entrypoints.api.visibility import InSight, guest_of, hotel_meant, own_leaves, person_of
from chalicelib.guests import minors
from chalicelib.languages.catalogues import SOURCE, Language, languages, nearest
from chalicelib.messages.questions import asked_of
from chalicelib.properties import store as properties
from chalicelib.settings import actions as settings
from chalicelib.settings import store as kept_settings
from chalicelib.settings.legal import MOST_TOPICS, TopicId
from chalicelib.settings.rules import Names
from chalicelib.signups.actions import names_at

UNDER_AGE = "The guest is under 18: nobody asks them for an address to advertise to."
CHANGED = "The words that guests agree to have changed meanwhile. Read the new ones out, and save again."
Refused = Literal["minor"]


class SentenceShown(Shown):
    """The words by which a guest agrees to a `purpose`; `text` is the text of the consent settings that they are, null
    where they are the hub's own."""

    purpose: Purpose
    words: str
    text: str | None


class TopicToChoose(Shown):
    """What mails may be about."""

    id: str
    name: str


class CaptureForm(Shown):
    """What a guest is asked, in a `language`. `unreached` is why no newsletter reaches the guest now; `refused` is why
    nothing may be captured, `to_confirm` whether the country wants the yes confirmed by the link of a mail. `shown`
    names the words, for who sends what the guest agreed to."""

    property_id: PropertyId | None
    unreached: Unreached | None
    refused: Refused | None
    to_confirm: bool
    language: str
    languages: list[str]
    sentences: list[SentenceShown]
    topics: list[TopicToChoose]
    shown: str


class CaptureAsked(BaseModel):
    """What the guest said at the desk: an address, to which `purposes` they agree, and of which `topics` alone they
    want mail (none: of all). `language` is that in which they were asked, and `shown` what the form named its words by:
    where these are others by now, nothing is kept. `how` is what was said. It is said to the legal entity that answers
    at `property_id`; without one it is as for a note.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[str, StringConstraints(min_length=1, max_length=320, strip_whitespace=True)]
    purposes: Annotated[tuple[Purpose, ...], Field(max_length=len(PURPOSES))] = ()
    topics: Annotated[tuple[TopicId, ...], Field(max_length=MOST_TOPICS)] = ()
    language: Annotated[str, StringConstraints(min_length=2, max_length=12)] | None = None
    shown: Annotated[str, StringConstraints(max_length=64)] | None = None
    how: Annotated[str, StringConstraints(max_length=MOST_SAID, strip_whitespace=True), WITHOUT_CARDS] | None = None
    property_id: Annotated[PropertyId, HUB_ID] | None = None


class CaptureKept(Shown):
    """What became of it: `granted`, `to_confirm` (the guest was mailed, and gives the yes by the link, until `until`),
    or `address_only` where the guest agreed to nothing. `unreached` is why no newsletter can reach the guest all the
    same."""

    outcome: Outcome
    until: Instant | None
    unreached: Unreached | None


def form(
    ask: Ask, guest_id: GuestId, *, property_id: PropertyId | None = None, language: str | None = None
) -> CaptureForm:
    """What a guest is asked who gives an address at the desk.

    In the guest's own language where the hub has it, else in English; in another one where it is named.
    """
    sight = guest_of(ask.caller, guest_id)
    hotel = hotel_meant(sight, property_id)
    spoken = _language(sight, language)
    found = sentences_at(hotel, spoken, ask.now)
    (reach,) = reached.reaches_of([sight], moment_of(ask.now))
    return CaptureForm(
        property_id=hotel,
        unreached=reach.unreached,
        refused="minor" if reach.minor else None,
        to_confirm=rules.must_be_confirmed(speaker(ask, sight, hotel).laws, "staff"),
        language=spoken,
        languages=sorted(languages()),
        sentences=[SentenceShown(purpose=purpose, words=each.words, text=each.text) for purpose, each in found.items()],
        topics=[TopicToChoose(id=each.id, name=each.name_in(spoken)) for each in actions.topics()],
        shown=named_by(found),
    )


def create(ask: Ask, guest_id: GuestId, body: CaptureAsked) -> CaptureKept:
    """Keep the address that a guest gives, and what they agree to, with its receipt.

    The address stands on the profile as what staff correct does: what a hotel's people say is that hotel's word. Where
    a country wants the yes confirmed, or where somebody else who reads that mailbox said no, nothing is granted: the
    guest is mailed, and gives it by the link. An address that has another guest's name beside it joins nobody.
    """
    sight = person_of(ask.caller, guest_id)
    hotel = hotel_meant(sight, body.property_id)
    spoken = _language(sight, body.language)
    found = sentences_at(hotel, spoken, ask.now)
    if body.shown is not None and body.shown != named_by(found):
        raise Conflict(CHANGED)
    agreed = {purpose: sentence for purpose, sentence in found.items() if purpose in body.purposes}
    return captured(ask, sight, hotel, Said(body.email, spoken, agreed, frozenset(body.topics), body.how or ""))


def captured(ask: Ask, sight: InSight, hotel: PropertyId | None, said: Said) -> CaptureKept:
    """Raises Conflict for who is under age, and what `actions.capture` raises."""
    require_of_age(sight, ask.now)
    signup = signup_of(said.place, ask.seed)
    kept = actions.capture(speaker(ask, sight, hotel), said, signup, ask.first, moment_of(ask.now))
    (why,) = reached.unreached([guest_of(sight.caller, sight.id)])
    return CaptureKept(outcome=kept.outcome, until=kept.until, unreached=why)


def require_of_age(sight: InSight, at: Instant) -> None:
    """Raises Conflict."""
    if minors.is_minor(sight.whole.traits, minors.first_day(moment_of(at))):
        raise Conflict(UNDER_AGE)


def speaker(ask: Ask, sight: InSight, hotel: PropertyId | None) -> Speaker:
    """Through whom a guest says it."""
    known = settings.controllers()
    controller = known.by_property[hotel] if hotel else known.group
    senders = court(sight, frozenset({controller}), moment_of(ask.now)).senders[controller]
    laws = asked_of(sight.traits, sight.guest.properties, senders, moment_of(ask.now)).rules
    return Speaker(
        desk=corrections.desk_of(sight, ask.first),
        guest=sight.whole,
        own=own_leaves(sight),
        address=sight.traits.email,
        hotel=hotel,
        controller=controller,
        claimed=is_claimed(ask.caller, controller),
        laws=laws,
        named=ask.caller.named,
    )


def sentences_at(hotel: PropertyId | None, language: Language, at: Instant) -> dict[Purpose, Sentence]:
    return actions.sentences(names_for(hotel).name, language, moment_of(at).date())


def names_for(hotel: PropertyId | None) -> Names:
    """In whose names a guest is asked."""
    known = properties.by_id()
    return names_at(known[hotel] if hotel else None, kept_settings.get(), known.values())


def named_by(sentences: dict[Purpose, Sentence]) -> str:
    """Other words have another name."""
    return digest_of(repr(sorted(sentences.items())))


def _language(sight: InSight, asked: str | None) -> Language:
    """Raises Invalid for one that the hub does not have."""
    found = nearest(asked or sight.traits.language)
    if found is None and asked:
        raise Invalid(FieldError("language", f"must be {choices.known(sorted(languages()))}"))
    return found or SOURCE
