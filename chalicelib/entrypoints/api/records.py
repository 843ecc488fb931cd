"""/v1/guests/{guest_id}/records: what each source says of a guest, record by record."""

from datetime import date

from pydantic import Field

from chalicelib.canonical.details import AgeCategory, PostalAddress, SpecialDate
from chalicelib.canonical.ids import ConnectionId, GuestId, PropertyId
from chalicelib.canonical.time import Instant
from chalicelib.entrypoints.api.answers import Listing
from chalicelib.entrypoints.api.calls import Ask
from chalicelib.entrypoints.api.guests import LeafShown, leaf_shown
from chalicelib.entrypoints.api.paging import Page
from chalicelib.entrypoints.api.visibility import InSight, guest_of
from chalicelib.guests import standing
from chalicelib.guests.kinds import EmailKind, Nobody
from chalicelib.guests.model import Head
from chalicelib.identity.offices import Office, office_of
from chalicelib.settings import store as settings
from chalicelib.settings.guest_rules import GuestRules


class RecordShown(LeafShown):
    """What one source says of the guest, once it is normalised; null where it says nothing. `properties` are those of
    the key's at which the source named the record, or where it stayed. `email_kind` is `relay` for an agency's address,
    `shared` for one that many have; `office` says that whoever is on duty reads what is sent there. `marketing_email`
    is the source's own opt-in. `changed_at` is when the source changed it."""

    properties: list[PropertyId]
    salutation: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    generation: str | None = None
    email: str | None = None
    email_kind: EmailKind | None = None
    office: Office | None = None
    phone: str | None = None
    address: PostalAddress | None = None
    birth_date: date | None = None
    special_dates: tuple[SpecialDate, ...] = ()
    preferences: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    age_category: AgeCategory | None = None
    vip: int | None = None
    language: str | None = None
    country: str | None = None
    member_number: str | None = None
    marketing_email: bool | None = None
    nobody: Nobody | None = None
    changed_at: Instant | None = None


SAID = set(RecordShown.model_fields) - set(LeafShown.model_fields) - {"office"}


def listed(ask: Ask, guest_id: GuestId, *, source: ConnectionId | None = None, page: Page) -> Listing[RecordShown]:
    """The guest's records in the key's sight, each with what its source says; with a `source` those of it alone."""
    sight = guest_of(ask.caller, guest_id)
    rules = settings.get().guests
    shown = (record_shown(sight, head, rules) for head in sight.heads)
    items, cursor = page.of((each for each in shown if source in {None, each.source}), lambda each: each.id)
    return Listing(items=items, next_cursor=cursor)


def record_shown(sight: InSight, head: Head, rules: GuestRules) -> RecordShown:
    said = head.record.model_dump(include=SAID) if head.record else {}
    return RecordShown.model_validate(
        {
            **leaf_shown(head.leaf, head.record).model_dump(),
            **said,
            "office": office_of(head.record.email, rules) if head.record and head.record.email else None,
            "properties": sorted(each for each in standing.hotels_of(head) if sight.eyes.sees(each)),
            "changed_at": head.version.changed_at if head.version else None,
        }
    )
