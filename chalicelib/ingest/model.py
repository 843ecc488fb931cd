"""What a property and a connection are."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.canonical.snapshots import Channel, Currency, HubId

ShortText = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]


class Property(BaseModel):
    """One hotel. `country` is the hint by which its guests' local phone numbers are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    name: ShortText
    time_zone: str
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    currency: Currency
    mail_domains: tuple[ShortText, ...] = ()
    """The hotel's own domains: an address there is never a guest's."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{name!r} is not an IANA time zone") from None
        return name


class Connection(BaseModel):
    """One link to one vendor account, as an admin writes it; secrets go in and never come out again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    vendor: HubId
    secrets: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    """Webhook secrets; two are valid during a rotation."""
    credentials: dict[str, str] = Field(default_factory=dict)
    """What the vendor's API wants: tokens."""
    base_url: ShortText | None = None
    properties: dict[str, HubId] = Field(default_factory=dict)
    channels: dict[str, Channel] = Field(default_factory=dict)
    options: dict[str, tuple[str, ...]] = Field(default_factory=dict)
