"""The staff of a stage, invited and ended from here with the operator's own rights."""

import secrets
from collections.abc import Sequence

from chalicelib.access.links import actions as links
from chalicelib.access.rules import may_everything
from chalicelib.access.staff import actions, store
from chalicelib.access.staff.addresses import normalised
from chalicelib.access.staff.model import Staff, StaffAsked
from chalicelib.canonical.errors import NotFound
from chalicelib.canonical.ids import STAFF, StaffId
from chalicelib.canonical.time import instant, now
from chalicelib.messages import signing_in
from infra import stages
from infra.access_keys import OPERATOR
from infra.asked import read

LOCAL_ADMIN = "admin@stay.example.com"


def invite(
    stage: str,
    email: str,
    name: str,
    role: str,
    properties: Sequence[str],
    *,
    with_mail: bool = True,
    language: str | None = None,
) -> Staff:
    """Raises Refused and CallerError for what the API would refuse, too."""
    asked = {"email": email, "name": name, "role": role, "properties": list(properties), "language": language}
    wanted = read(StaffAsked, asked)
    stages.use(stage)
    made = actions.invite(OPERATOR, wanted, StaffId(f"{STAFF}{secrets.token_hex(12)}"), instant(now()))
    if with_mail:
        signing_in.mail_invitation(made, wanted.language)
    return made


def listed(stage: str) -> list[Staff]:
    stages.use(stage)
    return list(actions.seen(OPERATOR, None))


def end(stage: str, who: str) -> Staff:
    """`who` is an id or an e-mail address. Raises NotFound and Conflict."""
    one = find(stage, who)
    actions.end(OPERATOR, one.id, instant(now()))
    return one


def sign_in_address(one: Staff) -> str:
    """An address that signs somebody in once, within a quarter of an hour, in whichever browser opens it first; ""
    before `hub infra finish`. The stage is the one that is in use."""
    return signing_in.address_of(f"/{links.for_operator(one.id, now())}")


def first_admin(stage: str) -> Staff:
    """Somebody who may do everything; where there is nobody yet, one is made, for whom no mail is sent."""
    known = next(filter(may_everything, listed(stage)), None)
    return known or invite(stage, LOCAL_ADMIN, "Local admin", "admin", ["*"], with_mail=False)


def find(stage: str, who: str) -> Staff:
    """Raises NotFound."""
    stages.use(stage)
    address = normalised(who)
    staff_id = store.id_at(address) if address else StaffId(who)
    if staff_id is None:
        raise NotFound("There is no such person.")
    return actions.required(OPERATOR, staff_id)
