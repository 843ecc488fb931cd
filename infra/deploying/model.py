"""What Chalice made of a stage, as it stands in the account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Function:
    """`name` is Chalice's own: `tick`, or `api_handler` for the one that answers HTTP."""

    name: str
    arn: str


@dataclass(frozen=True)
class QueueMapping:
    """What hands a queue's messages to a function."""

    uuid: str
    function: Function
    queue_arn: str

    @property
    def queue(self) -> str:
        return self.queue_arn.rpartition(":")[2]


@dataclass(frozen=True)
class RestApi:
    """One that calls the stage's function; `is_staged` says whether anybody can call it."""

    api_id: str
    created: datetime
    is_staged: bool


@dataclass(frozen=True)
class Domain:
    """A custom domain; `api_by_path` says where `/` and other paths lead."""

    name: str
    alias: str
    hosted_zone: str
    certificate_arn: str
    security_policy: str
    api_by_path: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """All of it, for one stage in one region."""

    region: str
    functions: tuple[Function, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    """The role's ARN by Chalice's name of the function; a role may stand without its function."""
    mappings: tuple[QueueMapping, ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)
    """The schedule's rule by the function that it wakes."""
    layers: tuple[str, ...] = ()
    """ARNs of the packed dependencies' versions, the newest first."""
    apis: tuple[RestApi, ...] = ()
    domain: Domain | None = None
