"""What people of the hotels say of memberships, on its way into the profiles. Pure."""

from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import IdentifierKey, digest_in
from chalicelib.guests.carried import enrolment
from chalicelib.guests.enrolments import MOST_ENROLMENTS, MOST_TURNS, Enrolment
from chalicelib.guests.model import Head
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.model import MembershipAct


class NumberInUse(Conflict):
    """Somebody else carries the member number."""

    title = "Member number in use"


def take_act(draft: Draft, act: MembershipAct) -> bool:
    """Keep what was said with the record through which it was said; whether that is news. Raises NotFound for who is
    not there, and NumberInUse."""
    head = draft.head(act.leaf)
    if not head.record:
        raise NotFound("There is no such guest.")
    before = enrolment(head, act.program)
    after = act.after(before)
    if after == before:
        return False
    _check_room(head, after)
    if after.key:
        _check_free(draft, head, after.key)
    draft.keep(act.head_after(head))
    for type_ in (FactType.GUEST_CHANGED, FactType.MEMBER_NUMBER_CHANGED):
        draft.say(type_, act.leaf, act.leaf)
    return True


def _check_room(head: Head, after: Enrolment) -> None:
    if len(after.turns) > MOST_TURNS:
        raise Conflict(f"A membership can be begun and ended {MOST_TURNS // 2} times.")
    if len({after.program, *(each.program for each in head.enrolments)}) > MOST_ENROLMENTS:
        raise Conflict(f"One record can be enrolled in {MOST_ENROLMENTS} programmes.")


def _check_free(draft: Draft, head: Head, key: IdentifierKey) -> None:
    """Told from the number's own row, which the transaction writes: of two at once the second finds the first."""
    row, own = draft.identifier(digest_in(key)), draft.head(head.guest).members
    if row.is_closed or not set(row.leaves) <= {head.leaf, *own}:
        raise NumberInUse("This member number is another guest's. Records of one person are merged, and not numbered.")
