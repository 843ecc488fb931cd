"""Who acted, as the audit names them: a key or one of the staff, also one who has ended and is still remembered."""

from collections.abc import Iterator

from chalicelib.access import store
from chalicelib.access.model import Caller, Entitled
from chalicelib.access.staff import store as people
from chalicelib.canonical.ids import ActorId, KeyId, StaffId


def sees(caller: Caller, actor: ActorId) -> bool:
    """Whether what somebody did is shown to the caller: to the group all, to others what those did whose properties
    they may all see."""
    if caller.is_group:
        return True
    known: list[Entitled | None] = [people.get(StaffId(actor)), store.get(KeyId(actor))]
    return any(each and caller.sees_all(each.properties) for each in known)


def staff_seen(caller: Caller) -> Iterator[StaffId]:
    """The people of whom that holds: one query."""
    return (one.id for one in people.listed(None) if caller.sees_all(one.properties))
