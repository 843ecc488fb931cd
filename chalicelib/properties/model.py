"""What a property is, under whose name its guests hear from it, and what it attests of their consent."""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.canonical.choices import known
from chalicelib.canonical.details import Currency
from chalicelib.canonical.ids import PropertyId
from chalicelib.canonical.snapshots import HUB_ID, HubId, Text

NAMED = re.compile(r"\s*(?P<name>[^<>@]*[^<>@\s])\s*<(?P<address>[^<>\s]+)>\s*")
ASKS_FOR_QUOTES = re.compile(r"[()\[\]:;\\,.\"]")


def _quoted(text: str) -> str:
    """A name that must stand in quotes, with them: `Sacher, Wien <a@hotel.example>` reads as two addresses without."""
    found = NAMED.fullmatch(text)
    if found is None or not ASKS_FOR_QUOTES.search(found["name"]) or re.fullmatch(r'".*"', found["name"]):
        return text
    name = re.sub(r'(["\\])', r"\\\1", found["name"])
    return f'"{name}" <{found["address"]}>'


@lru_cache(maxsize=1000)
def _one_mailbox(text: str) -> str:
    """`news@hotel.example`, or with a name: `Hotel <news@hotel.example>`. A name that needs quotes gets them.

    Kept, since the settings are read for each request and say the same few senders.
    """
    from email.headerregistry import HeaderRegistry  # not for who only reads properties

    if not text.isprintable():
        raise ValueError("must be one line")
    text = _quoted(text)
    header: Any = HeaderRegistry()("From", text)
    addresses = header.addresses
    is_one = len(addresses) == 1 and all(group.display_name is None for group in header.groups)
    if header.defects or not is_one or not addresses[0].username or "." not in addresses[0].domain:
        raise ValueError("must be one address, such as `Hotel <news@hotel.example>`")
    if not addresses[0].addr_spec.isascii():
        raise ValueError("must have an ASCII address: write an international domain as xn--…")
    return text


Mailbox = Annotated[str, StringConstraints(max_length=320, strip_whitespace=True), AfterValidator(_one_mailbox)]
PostalAddress = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https://[!-~]+$", max_length=500)]
DOMAIN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$"
Domain = Annotated[str, StringConstraints(pattern=DOMAIN, max_length=253)]


class Branding(BaseModel):
    """Under whose name guests hear from a hotel. What is left out is the brand's, and where that says nothing, too,
    the group's.

    `legal_entity` is the id of the company that answers for what is done with a guest's data, such as `alpine-hotels`:
    consent is given to it, and hotels that name the same one share it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: Mailbox | None = None
    reply_to: Mailbox | None = None
    postal_address: PostalAddress | None = None
    logo_url: WebAddress | None = None
    tracking_domain: Domain | None = None
    booking_url: WebAddress | None = None
    legal_entity: HubId | None = None


RegisterName = Literal["ecg", "iys"]
"""Lists that are kept by others: Austria's of those who want no advertising, and Turkey's of those who agreed."""


class Attestations(BaseModel):
    """What a hotel states of how its guests' addresses were obtained, each with the day since which it is so.

    `opt_out_offered`: since then, whoever was asked for an address was offered to refuse advertising at once. Without
    it nobody is written to who did not agree. `proof_at_source`: since then, each opt-in that its sources tell was
    confirmed from the mailbox or is signed, and they keep the proof. `compared_with_ecg` and `registered_at_iys`: since
    then the hotel itself compares its addresses with Austria's list, and has its consents put on Türkiye's in time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    opt_out_offered: date | None = None
    proof_at_source: date | None = None
    compared_with_ecg: date | None = None
    registered_at_iys: date | None = None

    def since(self, register: RegisterName) -> date | None:
        return self.compared_with_ecg if register == "ecg" else self.registered_at_iys


class Property(BaseModel):
    """One hotel. `country` is the hint by which its guests' local phone numbers are read. `version` grows by itself
    with every change; what is written of it says nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[PropertyId, HUB_ID]
    name: Text
    time_zone: Annotated[str, StringConstraints(max_length=64)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    currency: Currency
    mail_domains: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    """The hotel's own domains: an address there is never a guest's."""
    websites: Annotated[tuple[Domain, ...], Field(max_length=20)] = ()
    """Domains whose pages may show the hotel's sign-up form within them."""
    brand: HubId | None = None
    """One of the brands in the settings."""
    branding: Branding = Branding()
    """What is the hotel's own, before its brand's."""
    attestations: Attestations = Attestations()
    version: Annotated[int, Field(ge=0)] = 1

    def at_version(self, version: int) -> Self:
        return self if version == self.version else self.model_copy(update={"version": version})

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as `Europe`
            raise ValueError(f"is no IANA time zone; there is {known(available_timezones(), name)}") from None
        return name


def own_domains(hotels: Iterable[Property]) -> frozenset[str]:
    """Of all hotels: an address there is never a guest's, and the reception that typed it may be any."""
    return frozenset(domain for each in hotels for domain in each.mail_domains)
