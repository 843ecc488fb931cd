"""Which record's word wins on a guest's profile, field by field. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from chalicelib.canonical.ids import Scope
from chalicelib.guests.enrolments import is_member
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.rules import sums_of_leaves
from chalicelib.guests.standing import claimed_by, first_known, known_from, since_by_hotel, standing
from chalicelib.guests.stats import Stats
from chalicelib.guests.traits import COMPUTED, FROM_RECORDS
from chalicelib.identity.offices import office_of
from chalicelib.settings.guest_rules import SHIPPED, GuestRules


def project(leaves: Sequence[Head], own: Collection[Scope] = (), rules: GuestRules = SHIPPED) -> Traits:
    """The profile of a guest: of each field the newest record's that has it, and what is computed from all leaves.

    What a hotel claims fills in what the group's word leaves open, and overrides none of it; nor does it override what
    a hotel says that knew the guest before, but for those whose profile it is: their `own` claims are as any record.
    A record that its source merged into another says nothing where another does.
    """
    told = sorted((leaf for leaf in leaves if leaf.record), key=standing)
    known: dict[str, Any] = {}
    for leaf in _best_word_last(told, frozenset(own)):
        known |= {name: value for name in FROM_RECORDS if (value := getattr(leaf.record, name))}
    known |= {name: COMPUTATIONS[by](told, rules) for name, by in COMPUTED.items()}
    return Traits(**known)


def _best_word_last(told: Sequence[Head], own: AbstractSet[Scope]) -> list[Head]:
    """Of each hotel, and of the group, in the order given."""
    claims = [head for head in told if claimed_by(head) not in {None, *own}]
    if not claims:
        return [*told]
    since = since_by_hotel(told)
    ordered = sorted(claims, key=lambda head: known_from(head, since), reverse=True)
    return [*ordered, *(head for head in told if head not in claims)]


def _own_email(told: Sequence[Head], rules: GuestRules) -> str | None:
    """Relay, shared and placeholder addresses are never mailed as the guest's own. The one that stood first counts."""
    return next(iter(own_emails(first_known(told), rules)), None)


def own_emails(records: Iterable[Head], rules: GuestRules) -> list[str]:
    """In the order of the records; those that an office reads behind the guest's own."""
    told = (head.record for head in records if head.record)
    found = dict.fromkeys(record.email for record in told if record.email and record.email_kind == "own")
    return sorted(found, key=lambda each: office_of(each, rules) is not None)


def _is_member(told: Sequence[Head], _rules: GuestRules) -> bool:
    return any(map(makes_member, told))


def makes_member(head: Head) -> bool:
    """Who became nobody is no member."""
    record = head.record
    if record is None or record.nobody:
        return False
    return is_member(head.enrolments, head.enrolled_in, has_number=bool(record.member_number))


def _sums(told: Sequence[Head], _rules: GuestRules) -> Stats:
    return sums_of_leaves(told)


COMPUTATIONS: Mapping[str, Callable[[Sequence[Head], GuestRules], Any]] = {
    "own_email": _own_email,
    "membership": _is_member,
    "sums": _sums,
}
"""From the leaves of a guest that have a record, the best word last."""
