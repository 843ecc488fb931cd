"""A provider of identities, as it is set, and who it says is there."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Issuer = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^https?://[!-~]+$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[!-~]+$")]


class ProviderAsked(BaseModel):
    """`issuer` is the provider's address, as its discovery document names it; `client_secret` may be left out where one
    is kept, and stays. `demanded_of_admins` leaves admins no other way in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Issuer
    client_id: Word
    client_secret: Word | None = None
    demanded_of_admins: bool = False


@dataclass(frozen=True)
class Provider:
    """`sealed` is the encrypted secret; "" where the provider wants none."""

    issuer: str
    client_id: str
    sealed: str
    demanded_of_admins: bool
    version: int = 1


@dataclass(frozen=True)
class Endpoints:
    """Of the provider's discovery document."""

    authorization: str
    token: str
    takes_secret_in_body: bool


@dataclass(frozen=True)
class Begun:
    """What the browser keeps, sealed, from leaving for the provider until it is back."""

    state: str
    nonce: str
    verifier: str
    next: str


class Claims(BaseModel):
    """What an ID token says, as far as it is read. Some providers write the flag as a text."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)

    iss: str
    sub: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    aud: str | list[str]
    azp: str | None = None
    exp: float
    iat: float
    nonce: str
    email: str | None = None
    email_verified: bool | str | None = None

    @property
    def verified_address(self) -> str:
        return self.email or "" if self.email_verified in {True, "true"} else ""


@dataclass(frozen=True)
class Identity:
    """Who the provider says is there. `address` is an e-mail address that it has verified, "" without one."""

    issuer: str
    subject: str
    address: str
