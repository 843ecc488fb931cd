"""What people of the hotels say of memberships, and what a ledger has of itself, on its way into the profiles. Pure."""

from dataclasses import replace

from chalicelib.canonical.errors import Conflict, NotFound
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import IdentifierKey, Leaf, ProgramId, digest_in
from chalicelib.guests.carried import enrolment
from chalicelib.guests.enrolments import MOST_ENROLMENTS, MOST_TURNS, Enrolment
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.standing import hotels_of, is_somebodys
from chalicelib.profiles.draft import Draft
from chalicelib.profiles.membership_acts import MembershipAct


class NumberInUse(Conflict):
    """Somebody else carries the member number."""

    title = "Member number in use"


class EnrolledBeside(Conflict):
    """Another record of the guest came in while this was decided: what is to be said by now is another thing."""


def take_act(draft: Draft, act: MembershipAct) -> bool:
    """Keep what was said with the record through which it was said; whether that is news. Raises NotFound for who is
    not there, NumberInUse, and EnrolledBeside."""
    head = draft.head(act.leaf)
    if not head.record:
        raise NotFound("There is no such guest.")
    if head.record.nobody:
        raise Conflict("This record is nobody's any more: nobody can be a member by it.")
    before = enrolment(head, act.program)
    after = act.after(before)
    if after == before:
        return False
    _check_room(head, after)
    if not act.ends and not (before and before.is_made):
        _check_alone(draft, head, act)
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


def _check_alone(draft: Draft, head: Head, act: MembershipAct) -> None:
    """Of one hotel's records a membership has one number, and who is in is not let in once more; what other hotels said
    is theirs."""
    others = [draft.head(leaf) for leaf in draft.head(head.guest).members if leaf != head.leaf]
    people = [each for each in others if is_somebodys(each) and _are_of_one(head, each)]
    if any(said.is_made for each in people if (said := enrolment(each, act.program))):
        raise EnrolledBeside("Another record of this guest was enrolled beside this: ask again.")


def _are_of_one(one: Head, other: Head) -> bool:
    """Whether there is a hotel that both are of; the group's own is of all."""
    hotels = hotels_of(one)
    return not hotels or not hotels.isdisjoint(hotels_of(other))


def _check_free(draft: Draft, head: Head, key: IdentifierKey) -> None:
    """Told from the number's own row, which the transaction writes: of two at once the second finds the first."""
    row, own = draft.identifier(digest_in(key)), draft.head(head.guest).members
    if row.is_closed or not set(row.leaves) <= {head.leaf, *own}:
        raise NumberInUse("This member number is another guest's. Records of one person are merged, and not numbered.")


def enrolled_by_itself(head: Head, guest: Head, program: ProgramId) -> dict[Leaf, Head]:
    """The heads of a record and of its guest as they become when a programme's ledger has a member there of itself;
    none of them where the head has room for no further programme. It is announced to nobody: what a ledger does is told
    by facts of its own."""
    known = tuple(sorted({*head.enrolled_in, program}))
    if len(known) > MOST_ENROLMENTS:
        return {}
    heads = {guest.leaf: guest, head.leaf: replace(head, enrolled_in=known)}
    traits = (guest.traits or Traits()).with_membership()
    heads[guest.leaf] = replace(heads[guest.leaf], traits=traits)
    return {leaf: replace(each, rev=each.rev + 1) for leaf, each in heads.items()}
