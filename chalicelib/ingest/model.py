"""What a property and a connection are."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.canonical.snapshots import Channel, Currency, HubId

ShortText = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""What a vendor calls one of its things; the table takes no empty name in a map."""
Secret = Annotated[str, StringConstraints(min_length=1, max_length=512)]
LARGEST_CREDENTIALS = 2048
"""Bytes that are encrypted at once: KMS itself takes 4096."""
LARGEST_MAP = 60_000
"""Characters of JSON: a connection is one row, and DynamoDB's rows end at 409,600 bytes."""


class Property(BaseModel):
    """One hotel. `country` is the hint by which its guests' local phone numbers are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    name: ShortText
    time_zone: Annotated[str, StringConstraints(max_length=64)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    currency: Currency
    mail_domains: Annotated[tuple[ShortText, ...], Field(max_length=100)] = ()
    """The hotel's own domains: an address there is never a guest's."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as `Europe`
            raise ValueError(f"{name!r} is not an IANA time zone") from None
        return name


class Connection(BaseModel):
    """One link to one vendor account, as an admin writes it; secrets go in and never come out again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    vendor: HubId
    secrets: Annotated[tuple[Secret, ...], Field(max_length=2)] = ()
    """Webhook secrets; two are valid during a rotation."""
    credentials: dict[Name, str] = Field(default_factory=dict)
    """What the vendor's API wants: tokens."""
    base_url: ShortText | None = None
    properties: dict[Name, HubId] = Field(default_factory=dict)
    channels: dict[Name, Channel] = Field(default_factory=dict)
    options: dict[Name, tuple[ShortText, ...]] = Field(default_factory=dict)

    @field_validator("credentials")
    @classmethod
    def _can_be_encrypted(cls, given: dict[str, str]) -> dict[str, str]:
        _bounded(given, LARGEST_CREDENTIALS)
        return given

    @field_validator("properties", "channels", "options")
    @classmethod
    def _fits_a_row(cls, given: dict[str, str | Sequence[str]]) -> dict[str, str | Sequence[str]]:
        _bounded(given, LARGEST_MAP)
        return given


def _bounded(given: Mapping[str, str | Sequence[str]], largest: int) -> None:
    if len(json.dumps(given)) > largest:
        raise ValueError(f"may have {largest} characters of JSON")
