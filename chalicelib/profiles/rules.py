"""What one change or decision does to what is known. Pure: a state in, an update out."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.canonical.errors import Conflict, Rejected
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import GuestId, Leaf
from chalicelib.guests.drift import widest
from chalicelib.guests.model import Head, Stay
from chalicelib.guests.projection import project
from chalicelib.guests.rules import with_sums
from chalicelib.guests.spans import Around
from chalicelib.guests.standing import first_hotel, hotels_of
from chalicelib.guests.sums import Changed, advanced
from chalicelib.identity.model import MOST_LEAVES, Verdict
from chalicelib.profiles import decisions, erasing, memberships, people, regrouping, sayings, stays
from chalicelib.profiles.draft import Draft, new_head
from chalicelib.profiles.looking_again import LookAgain
from chalicelib.profiles.membership_acts import MembershipAct
from chalicelib.profiles.model import Change, Erasure, Input, MergeDecision
from chalicelib.profiles.numbered import numbers_of
from chalicelib.profiles.said import Sayings
from chalicelib.profiles.sharing import TooManyRecords
from chalicelib.profiles.state import KeptStay, ProfileState, ProfileUpdate


def apply(said: Input, state: ProfileState, *, untied: bool = False, but_primary: bool = False) -> ProfileUpdate:
    """Decide everything that follows from one change or decision: records, identity, consent, stays, sums and facts.
    Raises Unread where the sums of a leaf cannot be told without more of its stays.

    `untied` keeps what is new of a change's people from tying them to others; where a guest would become too large, it
    is decided so by itself. With `but_primary` the ties of the one whose stay it is are kept all the same.
    A person's decision has nothing to untie: then Rejected is raised, and nothing is kept.
    """
    match said:
        case Change():
            but = said.stay_leaf if but_primary and not state.too_far else None
            return _changed(said, Draft(state, untied or state.too_far, but))
        case MergeDecision():
            return _decided(said, state)
        case MembershipAct():
            return _with_membership(said, state)
        case Sayings():
            return _with_sayings(said, state)
        case Erasure():
            return _erased(said, Draft(state, untied or state.too_far))
        case LookAgain():
            return _looked_at_again(said, state)


def _changed(change: Change, draft: Draft) -> ProfileUpdate:
    try:
        return _with_change(draft, change)
    except TooManyRecords:
        return _with_change(Draft(draft.state, untied=True), change)


def _with_change(draft: Draft, change: Change) -> ProfileUpdate:
    if change.replaces is not None:
        _refuse_what_was_overtaken(draft, change.people[0].leaf, change.replaces)
    changed = [person for person in change.people if people.take_record(draft, person, change.since)]
    if any(people.tells_differently(draft, person) for person in changed):
        regrouping.regroup(draft)
    erasing.close_gates(draft, [person.leaf for person in changed if person.record.nobody == "erased"])
    for person in change.people:
        if person in changed or people.is_seen_elsewhere(draft, person):
            people.take_consent(draft, person)
    if change.charge:
        stays.take_charge(draft, change)
    elif change.stay:
        stays.take_stay(draft, change)
    _finish(draft)
    return draft.decided


def _refuse_what_was_overtaken(draft: Draft, leaf: Leaf, replaces: str) -> None:
    """Of what staff correct. Raises Conflict."""
    if replaces != draft.head(leaf).record_version:
        raise Conflict("Somebody else corrected this guest just now: look again, and ask again.")
    if _is_joined_with_erased(draft, leaf):
        raise Conflict("This guest was erased just now.")


def _is_joined_with_erased(draft: Draft, leaf: Leaf) -> bool:
    """Whether people joined a record with one that is erased by now: what they say by it would bring the person
    back."""
    joined = (other for other, each in draft.decisions(leaf).items() if each.verdict is Verdict.JOIN)
    return any(draft.head(other).erased for other in joined)


def _decided(said: MergeDecision, state: ProfileState) -> ProfileUpdate:
    draft = Draft(state)
    try:
        taken = [decisions.take_decision(draft, each) for each in said.decisions]
        if any(taken):
            regrouping.regroup(draft)
    except TooManyRecords as error:
        raise Rejected("too_many_records", f"a guest has {MOST_LEAVES} records at most") from error
    _finish(draft)
    return draft.decided


def _with_membership(act: MembershipAct, state: ProfileState) -> ProfileUpdate:
    draft = Draft(state)
    try:
        if memberships.take_act(draft, act):
            regrouping.regroup(draft)
    except TooManyRecords as error:
        raise Conflict("This guest has more records than can be tied to a number at once.") from error
    _finish(draft)
    return draft.decided


def _looked_at_again(said: LookAgain, state: ProfileState) -> ProfileUpdate:
    """Nothing, where more is tied to it than one transaction regroups: its next news decides that by itself."""
    draft, head = Draft(state), state.heads.get(said.leaf)
    if state.too_far or head is None or head.erased or not head.record:
        return draft.decided
    try:
        regrouping.regroup(draft)
    except TooManyRecords:
        return Draft(state).decided
    _finish(draft)
    return draft.decided


def _with_sayings(said: Sayings, state: ProfileState) -> ProfileUpdate:
    draft = Draft(state)
    sayings.take(draft, said)
    _finish(draft)
    return draft.decided


def _erased(said: Erasure, draft: Draft) -> ProfileUpdate:
    try:
        return _with_erasure(said, draft)
    except TooManyRecords:
        return _with_erasure(said, Draft(draft.state, untied=True))


def _with_erasure(said: Erasure, draft: Draft) -> ProfileUpdate:
    heads = [head for leaf in said.leaves if (head := draft.state.heads.get(leaf))]
    erasing.check(said, heads, draft)
    gone = [person for head in heads if (person := said.person_of(head))]
    taken = [person for person in gone if people.take_record(draft, person)]
    if taken:
        regrouping.regroup(draft)
        erasing.entomb(draft, taken)
        erasing.close_gates(draft, [person.leaf for person in taken])
        erasing.hold_what_goes_later(draft, said)
    _finish(draft)
    return draft.decided


def _finish(draft: Draft) -> None:
    """Sum the leaves that changed, project the guests of those that say something else now, and give every written row
    its next revision."""
    for leaf in draft.sums_of:
        _sum_up(draft, leaf)
    changed = [head for head in draft.decided.heads.values() if _says_more(draft, head)]
    for guest in sorted({head.guest for head in changed}):
        _project(draft, guest)
    _lock_guests(draft, changed)
    if draft.state.has_records:
        _relist(draft)
    for leaf, head in draft.decided.heads.items():
        rev = head.rev + 1
        record_rev = rev if _tells_anew(draft, head) else head.record_rev
        draft.decided.heads[leaf] = replace(head, rev=rev, record_rev=record_rev)
    _raise_revisions(draft)
    draft.decided.facts = [replace(fact, version=draft.head(fact.leaf).rev) for fact in draft.decided.facts]


def _relist(draft: Draft) -> None:
    """Where nothing new is said of anybody, nobody is called otherwise, known at another hotel, or more of a member."""
    for leaf, head in draft.decided.heads.items():
        before = draft.state.heads.get(leaf) or new_head(leaf)
        if _is_listed_by(before) != _is_listed_by(head):
            draft.decided.relisted[leaf] = before


def _is_listed_by(head: Head) -> object:
    record = head.record
    return record and not record.nobody and (record.called, hotels_of(head), numbers_of(head))


def _says_more(draft: Draft, head: Head) -> bool:
    """Whether anything of a head is new but the time at which its record was first read."""
    before = draft.state.heads.get(head.leaf)
    if before is None or not (head.version and head.version.was_read_before(before.version)):
        return head is not before
    return replace(head, record_version=before.record_version) != before


def _sum_up(draft: Draft, leaf: Leaf) -> None:
    """The head is the lock of the leaf's stays: it is written, whether or not they come to something else. Who loses a
    stay, or comes to one, because another moved beside it, is told of it as of any other."""
    head, changed = draft.head(leaf), _changed_stays(draft, leaf)
    if not changed:
        draft.keep(head)
        return
    sums = advanced(head, changed, draft.state.around.get(leaf, Around()))
    draft.keep(replace(head, stats=sums.stats, tally=sums.tally))
    for reservation in sorted(sums.turned):
        draft.say(FactType.STAY_COMPLETED, reservation, leaf)


def _tells_anew(draft: Draft, head: Head) -> bool:
    """Whether the record's own row is to be written."""
    before = draft.state.heads.get(head.leaf)
    if head.record is None:
        return False
    return before is None or before.record_rev is None or _told(before) != _told(head)


def _told(head: Head) -> tuple[object, ...]:
    return head.record, head.identifiers, head.blocks, head.enrolments, head.statements, first_hotel(head)


def _changed_stays(draft: Draft, leaf: Leaf) -> Changed:
    before = draft.state.stays.get(leaf, {})
    decided = {reservation: kept for (at, reservation), kept in draft.decided.stays.items() if at == leaf}
    pairs = {each: (_stay(before.get(each)), _stay(after)) for each, after in decided.items()}
    return {reservation: pair for reservation, pair in pairs.items() if pair[0] != pair[1]}


def _stay(kept: KeptStay | None) -> Stay | None:
    return kept.stay if kept else None


def _project(draft: Draft, guest: GuestId) -> None:
    head = draft.head(guest)
    if not head.has_record or head.erased:
        return
    draft.decided.relied_on_heads.update(head.members)
    leaves = [draft.head(leaf) for leaf in head.members]
    traits = project(leaves, (), draft.state.guest_rules) if draft.state.has_records else with_sums(head.traits, leaves)
    properties = tuple(sorted({each for leaf in leaves for each in (*leaf.seen_at, *leaf.stats.properties)}))
    restamped = draft.restamped.intersection(head.members)
    if restamped and head.traits and traits.with_stats(head.traits.stats) != head.traits:
        for leaf in restamped:  # the newest of several records is what a guest is
            draft.say(FactType.GUEST_CHANGED, leaf, leaf)
    drift = widest(leaf.drift for leaf in leaves)
    nobody = all(map(_is_nobodys, leaves)) if draft.state.has_records else head.nobody
    draft.keep(replace(head, traits=traits, properties=properties, drift=drift, nobody=nobody))


def _lock_guests(draft: Draft, changed: Sequence[Head]) -> None:
    """The head of a guest is written with whatever is new of any of its leaves, so that nobody need look at forty heads
    to know that all are as they were."""
    before = draft.state.heads
    for guest in {before[head.leaf].guest for head in changed if head.leaf in before}:
        draft.keep(draft.head(guest))
    draft.decided.rely_on_guests({leaf: before[leaf].guest for leaf in draft.state.locked_by_guest})


def _is_nobodys(head: Head) -> bool:
    return head.record is not None and head.record.nobody is not None


def _raise_revisions(draft: Draft) -> None:
    for digest, identifier in draft.decided.identifiers.items():
        draft.decided.identifiers[digest] = replace(identifier, rev=identifier.rev + 1)
    for digest, block in draft.decided.blocks.items():
        draft.decided.blocks[digest] = replace(block, rev=block.rev + 1)
    for key, gate in draft.decided.gates.items():
        if gate:
            draft.decided.gates[key] = gate.at_rev(gate.rev + 1)
