"""Which record's word wins on a guest's profile, field by field. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.canonical.ids import Scope
from chalicelib.guests.custom import filled
from chalicelib.guests.enrolments import is_member
from chalicelib.guests.kinds import Unprofiled
from chalicelib.guests.model import Head, Traits
from chalicelib.guests.preferences import Preferences
from chalicelib.guests.preferred import Preferred, preferred
from chalicelib.guests.profiling import unobserved, unprofiled_by
from chalicelib.guests.rules import sums_of_leaves
from chalicelib.guests.standing import first_known
from chalicelib.guests.stats import Stats
from chalicelib.guests.survivorship import WonBy, addressed, chosen, digest_of_value, proved, said_of, voices
from chalicelib.guests.traits import COMPUTED, FROM_RECORDS
from chalicelib.identity.offices import office_of
from chalicelib.settings.custom_fields import FieldValue
from chalicelib.settings.guest_rules import SHIPPED, GuestRules


class Origin(NamedTuple):
    """Whose word a field is, and why: a record's."""

    value: Any
    head: Head
    won_by: WonBy


def project(
    leaves: Sequence[Head],
    own: Collection[Scope] = (),
    rules: GuestRules = SHIPPED,
    unprofiled: Unprofiled | None = None,
) -> Traits:
    """The profile of a guest: of each field the newest record's that has it, or that of another, as the rules say, and
    what is computed from all leaves.

    What staff corrected wins over all that said otherwise then, until a source says something new. What a hotel claims
    fills in what the group's word leaves open, and overrides none of it; nor does it override what a hotel says that
    knew the guest before, but for those whose profile it is: their `own` claims are as any record. A record that its
    source merged into another says nothing where another does. `unprofiled` is what is known besides of why the guest
    is not to be profiled, by records that are not among these.
    """
    among = voices(leaves, own)
    unprofiled = unprofiled or unprofiled_by(leaves)
    told = _told([*reversed(among.claims), *reversed(among.heard)], unprofiled)
    known = {name: said_of(won[0], name) for name in FROM_RECORDS if (won := chosen(name, among, rules))}
    known |= {name: COMPUTATIONS[by](told, rules, own) for name, by in COMPUTED.items()}
    if spoken := _language(known["preferences"]):
        known["language"] = spoken
    return Traits(**(known | {"unprofiled": unprofiled}))


def _told(records: Sequence[Head], unprofiled: Unprofiled | None) -> Sequence[Head]:
    return unobserved(records) if unprofiled else records


def _language(preferences: Preferences | None) -> str | None:
    """Which one the guest wants to be spoken to, whatever a source says."""
    return next(iter(preferences.language), None) if preferences else None


def origins(
    leaves: Sequence[Head],
    own: Collection[Scope] = (),
    rules: GuestRules = SHIPPED,
    unprofiled: Unprofiled | None = None,
) -> dict[str, Origin]:
    """By field that somebody says: which record a profile has it from."""
    among = voices(leaves, own)
    found = {name: Origin(said_of(won[0], name), *won) for name in FROM_RECORDS if (won := chosen(name, among, rules))}
    told = _told([*among.heard, *among.claims], unprofiled or unprofiled_by(leaves))
    email, language = _origin_of_email(told, rules, own), preferred(told, own).get("language")
    found |= {"email": email} if email else {}
    return found | ({"language": _origin_of_language(language)} if language and language.values else {})


def _origin_of_language(spoken: Preferred) -> Origin:
    return Origin(spoken.values[0], spoken.head, "preferred")


def _origin_of_email(told: Sequence[Head], rules: GuestRules, own: Collection[Scope]) -> Origin | None:
    email = _own_email(told, rules, own)
    saying = [head for head in addressed(first_known(told), rules, own) if head.record and head.record.email == email]
    if email is None:
        return None
    return Origin(email, saying[0], _why_email(email, saying[0], told, rules))


def _why_email(email: str, winner: Head, told: Sequence[Head], rules: GuestRules) -> WonBy:
    others = {head.record.email for head in told if head.record and head.record.email_kind == "own"} - {email}
    if winner.record and "email" in winner.record.corrects:
        return "corrected"
    if not others:
        return "only"
    return (
        "verified" if rules.rule_of("email").verified and digest_of_value(email) in proved("email", told) else "first"
    )


def _own_email(told: Sequence[Head], rules: GuestRules, own: Collection[Scope]) -> str | None:
    """Relay, shared and placeholder addresses are never mailed as the guest's own. The one that stood first counts."""
    return next(iter(own_emails(addressed(first_known(told), rules, own), rules)), None)


def own_emails(records: Iterable[Head], rules: GuestRules) -> list[str]:
    """In the order of the records; those that an office reads behind the guest's own."""
    told = (head.record for head in records if head.record)
    found = dict.fromkeys(record.email for record in told if record.email and record.email_kind == "own")
    return sorted(found, key=lambda each: office_of(each, rules) is not None)


def _is_member(told: Sequence[Head], _rules: GuestRules, _own: Collection[Scope]) -> bool:
    return any(map(makes_member, told))


def makes_member(head: Head) -> bool:
    """Who became nobody is no member."""
    record = head.record
    if record is None or record.nobody:
        return False
    return is_member(head.enrolments, head.enrolled_in, has_number=bool(record.member_number))


def _sums(told: Sequence[Head], _rules: GuestRules, _own: Collection[Scope]) -> Stats:
    return sums_of_leaves(told)


def _preferences(told: Sequence[Head], _rules: GuestRules, own: Collection[Scope]) -> Preferences | None:
    found = {kind: each.values for kind, each in preferred(told, own).items() if each.values}
    return Preferences(**found) if found else None


def _fields(told: Sequence[Head], rules: GuestRules, own: Collection[Scope]) -> dict[str, FieldValue] | None:
    found = {name: each.value for name, each in filled(told, rules.fields, own).items()} if rules.fields else {}
    return found or None


COMPUTATIONS: Mapping[str, Callable[[Sequence[Head], GuestRules, Collection[Scope]], Any]] = {
    "own_email": _own_email,
    "membership": _is_member,
    "sums": _sums,
    "preferences": _preferences,
    "fields": _fields,
    "profiling": lambda told, _rules, _own: unprofiled_by(told),
}
"""From the leaves of a guest that have a record, the best word last."""
