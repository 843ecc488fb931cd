"""A connection as an admin writes it."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)

from chalicelib.canonical.ids import ConnectionId, PropertyId
from chalicelib.canonical.snapshots import HUB_ID, Channel, HubId, Text
from chalicelib.connections.desks import template_fault
from chalicelib.connections.model import KeptConnection

Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""What a vendor calls one of its things; the table takes no empty name in a map."""
Secret = Annotated[str, StringConstraints(min_length=1, max_length=512)]


def _told_back(given: object) -> object:
    """How many there are is what an answer says of them: whoever puts it back means those."""
    if type(given) is int:
        return ()
    return tuple(given) if isinstance(given, list) else given


Secrets = Annotated[
    tuple[Secret, ...],
    Field(max_length=2),
    BeforeValidator(_told_back),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 512}, "maxItems": 2},
                {"type": "integer", "minimum": 0, "maximum": 2},
            ]
        }
    ),
]


def _opens_a_reservation(given: str) -> str:
    fault = template_fault(given)
    if fault:
        raise ValueError(fault)
    return given


DeskUrl = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), AfterValidator(_opens_a_reservation)]
LARGEST_CREDENTIALS = 2048
"""Bytes that are encrypted at once: KMS itself takes 4096."""
LARGEST_MAP = 60_000
"""Characters of JSON: a connection is one row, and DynamoDB's rows end at 409,600 bytes."""


class Connection(BaseModel):
    """One link to one vendor account, as an admin writes it; secrets go in and never come out again. What is left out
    of one that is there stays as it is; `{}` or null takes it away."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[ConnectionId, HUB_ID]
    vendor: HubId
    secrets: Secrets = ()
    """Webhook secrets; two are valid during a rotation. A number, as answers tell how many there are, leaves them."""
    credentials: dict[Name, str] = Field(default_factory=dict)
    """What the vendor's API wants: tokens."""
    base_url: Text | None = None
    desk_url: DeskUrl | None = None
    """The page of a reservation in the PMS, which the front desk opens from its board: https, with `{reservation}` and,
    where the PMS asks for it, `{hotel}`, for which the vendor's ids are put in."""
    properties: dict[Name, Annotated[PropertyId, HUB_ID]] = Field(default_factory=dict)
    channels: dict[Name, Channel] = Field(default_factory=dict)
    options: dict[Name, tuple[Text, ...]] = Field(default_factory=dict)
    has_credentials: bool | None = None
    health: dict[str, object] | None = None
    version: int | None = None
    """All three as an answer tells them; they say nothing here."""

    def over(self, kept: KeptConnection) -> "Connection":
        """What is left out is as it is kept."""
        before = {
            "base_url": kept.base_url or None,
            "desk_url": kept.desk_url or None,
            "properties": dict(kept.properties),
            "channels": {code: Channel(channel) for code, channel in kept.channels.items()},
            "options": {name: tuple(values) for name, values in kept.options.items()},
        }
        return Connection.model_validate({**before, **self.model_dump(exclude_unset=True)})

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
