"""Records, and who is one person with whom: the half of a change that is about people. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from chalicelib.canonical.errors import XeniaError
from chalicelib.canonical.facts import FactType
from chalicelib.canonical.ids import leaf_of_profile
from chalicelib.consent import rules as consent
from chalicelib.consent.model import Suppression
from chalicelib.guests.model import Head, Record
from chalicelib.identity.model import MOST_LEAVES
from chalicelib.identity.names import name_of
from chalicelib.identity.rules import Claimant, group
from chalicelib.ingest.changes import Person
from chalicelib.ingest.desk import Desk


class TooManyRecords(XeniaError):
    """A guest, or an identifier's carriers, would become more than one transaction can regroup."""


def take_record(desk: Desk, person: Person) -> bool:
    """Keep a newer record. A record that was found shared stays marked so."""
    before = desk.head(person.leaf)
    seen_at = tuple(sorted({*before.seen_at, *([person.property_id] if person.property_id else [])}))
    if not person.version.supersedes(before.version):
        if seen_at != before.seen_at and desk.known(person.leaf):
            desk.outcome.heads[person.leaf] = before.model_copy(update={"seen_at": seen_at})
        return False
    record, identifiers = _untied(person, before) if desk.untied else (person.record, person.identifiers)
    version = person.version.text()
    update = {"record": record, "record_version": version, "identifiers": identifiers, "seen_at": seen_at}
    desk.outcome.heads[person.leaf] = before.model_copy(update=update)
    desk.say(FactType.GUEST_CHANGED, person.leaf, person.leaf, member=bool(person.record.member_number))
    return True


def _untied(person: Person, before: Head) -> tuple[Record, tuple[str, ...]]:
    """The record without whatever new would tie it to others. An address that tells nobody is not mailed, either: the
    guest who has it is there already."""
    kept = tuple(key for key in person.identifiers if key in before.identifiers)
    record = person.record
    if before.record is None or before.record.merged_into != record.merged_into:
        record = record.model_copy(update={"merged_into": None})
    if record.email_kind == "own" and not any(key.startswith("email:") for key in kept):
        record = record.model_copy(update={"email_kind": "shared"})
    return record, kept


def tells_differently(desk: Desk, person: Person) -> bool:
    """Whether the record says anything new about who this is."""
    before = desk.view.heads.get(person.leaf)
    return before is None or _tells(before) != _tells(desk.head(person.leaf))


def regroup(desk: Desk) -> None:
    """Decide anew who is one person with whom, among all that the change could touch."""
    leaves = sorted({*desk.view.heads, *desk.outcome.heads})
    desk.outcome.relied_on_heads.update(desk.view.asked_heads)
    desk.outcome.relied_on_identifiers.update(desk.view.asked_identifiers)
    heads = [head for head in map(desk.head, leaves) if head.record]
    _list_carriers(desk)
    closed = {key for key in _keys(heads) if desk.identifier(_digest(key)).is_closed}
    claimants = [_claimant(head, head.record) for head in heads if head.record]
    groups, shared = group(claimants, closed)
    if max(map(len, groups), default=0) > MOST_LEAVES:
        groups = _as_they_were(desk, leaves)
    _mark_shared(desk, _keys(heads) - closed, shared)
    _hide_shared_addresses(desk, shared, heads)
    _lay_out(desk, groups)


def _as_they_were(desk: Desk, leaves: Iterable[str]) -> list[list[str]]:
    """The guests that are kept, and newcomers each by itself. Raises TooManyRecords while what is new may be untied."""
    if not desk.untied:
        raise TooManyRecords
    kept: dict[str, list[str]] = defaultdict(list)
    for leaf in leaves:
        head = desk.view.heads.get(leaf)
        kept[head.guest if head else leaf].append(leaf)
    return sorted(sorted(each) for each in kept.values())


def _list_carriers(desk: Desk) -> None:
    for person in desk.change.people:
        before = desk.view.heads.get(person.leaf)
        had = before.digests if before else set()
        has = desk.head(person.leaf).digests
        for digest in has - had:
            _list(desk, digest, {*desk.identifier(digest).leaves, person.leaf})
        for digest in had - has:
            _list(desk, digest, {*desk.identifier(digest).leaves} - {person.leaf})


def _list(desk: Desk, digest: str, leaves: set[str]) -> None:
    """Who carries an identifier. One that is shared and has many carriers is closed, and keeps no list, for it would
    have thousands; one that is somebody's takes no further ones. Raises TooManyRecords for these."""
    before = desk.identifier(digest)
    if before.is_closed or set(before.leaves) == leaves:
        return
    full = len(leaves) > MOST_LEAVES
    if full and not before.shared:
        raise TooManyRecords
    kept = () if full else tuple(sorted(leaves))
    shared = full or (before.shared and bool(kept))
    desk.outcome.identifiers[digest] = before.model_copy(update={"leaves": kept, "shared": shared})


def _mark_shared(desk: Desk, keys: Iterable[str], shared: set[str]) -> None:
    """Told from who carries it now, so that a version that came too late makes no difference."""
    for key in keys:
        before = desk.identifier(_digest(key))
        if before.shared != (key in shared):
            desk.outcome.identifiers[_digest(key)] = before.model_copy(update={"shared": key in shared})


def _hide_shared_addresses(desk: Desk, shared: set[str], heads: Iterable[Head]) -> None:
    """Mail to a shared address would reach others: it is no guest's own."""
    for head in heads:
        record = desk.head(head.leaf).record
        if record is None or record.email_kind not in {"own", "shared"}:
            continue
        addresses = {key for key in desk.head(head.leaf).identifiers if key.startswith("email:")}
        kind = "own" if addresses and not shared & addresses else "shared"
        if kind != record.email_kind:
            desk.set_head(head.leaf, record=record.model_copy(update={"email_kind": kind}))


def _lay_out(desk: Desk, groups: list[list[str]]) -> None:
    """Turn groups of leaves into guests: the smallest leaf is the guest, and each part brings its gate along."""
    before = {leaf: desk.view.heads[leaf].guest for leaf in desk.view.heads}
    for leaves in groups:
        guest, rest = leaves[0], leaves[1:]
        came_from = {before[leaf] for leaf in leaves if leaf in before}
        stood = desk.view.heads.get(guest)
        if stood and stood.merged_into is None and list(stood.members) == leaves:
            continue
        desk.set_head(guest, merged_into=None, members=tuple(leaves))
        for leaf in rest:
            desk.set_head(leaf, merged_into=guest, members=(), traits=None, properties=())
        _carry_gates(desk, guest, leaves, came_from)
        if len(came_from) > 1:
            desk.say(FactType.GUEST_MERGED, guest, guest)
        if any(not set(desk.view.heads[old].members) <= set(leaves) for old in came_from):
            desk.say(FactType.GUEST_UNMERGED, guest, guest)


def _carry_gates(desk: Desk, guest: str, leaves: list[str], came_from: set[str]) -> None:
    """Gates follow their guests. Each one that was read is written or checked: nobody may act on it in between."""
    for old in came_from - {guest}:
        if old in leaves or old not in desk.view.gates:
            desk.outcome.gates.setdefault(old, None)  # it may be the guest of another part, and have its gate already
    gates = [desk.view.gates[old] for old in {*came_from, guest} if old in desk.view.gates]
    if gates:
        desk.outcome.gates[guest] = consent.regrouped(guest, leaves, gates)
    elif guest in came_from:
        desk.outcome.gates[guest] = None


def take_consent(desk: Desk, person: Person) -> None:
    """The source's flag, and what is known of the address, reach the guest's gate."""
    guest = desk.head(person.leaf).guest
    before = desk.gate(guest)
    after = consent.with_source_flag(before, person.leaf, person.record.marketing_email, at=person.version.changed_at)
    for key in person.identifiers:
        known = desk.identifier(_digest(key)).suppressed if key.startswith("email:") else None
        if known:
            after = consent.with_suppression(after, _digest(key), Suppression.model_validate(known))
    if after != before:
        desk.outcome.gates[guest] = after
        if after.leaves != before.leaves:
            desk.say(FactType.CONSENT_CHANGED, guest, person.leaf)


def _tells(head: Head) -> tuple[object, ...]:
    record = head.record
    if record is None:
        return ()
    return record.given_name, record.family_name, record.merged_into, head.identifiers, record.email_kind


def _digest(key: str) -> str:
    return key.partition(":")[2]


def _keys(heads: Iterable[Head]) -> set[str]:
    return {key for head in heads for key in head.identifiers}


def _claimant(head: Head, record: Record) -> Claimant:
    return Claimant(
        leaf=head.leaf,
        name=name_of(record.given_name, record.family_name),
        identifiers=frozenset(key for key in head.identifiers if key.startswith(("email:", "phone:"))),
        member_identifiers=frozenset(key for key in head.identifiers if key.startswith("member:")),
        merged_into=leaf_of_profile(record.source, record.merged_into) if record.merged_into else None,
    )
