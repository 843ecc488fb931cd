"""What a property is."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from chalicelib.canonical.snapshots import Currency, HubId, Text


class Property(BaseModel):
    """One hotel. `country` is the hint by which its guests' local phone numbers are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: HubId
    name: Text
    time_zone: Annotated[str, StringConstraints(max_length=64)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    currency: Currency
    mail_domains: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    """The hotel's own domains: an address there is never a guest's."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones, such as `Europe`
            raise ValueError(f"{name!r} is not an IANA time zone") from None
        return name
