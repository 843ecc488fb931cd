"""PATCH /v1/guests/{guest_id}: what staff correct of a guest."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from chalicelib.canonical.details import CountryCode, PostalAddress, VipLevel
from chalicelib.canonical.ids import GuestId, PropertyId
from chalicelib.canonical.snapshots import Text
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api import guests
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.free_texts import ADDRESS_WITHOUT_CARDS, WITHOUT_CARDS
from chalicelib.entrypoints.api.guests import GuestShown
from chalicelib.entrypoints.api.visibility import InSight, own_leaves, person_of
from chalicelib.guests.standing import hotels_of
from chalicelib.ingest import correcting
from chalicelib.ingest.correcting import Desk

Short = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]
Address = Annotated[str, StringConstraints(min_length=1, max_length=320, strip_whitespace=True)]
Language = Annotated[str, StringConstraints(min_length=2, max_length=12)]
Generation = Annotated[str, StringConstraints(min_length=1, max_length=10, strip_whitespace=True)]


class GuestCorrected(BaseModel):
    """What is right of a guest. What is left out stays as it is; null takes back what staff said of it before."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    salutation: Annotated[Short, WITHOUT_CARDS] | None = None
    given_name: Annotated[Text, WITHOUT_CARDS] | None = None
    family_name: Annotated[Text, WITHOUT_CARDS] | None = None
    generation: Generation | None = None
    email: Address | None = None
    phone: Short | None = None
    language: Language | None = None
    country: CountryCode | None = None
    address: Annotated[PostalAddress, ADDRESS_WITHOUT_CARDS] | None = None
    birth_date: date | None = None
    vip: VipLevel | None = None


def patch(ask: Ask, guest_id: GuestId, body: GuestCorrected) -> GuestShown:
    """Correct fields of a guest, for good: sources that go on saying what was corrected change nothing.

    What a source says anew afterwards, and differently, counts again, field by field. It is kept as a record of the
    hub's own, which is joined with the guest: what a hotel's people correct is that hotel's word, which stands on the
    profile of all where no other hotel knows the guest, and else on the one that is shown to the hotel.
    """
    sight = person_of(ask.caller, guest_id)
    fields = {name: getattr(body, name) for name in body.model_fields_set}
    if fields:
        correcting.correct(desk_of(sight, ask.now), fields)
    return guests.get(ask, guest_id)


def desk_of(sight: InSight, at: Instant) -> Desk:
    """As whom the caller's people say something of a guest, and through which record."""
    caller, through = sight.caller, own_leaves(sight)[0]
    own = sorted(each for each in hotels_of(sight.kept[through]) if caller.sees(each))
    hotel: PropertyId | None = own[0] if own else None
    return Desk(caller.told, at, None if caller.is_group else hotel, through, sight.heads, hotel)
