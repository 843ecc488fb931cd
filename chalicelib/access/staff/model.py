"""Somebody who works with the hub, and what is asked for a new one."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from chalicelib.access.model import Caller, NameAsked, ScopesAsked
from chalicelib.access.staff.addresses import normalised
from chalicelib.canonical.ids import Digest, Scope, StaffId

StaffRole = Literal["admin", "marketer", "front_desk", "analyst"]
"""The roles that a person may have: an integration is a machine, and has a key."""
STAFF_ROLES: tuple[StaffRole, ...] = get_args(StaffRole)


def _one_address(text: str) -> str:
    found = normalised(text)
    if found is None:
        raise ValueError("must be one plain e-mail address, such as anna@hotel.example")
    return found


class StaffAsked(BaseModel):
    """Who is invited. `properties` is a list of property ids, or `["*"]` for all. `language` is that of the invitation,
    such as `de`: where the console has no such language, the mail is in English."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: NameAsked
    email: Annotated[str, StringConstraints(max_length=320), AfterValidator(_one_address)]
    role: StaffRole
    properties: ScopesAsked
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")] | None = None


class StaffChange(BaseModel):
    """What of somebody is to be another; what is left out stays. `version` is what was looked at: where there is
    another one by now, nothing is changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: NameAsked | None = None
    role: StaffRole | None = None
    properties: ScopesAsked | None = None
    version: int | None = None

    def of(self, one: "Staff") -> "Staff":
        """The same person, as they are to be."""
        return replace(
            one,
            name=self.name or one.name,
            role=self.role or one.role,
            properties=self.properties or one.properties,
        )


@dataclass(frozen=True)
class Staff:
    """As they are kept. `version` counts changes; an ended one is remembered for a while, see `actions.REMEMBERED`."""

    id: StaffId
    name: str
    email: str
    role: StaffRole
    properties: tuple[Scope, ...]
    version: int = 1
    ended: bool = False
    anew: int = 0
    """The version in which they became an admin: whoever signed in before does so again."""
    bound: Digest | None = field(default=None, compare=False)
    """The identity of a provider by which they sign in."""

    @property
    def caller(self) -> Caller:
        return Caller(self.id, self.role, frozenset(self.properties), is_person=True)
