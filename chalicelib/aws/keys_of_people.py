"""The key shapes of people who work with the hub: who they are, how they sign in, and what they did.

No worker but the API's may touch them: infra/policies.py keeps the others off.
"""

from collections.abc import Callable
from functools import partial

from chalicelib.aws.keys import Key, alone
from chalicelib.canonical.ids import ActorId, Digest, LinkId, SessionId, StaffId
from chalicelib.canonical.time import Instant

STAFF = "STAFF"
staff: Callable[[StaffId], Key] = partial(Key, STAFF)
staff_address: Callable[[Digest], Key] = alone("STAFF_ADDRESS")
"""Who of the staff has an address; there is one who has not ended."""
identity: Callable[[Digest], Key] = alone("IDENTITY")
"""Whose it is: what a provider of identities calls somebody, bound to them once."""
PROVIDER = Key("PROVIDER", "PROVIDER")
link: Callable[[LinkId], Key] = alone("LINK")


def attempts(limit: str, digest: str, window: int) -> Key:
    """How often something was tried in one hour; `window` is the second in which that begins."""
    return Key(f"ATTEMPTS#{limit}#{digest}", str(window))


def sessions(staff_id: StaffId) -> str:
    """The partition of all sessions of one person."""
    return f"SESSIONS#{staff_id}"


def session(staff_id: StaffId, session_id: SessionId) -> Key:
    return Key(sessions(staff_id), session_id)


def audit_of(actor: ActorId) -> str:
    """The partition of all that one key or person did."""
    return f"AUDIT#{actor}"


def audit(actor: ActorId, at: Instant, request: str) -> Key:
    return Key(audit_of(actor), f"{at}#{request}")
