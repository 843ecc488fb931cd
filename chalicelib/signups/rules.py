"""What a sign-up becomes when it is confirmed. Pure."""

from collections.abc import Collection, Sequence

from chalicelib.canonical.errors import FieldError, Invalid
from chalicelib.canonical.snapshots import GuestSnapshot
from chalicelib.canonical.time import moment_of
from chalicelib.identity.identifiers import kind_of_email, normalise_email
from chalicelib.settings.legal import MailTopic
from chalicelib.signups.model import Signup

MOST_SHOWN = 16
"""Letters of what somebody sent that are told back."""


def address_of(typed: str, hotel_domains: Collection[str]) -> str:
    """The address as it is kept. Raises Invalid for one that is no person's: an agency's, a hotel's, a placeholder."""
    address = normalise_email(typed)
    if address is None:
        raise Invalid(FieldError("email", "must be one e-mail address, such as anna@example.com"))
    if kind_of_email(address, hotel_domains) != "own":
        raise Invalid(FieldError("email", "must be your own address: mail to this one reaches nobody for long"))
    return address


def parts_of(
    topics: Sequence[MailTopic], chosen: Collection[str], language: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Which topics are wanted, and which are not, each with its name as it was read; neither where none is chosen.
    Raises Invalid for one that there is not."""
    if unknown := sorted(set(chosen) - {each.id for each in topics}):
        raise Invalid(FieldError("topics", f"there is no topic {unknown[0][:MOST_SHOWN]}", "topics"))
    if not chosen:
        return {}, {}
    wanted = {each.id: each.name_in(language) for each in topics if each.id in chosen}
    return wanted, {each.id: each.name_in(language) for each in topics if each.id not in chosen}


def record_of(signup: Signup) -> GuestSnapshot:
    """What the person said of themselves, as of when they proved that the address is theirs."""
    return GuestSnapshot(
        changed_at=moment_of(signup.confirmed_at or signup.asked_at),
        given_name=signup.given_name,
        family_name=signup.family_name,
        email=signup.email,
        language=signup.language,
        property_id=signup.property_id,
    )
