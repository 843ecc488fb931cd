"""People who work with the hub, for tests."""

from chalicelib.access.model import Caller
from chalicelib.access.staff import actions
from chalicelib.access.staff.model import Staff, StaffAsked
from chalicelib.canonical.ids import EVERYWHERE, KeyId
from chalicelib.canonical.time import instant
from tests.builders import DAY_ONE

OPERATOR = Caller(KeyId("operator"), "admin", frozenset({EVERYWHERE}))
AT = instant(DAY_ONE)


def asked(name: str, role: str = "admin", *properties: str) -> StaffAsked:
    told = {"name": name, "email": f"{name}@hotel.example", "role": role, "properties": properties or ["*"]}
    return StaffAsked.model_validate(told)


def somebody(name: str = "anna", role: str = "admin", *properties: str) -> Staff:
    """Invited by who may everything."""
    return actions.invite(OPERATOR, asked(name, role, *properties), actions.id_of(name), AT)
