"""Who signs in, what an API key is, and what is asked for a new one."""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.canonical.ids import EVERYWHERE, ActorId, KeyId, PropertyId, Scope
from chalicelib.canonical.snapshots import HUB_ID

Role = Literal["admin", "marketer", "front_desk", "analyst", "integration"]
"""The roles that a key may have; entrypoints/api/routes.py says what each may do."""
ScopesAsked = Annotated[tuple[Annotated[PropertyId, HUB_ID] | Literal["*"], ...], Field(min_length=1, max_length=500)]
NameAsked = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
ROLES: tuple[Role, ...] = get_args(Role)


class Entitled(Protocol):
    """A key or a person, kept or asked for: what it may do, and where."""

    @property
    def role(self) -> str: ...

    @property
    def properties(self) -> tuple[Scope, ...]: ...


class Kept(Entitled, Protocol):
    """One that is there, until it ends."""

    @property
    def ended(self) -> bool: ...


@dataclass(frozen=True)
class Caller:
    """The key or the person that signed in. Scope comes from here, never from a body."""

    actor: ActorId
    role: str
    properties: frozenset[Scope]
    is_person: bool = False

    @property
    def named(self) -> dict[str, str]:
        """Who acted, as proofs keep it."""
        return {"staff_id" if self.is_person else "key_id": self.actor}

    @property
    def told(self) -> str:
        """Who acted, as people are told: `key k3f1c`."""
        return f"{'staff' if self.is_person else 'key'} {self.actor}"

    @property
    def is_group(self) -> bool:
        return EVERYWHERE in self.properties

    def sees(self, scope: Scope) -> bool:
        return self.is_group or scope in self.properties

    def sees_any(self, properties: tuple[PropertyId, ...]) -> bool:
        return self.is_group or not self.properties.isdisjoint(properties)

    def sees_all(self, properties: tuple[Scope, ...]) -> bool:
        return all(self.sees(each) for each in properties)


@dataclass(frozen=True)
class Allowance:
    """How many calls a key has left, at an instant in seconds of this process's clock."""

    calls: float
    at: float


class KeyAsked(BaseModel):
    """What a new key is for. `properties` is a list of property ids, or `["*"]` for all."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: NameAsked
    role: Role
    properties: ScopesAsked


@dataclass(frozen=True)
class Secret:
    """A new key before it is given away; it is kept nowhere. `key_id` names it, `key` signs in."""

    key_id: KeyId
    key: str


@dataclass(frozen=True)
class ApiKey:
    """A key as it is kept: by its hash. An ended one is remembered for a while, see `actions.REMEMBERED`."""

    key_id: KeyId
    key_hash: str
    name: str
    role: Role
    properties: tuple[Scope, ...]
    ended: bool = False
